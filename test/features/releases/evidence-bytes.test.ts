import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { Secret } from '#core/secret.ts';
import { keyFromSeed, publicKeyOf } from '#core/signing-key.ts';
import { evidenceManifest } from '#features/releases/evidence/attach-evidence.ts';
import { declaredKey } from '#features/releases/evidence/evidence-keys.ts';
import { open, seal } from '#features/releases/evidence/envelope.ts';
import { readStatement, writeStatement } from '#features/releases/evidence/statement.ts';

const key = keyFromSeed(Buffer.alloc(32, 3));
const trusted = [publicKeyOf(key)];
const digest = `sha256:${'a1'.repeat(32)}`;
const proof = { stage: 'unit', run: 'r', tests: 3, failures: 0, skipped: 0, seconds: 1, time: '2026-11-21T00:00:00.000Z', where: 'ann@laptop' };
const content = { project: 'shop', id: digest, revision: 'f'.repeat(40), dirty: false, platform: 'linux/amd64', stages: [proof] };

test('one changed byte anywhere in evidence makes it count no more', () => {
  const envelope = seal(writeStatement({ name: 'shop', digest }, content), key);
  const isTrusted = (bytes: Uint8Array) => {
    const opened = open(bytes, { trusted });
    return opened.state === 'trusted' && !('problem' in readStatement(opened.payload, digest));
  };
  expect(isTrusted(envelope)).toBe(true);
  for (let at = 0; at < envelope.length; at++) {
    for (const flip of [1, 2, 0x20]) {
      const changed = Buffer.from(envelope);
      changed[at] = (changed[at] ?? 0) ^ flip;
      expect(isTrusted(changed), `byte ${at} of ${changed.toString()}`).toBe(false);
    }
  }
  // Nor is what was signed as something else evidence, or the other way round.
  expect(isTrusted(seal(writeStatement({ name: 'shop', digest }, content), key, 'application/vnd.backlot.record.v1+json'))).toBe(false);
});

test('how evidence is attached follows from what is signed', () => {
  const layer = { mediaType: 'application/vnd.dsse.envelope.v1+json', digest, size: 9 };
  const subject = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest, size: 7 };
  const bytes = evidenceManifest({ layer, subject, content });
  expect(Buffer.compare(bytes, evidenceManifest({ layer, subject: { ...subject, annotations: { any: 'thing' } }, content: structuredClone(content) }))).toBe(0);
  expect(Buffer.compare(bytes, evidenceManifest({ layer, subject: { ...subject, size: 8 }, content }))).not.toBe(0);
});

const PEM = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

test.each([
  ['PEM', PEM],
  ['PEM in one line, with \\n for its ends of lines', PEM.replaceAll('\n', '\\n')],
  ['PEM in base64', Buffer.from(PEM).toString('base64')],
])('the key that signs evidence may stand in a variable as %s', async (_, text) => {
  const unasked = () => Promise.reject(new Error('not asked for'));
  const secrets = { environment: (name: string) => (name === 'EVIDENCE_KEY' ? text : undefined), command: unasked, keychain: unasked };
  const found = await declaredKey({ directory: '/', evidence: { key: { env: 'EVIDENCE_KEY' } } }, { files: { read: unasked } as never, secrets });
  expect(found && publicKeyOf(found)).toBe(publicKeyOf({ private: new Secret(PEM) }));
});
