import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { BacklotError } from '#contract/errors.ts';
import { parsedJson } from '#core/parsed-json.ts';
import type { Descriptor, Repository } from '#ports/image-registry.ts';
import { writeNew } from './evidence/attach-evidence.ts';

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
export const RECORD_TYPE = 'application/vnd.backlot.record.v1+json';
const MOST_BYTES = 16 * 1024 * 1024;
const Pointer = z.object({ config: z.object({ mediaType: z.literal(RECORD_TYPE), digest: z.string(), size: z.number() }) });

/** What a target has is kept where its images are, under tags of its own, so that every machine sees the same. */
export const recordTag = (kind: 'promoted' | 'releases' | 'lock' | 'closed', target: string) => `backlot-${kind}-${target}`;

/** The record under a tag; nothing where there is none. */
export async function readRecord<Shape extends z.ZodType>(repository: Repository, tag: string, shape: Shape, signal: AbortSignal): Promise<z.output<Shape> | undefined> {
  const manifest = await repository.readManifest(tag, signal);
  if (!manifest) return undefined;
  const pointer = Pointer.safeParse(parsedJson(manifest.bytes));
  if (!pointer.success) throw unreadable(repository, tag);
  const parsed = shape.safeParse(parsedJson(await repository.readBytes(pointer.data.config, MOST_BYTES, signal)));
  if (!parsed.success) throw unreadable(repository, tag);
  return parsed.data;
}

/** Puts a record under a tag, and answers its manifest: no two are the same. */
export const writeRecord = (repository: Repository, tag: string, record: unknown, signal: AbortSignal): Promise<Descriptor> => writeRecordWith({ repository, tag, kept: [] }, record, signal);

/** The same with blobs that the registry keeps as long as the record is there. */
export async function writeRecordWith({ repository, tag, kept }: { readonly repository: Repository; readonly tag: string; readonly kept: readonly Descriptor[] }, record: unknown, signal: AbortSignal): Promise<Descriptor> {
  const config = await writeNew(repository, { mediaType: RECORD_TYPE, bytes: Buffer.from(JSON.stringify(record)) }, signal);
  const manifest = { schemaVersion: 2, mediaType: MANIFEST_TYPE, artifactType: RECORD_TYPE, config, layers: kept, annotations: { 'dev.backlot.record': tag, 'dev.backlot.write': randomBytes(8).toString('hex') } };
  return repository.writeManifest(tag, { mediaType: MANIFEST_TYPE, bytes: Buffer.from(JSON.stringify(manifest)) }, signal);
}

const unreadable = (repository: Repository, tag: string) =>
  new BacklotError('registry-failed', `${repository.name}:${tag} is no record that this version of Backlot reads`, { fix: 'Update Backlot. If something else wrote that tag, remove it there.' });
