import { createHash } from 'node:crypto';
import type { SigningKey } from '#core/signing-key.ts';
import type { Descriptor, Repository } from '#ports/image-registry.ts';
import { ENVELOPE_TYPE, PAYLOAD_TYPE, seal } from './envelope.ts';
import { PREDICATE, writeStatement, type EvidenceContent } from './statement.ts';

/** By which evidence is found among an image's referrers. */
export const ARTIFACT_TYPE = PAYLOAD_TYPE;
const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const EMPTY = { mediaType: 'application/vnd.oci.empty.v1+json', bytes: Buffer.from('{}') };

/** Signs what passed on an image and attaches that to it, as a referrer. Answers the digest of the evidence. */
export async function attachEvidence(repository: Repository, { subject, content, key }: { readonly subject: Descriptor; readonly content: EvidenceContent; readonly key: SigningKey }, signal: AbortSignal): Promise<string> {
  const envelope = seal(writeStatement({ name: repository.name, digest: subject.digest }, content), key);
  const [config, layer] = await Promise.all([writeBytes(repository, EMPTY, signal), writeBytes(repository, { mediaType: ENVELOPE_TYPE, bytes: envelope }, signal)]);
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    artifactType: ARTIFACT_TYPE,
    config: sized(config),
    layers: [sized(layer)],
    subject: sized(subject),
    annotations: { 'in-toto.io/predicate-type': PREDICATE, 'org.opencontainers.image.created': new Date().toISOString() },
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  return (await repository.writeManifest(digestOf(bytes), { mediaType: MANIFEST_TYPE, bytes }, signal)).digest;
}

const sized = ({ mediaType, digest, size }: Descriptor) => ({ mediaType, digest, size });
const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** A small blob that is at hand. */
export function writeBytes(repository: Repository, { mediaType, bytes }: { readonly mediaType: string; readonly bytes: Uint8Array }, signal: AbortSignal): Promise<Descriptor> {
  const open = async function* () {
    yield await Promise.resolve(bytes);
  };
  return repository.writeBlob({ mediaType, digest: digestOf(bytes), size: bytes.length, open }, signal);
}
