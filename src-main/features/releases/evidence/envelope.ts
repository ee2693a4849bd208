import { z } from 'zod';
import { keyIdOf, signBytes, verifyBytes, type SigningKey } from '#core/signing-key.ts';

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
  signatures: z.array(z.strictObject({ keyid: z.string().optional(), sig: base64 })).min(1),
});

/** What is signed: the type and the payload, each with its length. */
function signedBytes(payload: Uint8Array, type: string): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload]);
}

/** Signs what is of a type: nobody can pass it off as something of another. */
export function seal(payload: Uint8Array, key: SigningKey, type = PAYLOAD_TYPE): Uint8Array {
  const { key: keyid, signature } = signBytes(signedBytes(payload, type), key, SIGNS);
  return Buffer.from(JSON.stringify({ payloadType: type, payload: Buffer.from(payload).toString('base64'), signatures: [{ keyid, sig: signature.toString('base64') }] }));
}

export type Opened =
  | { readonly state: 'trusted'; readonly key: string; readonly payload: Buffer }
  /** Nobody here knows its key: what it says may be anything. */
  | { readonly state: 'foreign'; readonly key: string; readonly payload: Buffer }
  | { readonly state: 'invalid'; readonly key?: string; readonly problem: string };

/** Opens an envelope by the keys that are trusted, in PEM. Which key signed is found by its signature; what the envelope says of that is only a hint. */
export function open(bytes: Uint8Array, trusted: readonly string[], type = PAYLOAD_TYPE): Opened {
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
  const said = parsed.data.signatures[0]?.keyid ?? 'unknown';
  if (trusted.some((key) => keyIdOf(key, SIGNS) === said)) return { state: 'invalid', key: said, problem: 'It was changed after it was signed: its signature does not fit' };
  return { state: 'foreign', key: said, payload };
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
