const SHORTEST = 6;
const SECRET_NAME = /TOKEN|SECRET|PASSW|CREDENTIAL|_KEY$|APIKEY/i;

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
