import { createHash, createPublicKey, verify, type JsonWebKey } from 'node:crypto';
import { z } from 'zod';
import { parsedJson } from '#core/parsed-json.ts';
import type { IssuedKey } from '#ports/identity.ts';

/** Somebody whose word on who signs is taken, for subjects of a form; `keys` as it publishes them, or why they are not known. */
export type Issuer = { readonly issuer: string; readonly subject: string; readonly keys: readonly IssuedKey[]; readonly problem?: string };

const Header = z.object({ alg: z.enum(['RS256', 'ES256']), kid: z.string() });
const Claims = z.object({ iss: z.string(), sub: z.string(), aud: z.union([z.string(), z.array(z.string())]) });

/** What a token has to be meant for, so that it vouches for one key and no other: then it may be seen by everybody, and does not end. */
export function audienceOf(publicKey: string): string {
  return `backlot:${createHash('sha256').update(createPublicKey(publicKey).export({ type: 'spki', format: 'der' })).digest('hex')}`;
}

/** Who an issuer says that the owner of a key is, or why that does not count. Pure. */
export function readToken(token: string, publicKey: string, issuers: readonly Issuer[]): { readonly who: string } | { readonly problem: string } {
  const [head = '', body = '', signature = ''] = token.split('.');
  const [header, claims] = [Header.safeParse(part(head)), Claims.safeParse(part(body))];
  if (!header.success || !claims.success) return { problem: 'Its token is none that this version of Backlot reads' };
  const { iss, sub, aud } = claims.data;
  const ofIssuer = issuers.filter(({ issuer }) => issuer === iss);
  const [unknown] = ofIssuer.flatMap(({ problem }) => problem ?? []);
  if (unknown !== undefined) return { problem: unknown };
  const chosen = ofIssuer.find(({ subject }) => fits(subject, sub));
  if (!chosen) return { problem: `It is by ${sub} of ${iss}, whom nobody here trusts` };
  const key = chosen.keys.find(({ kid }) => kid === header.data.kid);
  if (!key || !isSigned(`${head}.${body}`, signature, key, header.data.alg)) return { problem: `Its token is not signed by ${iss}` };
  if (![aud].flat().includes(audienceOf(publicKey))) return { problem: 'Its token is of another key' };
  return { who: `${sub} of ${iss}` };
}

function isSigned(text: string, signature: string, jwk: IssuedKey, algorithm: 'RS256' | 'ES256'): boolean {
  try {
    const key = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
    if (key.asymmetricKeyType !== (algorithm === 'RS256' ? 'rsa' : 'ec')) return false;
    return verify('sha256', Buffer.from(text), algorithm === 'RS256' ? key : { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
  } catch {
    return false;
  }
}

/** Where `*` stands for anything. */
function fits(pattern: string, text: string): boolean {
  return new RegExp(`^${pattern.split('*').map((piece) => piece.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)).join('.*')}$`, 'su').test(text);
}

const part = (text: string): unknown => parsedJson(Buffer.from(text, 'base64url'));
