import { z } from 'zod';
import { BacklotError } from '#contract/errors.ts';
import { Release } from '#contract/releases.ts';
import type { Descriptor } from '#ports/image-registry.ts';
import { counts, openEntry, problemOf, sealEntry, type Entry, type RecordPlace, type WritingPlace } from './record-entries.ts';
import { readRecord, recordTag, writeRecordWith } from './registry-record.ts';

/** One digest that was promoted to a target. */
export const PromotedImage = z.object({ revision: z.string(), /** The revision's name as evidence has it: with what differs from the commit. */ name: z.string().optional(), digest: z.string(), id: z.string(), who: z.string(), time: z.string(), override: z.string().optional(), /** False until everybody who wants to know was told. */ told: z.boolean().optional() });
export type PromotedImage = z.infer<typeof PromotedImage>;

/** What is written of a release; by whom its entry is turns out when it is read. */
const WrittenRelease = Release.omit({ trust: true, problem: true });

/** Entries are signed one by one: each is as good as who wrote it, whoever wrote the others. */
const Stored = z.object({ schema: z.union([z.literal(1), z.literal(2)]), entries: z.array(z.unknown()) });

/** Entries that a record keeps, the latest. */
const MOST = 200;
const MOST_TRIES = 5;

/** What was promoted to a target, newest first. */
export async function readPromotions(place: RecordPlace, signal: AbortSignal): Promise<readonly PromotedImage[]> {
  return believed(await promotions(place, signal), place).map(({ value }) => value);
}

/** Adds a promotion, newest first. Two machines may do so at once: whose entry was overwritten writes it again. */
export async function addPromotion(place: WritingPlace, entry: PromotedImage, signal: AbortSignal): Promise<void> {
  const sealed = sealEntry('promoted', entry, place);
  for (let tries = 1; ; tries++) {
    const known = await promotions(place, signal);
    if (believed(known, place).some(({ value }) => value.digest === entry.digest && value.time === entry.time && value.told === entry.told)) return;
    if (tries > MOST_TRIES) throw new BacklotError('registry-failed', `Others write what is promoted to ${place.name} at the same time`, { fix: 'Promote it again.' });
    const others = known.filter((one) => one.origin === 'invalid' || one.value.digest !== entry.digest);
    await write('promoted', { entries: [sealed, ...others.map(({ stored }) => stored)] }, place, signal);
  }
}

/** Releases of a target that are believed, newest first. What nobody who is trusted signed brings no commands. */
export async function readReleases(place: RecordPlace, signal: AbortSignal): Promise<readonly Release[]> {
  return believed(await releases(place, signal), place).map(shown);
}

/** Everything that the record says, for people: with why an entry does not count, and what is the matter with those that cannot be read. */
export async function readHistory(place: RecordPlace, signal: AbortSignal): Promise<{ readonly releases: readonly Release[]; readonly problems: readonly string[] }> {
  const entries = await releases(place, signal);
  return {
    releases: entries.flatMap((entry) => (entry.origin === 'invalid' ? [] : [{ ...shown(entry), ...(!counts(entry.origin, place.keys) && { problem: problemOf(entry) }) }])),
    problems: entries.flatMap((entry) => (entry.origin === 'invalid' ? [entry.problem] : [])),
  };
}

/** Replaces the release of the same id, or adds it. Only who holds the target's lock does this. What others wrote unsigned is not vouched for. */
export async function writeRelease(place: WritingPlace, release: Release, signal: AbortSignal): Promise<void> {
  const { trust = 'trusted', problem: _problem, ...written } = release;
  const known = await releases(place, signal);
  const stored = trust === 'trusted' ? sealEntry('releases', written, place) : written;
  const isSame = (entry: Entry<Release>) => entry.origin !== 'invalid' && entry.value.release === release.release;
  const first = Math.max(0, known.findIndex(isSame));
  const [newer, older] = [known.slice(0, first), known.slice(first)].map((part) => part.filter((entry) => !isSame(entry)).map((entry) => entry.stored));
  const logs = [release, ...known.flatMap((entry) => (entry.origin === 'invalid' || isSame(entry) ? [] : [entry.value]))].slice(0, MOST).flatMap(({ log }) => log ?? []);
  // What the registry no longer has would make it refuse the record.
  const kept = logs.map(({ digest, size }) => ({ mediaType: 'text/plain', digest, size }));
  await write('releases', { entries: [...(newer ?? []), stored, ...(older ?? [])], kept }, place, signal);
}

type Valid<Value> = Exclude<Entry<Value>, { readonly origin: 'invalid' }>;

const believed = <Value>(entries: readonly Entry<Value>[], { keys }: RecordPlace) => entries.filter((entry): entry is Valid<Value> => entry.origin !== 'invalid' && counts(entry.origin, keys));

function shown({ origin, value }: Valid<Release>): Release {
  const { deploy, ...rest } = value;
  return { ...rest, trust: origin, ...(origin === 'trusted' && deploy !== undefined && { deploy }) };
}

const promotions = (place: RecordPlace, signal: AbortSignal) => entriesOf('promoted', PromotedImage, place, signal);
const releases = (place: RecordPlace, signal: AbortSignal) => entriesOf('releases', WrittenRelease, place, signal);

async function entriesOf<Shape extends z.ZodType>(kind: 'promoted' | 'releases', shape: Shape, place: RecordPlace, signal: AbortSignal): Promise<Entry<z.output<Shape>>[]> {
  const record = await readRecord(place.repository, recordTag(kind, place.name), Stored, signal);
  return (record?.entries ?? []).map((stored) => openEntry(kind, stored, shape, place));
}

const write = (kind: 'promoted' | 'releases', { entries, kept = [] }: { readonly entries: readonly unknown[]; readonly kept?: readonly Descriptor[] }, { repository, name }: RecordPlace, signal: AbortSignal) => writeRecordWith({ repository, tag: recordTag(kind, name), kept }, { schema: 2, entries: entries.slice(0, MOST) }, signal);
