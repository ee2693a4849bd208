import { createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { keyIdOf, publicKeyOf, signBytes, verifyBytes, type SigningKey } from '#core/signing-key.ts';
import { readToken, type Issuer } from './issued.ts';

/** What an envelope of evidence holds (in-toto). */
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
export const ENVELOPE_TYPE = 'application/vnd.dsse.envelope.v1+json';

const SIGNS = 'signs evidence';
/** One text for the same bytes: nothing can be changed that does not change them. */
const base64 = z.string().refine((text) => Buffer.from(text, 'base64').toString('base64') === text);

/** A signed statement (DSSE). */
const Envelope = z.strictObject({
  payloadType: z.string(),
  payload: base64,
  signatures: z.array(z.strictObject({ keyid: z.string().optional(), sig: base64, key: z.string().optional(), token: z.string().optional() })).min(1),
});

/** What is signed: the type and the payload, each with its length. */
function signedBytes(payload: Uint8Array, type: string): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload]);
}

/** Signs what is of a type: nobody can pass it off as something of another. */
export function seal(payload: Uint8Array, key: SigningKey, type = PAYLOAD_TYPE): Uint8Array {
  const { key: keyid, signature } = signBytes(signedBytes(payload, type), key, SIGNS);
  return Buffer.from(JSON.stringify({ payloadType: type, payload: Buffer.from(payload).toString('base64'), signatures: [{ keyid, sig: signature.toString('base64'), ...(key.token !== undefined && { key: publicKeyOf(key, SIGNS), token: key.token }) }] }));
}

export type Opened =
  | { readonly state: 'trusted'; readonly key: string; readonly payload: Buffer }
  /** Nobody here knows its key: what it says may be anything. */
  | { readonly state: 'foreign'; readonly key: string; readonly payload: Buffer; readonly problem?: string }
  | { readonly state: 'invalid'; readonly key?: string; readonly problem: string };

export type Trust = { /** In PEM. */ readonly trusted: readonly string[]; readonly issuers?: readonly Issuer[] };

/** Opens an envelope by the keys that are trusted, or by the word of an issuer that is. Which key signed is found by its signature; what the envelope says of that is only a hint. */
export function open(bytes: Uint8Array, { trusted, issuers = [] }: Trust, type = PAYLOAD_TYPE): Opened {
  const parsed = Envelope.safeParse(parse(bytes));
  if (!parsed.success || parsed.data.payloadType !== type) return { state: 'invalid', problem: 'It is no signed statement' };
  const payload = Buffer.from(parsed.data.payload, 'base64');
  const message = signedBytes(payload, type);
  for (const key of trusted) {
    const found = parsed.data.signatures.find(({ sig }) => verifyBytes(message, Buffer.from(sig, 'base64'), key, SIGNS));
    const id = keyIdOf(key, SIGNS);
    if (found?.keyid !== undefined && found.keyid !== id) return { state: 'invalid', key: found.keyid, problem: 'It was changed after it was signed: it names another key than the one that signed it' };
    if (found) return { state: 'trusted', key: id, payload };
  }
  const [first] = parsed.data.signatures;
  if (first?.key !== undefined && first.token !== undefined && issuers.length > 0) {
    const { keyid, sig, key, token } = first;
    if (!isKey(key) || keyid !== keyIdOf(key, SIGNS) || !verifyBytes(message, Buffer.from(sig, 'base64'), key, SIGNS)) return { state: 'invalid', key: keyid ?? 'unknown', problem: 'It was changed after it was signed: its signature does not fit' };
    const vouched = readToken(token, key, issuers);
    return 'who' in vouched ? { state: 'trusted', key: keyid, payload } : { state: 'foreign', key: keyid, payload, problem: vouched.problem };
  }
  const said = first?.keyid ?? 'unknown';
  if (trusted.some((key) => keyIdOf(key, SIGNS) === said)) return { state: 'invalid', key: said, problem: 'It was changed after it was signed: its signature does not fit' };
  return { state: 'foreign', key: said, payload };
}

function isKey(text: string): boolean {
  try {
    return createPublicKey(text).asymmetricKeyType === 'ed25519';
  } catch {
    return false;
  }
}

/** As we write it, to the byte. */
function parse(bytes: Uint8Array): unknown {
  try {
    const text = Buffer.from(bytes).toString();
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}
