import { BacklotError } from '#contract/errors.ts';
import { credentialsIn, withoutCredentials } from '#core/credentials-in.ts';

/** An address as it can be asked and shown, and the header that carries what stood before its @: fetch refuses such addresses, and quotes them. */
export function plainAddress(url: string, what: string): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
  if (!URL.canParse(url)) throw new BacklotError('config-invalid', `${what} is not an address`, { fix: 'Write it in full, such as https://host.example/path.' });
  const found = credentialsIn(url);
  return { url: withoutCredentials(url), headers: found ? { authorization: basic(found) } : {} };
}

export const basic = ({ username, password }: { readonly username: string; readonly password: string }) => `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
