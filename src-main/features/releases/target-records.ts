import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { BacklotError } from '#contract/errors.ts';
import { Release } from '#contract/releases.ts';
import type { Repository } from '#ports/image-registry.ts';
import { writeBytes } from './evidence/attach-evidence.ts';

/** One digest that was promoted to a target. */
export const PromotedImage = z.object({ revision: z.string(), digest: z.string(), id: z.string(), who: z.string(), time: z.string(), override: z.string().optional() });
export type PromotedImage = z.infer<typeof PromotedImage>;

const Promotions = z.object({ schema: z.literal(1), entries: z.array(PromotedImage) });
const Releases = z.object({ schema: z.literal(1), entries: z.array(Release) });

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const RECORD_TYPE = 'application/vnd.backlot.record.v1+json';
const Pointer = z.object({ config: z.object({ mediaType: z.literal(RECORD_TYPE), digest: z.string(), size: z.number().max(16 * 1024 * 1024) }) });

/** Entries that a record keeps, the latest. */
const MOST = 200;
const MOST_TRIES = 5;

/** What a target has is kept where its images are, under tags of its own, so that every machine sees the same. */
export const recordTag = (kind: 'promoted' | 'releases' | 'lock', target: string) => `backlot-${kind}-${target}`;

/** The record under a tag; nothing where there is none. */
export async function readRecord<Shape extends z.ZodType>(repository: Repository, tag: string, shape: Shape, signal: AbortSignal): Promise<z.output<Shape> | undefined> {
  const manifest = await repository.readManifest(tag, signal);
  if (!manifest) return undefined;
  const pointer = Pointer.safeParse(json(manifest.bytes));
  if (!pointer.success) throw unreadable(repository, tag);
  const parts: Uint8Array[] = [];
  for await (const part of repository.readBlob(pointer.data.config, signal)) parts.push(Buffer.from(part));
  const parsed = shape.safeParse(json(Buffer.concat(parts)));
  if (!parsed.success) throw unreadable(repository, tag);
  return parsed.data;
}

export async function writeRecord(repository: Repository, tag: string, record: unknown, signal: AbortSignal): Promise<void> {
  const config = await writeBytes(repository, { mediaType: RECORD_TYPE, bytes: Buffer.from(JSON.stringify(record)) }, signal);
  const manifest = { schemaVersion: 2, mediaType: MANIFEST_TYPE, artifactType: RECORD_TYPE, config, layers: [], annotations: { 'dev.backlot.record': tag, 'dev.backlot.write': randomBytes(8).toString('hex') } };
  await repository.writeManifest(tag, { mediaType: MANIFEST_TYPE, bytes: Buffer.from(JSON.stringify(manifest)) }, signal);
}

export async function readPromotions(repository: Repository, target: string, signal: AbortSignal): Promise<readonly PromotedImage[]> {
  return (await readRecord(repository, recordTag('promoted', target), Promotions, signal))?.entries ?? [];
}

/** Adds a promotion, newest first. Two machines may do so at once: whose entry was overwritten writes it again. */
export async function addPromotion(repository: Repository, target: string, entry: PromotedImage, signal: AbortSignal): Promise<void> {
  for (let tries = 1; ; tries++) {
    const known = await readPromotions(repository, target, signal);
    if (known.some((one) => one.digest === entry.digest && one.time === entry.time)) return;
    if (tries > MOST_TRIES) throw new BacklotError('registry-failed', `Others write what is promoted to ${target} at the same time`, { fix: 'Promote it again.' });
    await writeRecord(repository, recordTag('promoted', target), { schema: 1, entries: [entry, ...known.filter(({ digest }) => digest !== entry.digest)].slice(0, MOST) }, signal);
  }
}

/** Releases of a target, newest first. */
export async function readReleases(repository: Repository, target: string, signal: AbortSignal): Promise<readonly Release[]> {
  return (await readRecord(repository, recordTag('releases', target), Releases, signal))?.entries ?? [];
}

/** Replaces the release of the same id, or adds it. Only who holds the target's lock does this. */
export async function writeRelease(repository: Repository, release: Release, signal: AbortSignal): Promise<void> {
  const known = await readReleases(repository, release.target, signal);
  const entries = known.some((one) => one.release === release.release) ? known.map((one) => (one.release === release.release ? release : one)) : [release, ...known];
  await writeRecord(repository, recordTag('releases', release.target), { schema: 1, entries: entries.slice(0, MOST) }, signal);
}

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}

const unreadable = (repository: Repository, tag: string) =>
  new BacklotError('registry-failed', `${repository.name}:${tag} is no record that this version of Backlot reads`, { fix: 'Update Backlot. If something else wrote that tag, remove it there.' });
