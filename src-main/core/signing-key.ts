import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { BacklotError } from '#contract/errors.ts';
import { Secret } from './secret.ts';

/** An Ed25519 key in PEM, as `openssl genpkey -algorithm ed25519` writes it. */
export type SigningKey = { readonly private: Secret; /** What says whose it is, to those who do not know it. */ readonly token?: string };

/** What comes before the 32 bytes of an Ed25519 key in PKCS #8. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Signs bytes. Fails with `config-invalid` where the key is none of Ed25519; `signs` says what it is for. */
export function signBytes(bytes: Uint8Array, key: SigningKey, signs: string): { readonly key: string; readonly signature: Buffer } {
  const opened = open(() => createPrivateKey(key.private.reveal()), signs);
  return { key: idOf(createPublicKey(opened)), signature: sign(null, bytes, opened) };
}

export function verifyBytes(bytes: Uint8Array, signature: Uint8Array, publicKey: string, signs: string): boolean {
  return verify(null, bytes, open(() => createPublicKey(publicKey), signs), signature);
}

/** The public key to a private one, in PEM. */
export function publicKeyOf(key: SigningKey, signs = 'signs'): string {
  return createPublicKey(open(() => createPrivateKey(key.private.reveal()), signs)).export({ type: 'spki', format: 'pem' }).toString();
}

/** By which people tell keys apart: a hash of the public one. */
export function keyIdOf(publicKey: string, signs: string): string {
  return idOf(open(() => createPublicKey(publicKey), signs));
}

/** The key that 32 secret bytes are. */
export function keyFromSeed(seed: Uint8Array): SigningKey {
  const key = createPrivateKey({ key: Buffer.concat([PKCS8, seed.subarray(0, 32)]), format: 'der', type: 'pkcs8' });
  return { private: new Secret(key.export({ type: 'pkcs8', format: 'pem' }).toString()) };
}

const idOf = (key: KeyObject) => createHash('sha256').update(key.export({ type: 'spki', format: 'der' })).digest('hex').slice(0, 16);

function open(make: () => KeyObject, signs: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = make();
  } catch {
    // The error of the library may quote the key.
  }
  if (key?.asymmetricKeyType === 'ed25519') return key;
  throw new BacklotError('config-invalid', `The key that ${signs} is no Ed25519 key in PEM`, { fix: 'Make one with `openssl genpkey -algorithm ed25519`.' });
}
