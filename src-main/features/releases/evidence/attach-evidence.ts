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
  const bytes = evidenceManifest({ config, layer, subject, content });
  return (await repository.writeManifest(digestOf(bytes), { mediaType: MANIFEST_TYPE, bytes }, signal)).digest;
}

/** The manifest by which evidence is attached: all of it follows from what is signed and from the image, so that a change of any byte shows. */
export function evidenceManifest({ config, layer, subject, content }: { readonly config?: Descriptor; readonly layer: Descriptor; readonly subject: Descriptor; readonly content: EvidenceContent }): Uint8Array {
  const times = [...content.stages.map(({ time }) => time), ...(content.override ? [content.override.time] : [])];
  const created = times.sort((one, other) => Date.parse(other) - Date.parse(one))[0];
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    artifactType: ARTIFACT_TYPE,
    config: sized(config ?? { mediaType: EMPTY.mediaType, digest: digestOf(EMPTY.bytes), size: EMPTY.bytes.length }),
    layers: [sized(layer)],
    subject: sized(subject),
    annotations: { 'in-toto.io/predicate-type': PREDICATE, ...(created !== undefined && { 'org.opencontainers.image.created': created }) },
  };
  return Buffer.from(JSON.stringify(manifest));
}

const sized = ({ mediaType, digest, size }: Descriptor) => ({ mediaType, digest, size });
const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** A small blob that is at hand, and that the registry may have. */
const writeBytes = (repository: Repository, { mediaType, bytes }: Small, signal: AbortSignal): Promise<Descriptor> => repository.writeBlob({ mediaType, digest: digestOf(bytes), size: bytes.length, open: opening(bytes) }, signal);

/** One that is surely new: the registry is not asked whether it has it. */
export const writeNew = (repository: Repository, { mediaType, bytes }: Small, signal: AbortSignal): Promise<Descriptor> => repository.writeBlob({ mediaType, open: opening(bytes) }, signal);

type Small = { readonly mediaType: string; readonly bytes: Uint8Array };

const opening = (bytes: Uint8Array) =>
  async function* () {
    yield await Promise.resolve(bytes);
  };
