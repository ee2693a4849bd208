const SHORTEST = 6;
const SECRET_NAME = /TOKEN|SECRET|PASSW|CREDENTIAL|_KEY$|APIKEY/i;

/** What is said to be a secret, or stands in an address as one. */
const SAID = /((?:password|passwd|pwd|passphrase|secret|token|api_?key)["']?\s*=\s*)("[^"]*"|'[^']*'|[^\s"',;&]+)/gi;
const IN_ADDRESS = /(\b[a-z][\w+.-]*:\/\/[^\s:/@]*:)[^\s/@]+@/gi;

/** A command's last words without the secrets that the variables hold, and without what the words themselves call one. */
export function redactWords(text: string, environment: Readonly<Record<string, string | undefined>> = {}): string {
  return createRedactor(environment).redact(text).replace(SAID, '$1[secret]').replace(IN_ADDRESS, '$1[secret]@');
}

/** Takes secrets out of text that others wrote, such as a script's output: their values, also in base64, become [secret]. */
export function createRedactor(environment: Readonly<Record<string, string | undefined>>): { readonly add: (secret: string) => void; readonly redact: (text: string) => string } {
  const values = new Set<string>();
  const add = (secret: string) => {
    for (const line of [secret, ...secret.split('\n')]) {
      if (line.trim().length < SHORTEST) continue;
      values.add(line.trim());
      values.add(Buffer.from(line.trim()).toString('base64'));
      values.add(encodeURIComponent(line.trim()));
    }
  };
  for (const [name, value] of Object.entries(environment)) if (value !== undefined && SECRET_NAME.test(name)) add(value);
  return {
    add,
    // The longest first: a secret may be within another.
    redact: (text) => [...values].sort((one, other) => other.length - one.length).reduce((redacted, value) => redacted.replaceAll(value, '[secret]'), text),
  };
}
