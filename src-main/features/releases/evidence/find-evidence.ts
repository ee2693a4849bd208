import { z } from 'zod';
import { toFailure } from '#contract/errors.ts';
import type { Attestation } from '#contract/releases.ts';
import { parsedJson } from '#core/parsed-json.ts';
import type { Descriptor as ImageDescriptor, Repository } from '#ports/image-registry.ts';
import { ARTIFACT_TYPE, evidenceManifest } from './attach-evidence.ts';
import { ENVELOPE_TYPE, open, type Trust } from './envelope.ts';
import { readStatement, type EvidenceContent } from './statement.ts';

/** More than this is no envelope of ours. */
const MOST_BYTES = 4 * 1024 * 1024;
/** So many are looked at, the latest. */
const MOST = 200;

const Descriptor = z.object({ mediaType: z.string(), digest: z.string(), size: z.number() });
const Manifest = z.object({ layers: z.array(Descriptor), subject: Descriptor.optional() });

export type Found = Attestation & { readonly content?: EvidenceContent };

/** Every piece of evidence that is attached to an image, each with what became of its verification. Stages are told of those alone that count. */
export async function findEvidence(repository: Repository, subject: ImageDescriptor, trust: Trust, signal: AbortSignal): Promise<Found[]> {
  const listed = (await repository.referrers(subject.digest, ARTIFACT_TYPE, signal)).slice(-MOST);
  return Promise.all(listed.map((one) => readEvidence(repository, { digest: one.digest, subject, trust }, signal)));
}

type Wanted = { readonly digest: string; readonly subject: ImageDescriptor; readonly trust: Trust };

async function readEvidence(repository: Repository, { digest, subject, trust }: Wanted, signal: AbortSignal): Promise<Found> {
  const invalid = (problem: string, key?: string): Found => ({ digest, state: 'invalid', problem, stages: [], ...(key !== undefined && { key }) });
  try {
    const manifest = await repository.readManifest(digest, signal);
    const parsed = Manifest.safeParse(manifest && parsedJson(manifest.bytes));
    const layer = parsed.data?.layers[0];
    if (!layer || layer.mediaType !== ENVELOPE_TYPE) return invalid('It is no evidence of Backlot');
    if (parsed.data?.subject?.digest !== subject.digest) return invalid(`It is attached to another image: ${parsed.data?.subject?.digest ?? 'to none'}`);
    const opened = open(await repository.readBytes(layer, MOST_BYTES, signal), trust);
    if (opened.state === 'invalid') return invalid(opened.problem, opened.key);
    const content = readStatement(opened.payload, subject.digest);
    if ('problem' in content) return invalid(content.problem, opened.key);
    if (opened.state === 'foreign') return { digest, state: 'foreign', key: opened.key, problem: opened.problem ?? 'Nobody here trusts the key that it is signed with', stages: [] };
    if (!manifest || Buffer.compare(manifest.bytes, evidenceManifest({ layer, subject, content })) !== 0) return invalid('It was changed after it was attached', opened.key);
    return { digest, state: 'trusted', key: opened.key, stages: content.stages, content };
  } catch (error) {
    if (signal.aborted) throw error;
    const { code, message } = toFailure(error);
    if (code === 'registry-denied') throw error;
    return invalid(message);
  }
}
