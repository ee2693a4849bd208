import type { ByteSearch } from './byte-search.ts';
import { Look } from './look.ts';
import { Marks } from './marks.ts';
import type { OriginalList } from './original-list.ts';
import { OriginalSet } from './original-set.ts';
import { SpilledOriginals } from './spilled-originals.ts';
import { newReport, type NamedStream, type SearchReport } from './stream-search.ts';
import { Windows } from './windows.ts';

/** Originals as they were gathered: one set, or more than memory should hold at once. */
export type GatheredValues = OriginalSet | SpilledOriginals;

/** Originals that one look over the texts is for, and writings of them: with more, its filter would take more memory or rule out less. */
const MOST_LOOKED_FOR = 31 << 20;
const MOST_PATTERNS = 80 << 20;
const MOST_SUSPECTS = 1 << 18;

/** Numbers of originals: batches that begin with one of these. */
export type Part = { readonly from: number; readonly to: number };

/** What a look over streams tells: what it counted, and around all places where something may be, what is there. */
export type Looked = { readonly report: SearchReport; readonly windows: Windows };

/** Looks over streams for a part of the originals, and marks those that may be there. `mostKept` bounds the windows. */
export type Looker = { look(originals: SpilledOriginals, part: Part, streams: AsyncIterable<NamedStream>, how: { readonly signal: AbortSignal; readonly mostKept?: number | undefined }): Promise<Looked & { readonly marked: Marks }> };

/** Who looks, how many originals one look is for, how much is kept in windows (windows.ts), and of which originals it proves nothing that they are there. More suspects than `mostSuspects` are looked for once more. */
export type HowToLook = { readonly looker?: Looker; readonly mostLookedFor?: number; readonly mostSuspects?: number; readonly mostKept?: number; readonly isExcused?: (value: Uint8Array) => boolean };

/** Originals that may be in the streams, and where a look over these was needed to know, what is left of it; and how many more may be there that are excused. */
export type Suspects = { readonly set: OriginalSet; readonly looked?: Looked; readonly excused: number };

/** The report of an exact search for suspects, of what the look before it has kept; nothing where everything has to be read for that. */
export function searchLooked(search: ByteSearch, { report, windows }: Looked, meansNothing: SearchReport['meansNothing']): SearchReport | undefined {
  if (windows.areGivenUp && search.originals.size > 0) return undefined;
  const found = { ...newReport(meansNothing), bytes: report.bytes, unpacked: report.unpacked, closed: report.closed };
  if (search.originals.size > 0) windows.search(search, found);
  return found;
}

/**
 * Sets of originals, at least one and each small enough for an exact search, that together hold every one that occurs in the streams. What memory
 * holds anyway is answered without a look at them.
 */
export async function* findSuspects(originals: GatheredValues, streams: () => AsyncIterable<NamedStream>, signal: AbortSignal, { looker = new LookerHere(), mostLookedFor = MOST_LOOKED_FOR, mostKept, mostSuspects = MOST_SUSPECTS, isExcused = () => false }: HowToLook = {}): AsyncGenerator<Suspects> {
  if (originals instanceof OriginalSet) return yield { set: originals, excused: 0 };
  if (originals.whole) return yield { set: originals.whole, excused: 0 };
  for (const part of partsOf(originals, mostLookedFor)) {
    const looked = await looker.look(originals, part, streams(), { signal, mostKept });
    const few = new SpilledOriginals({ former: originals });
    const excused = addMarked(few, { originals, part, marked: looked.marked, isExcused });
    const set = few.together(mostSuspects);
    if (set) yield { set, looked, excused };
    else yield* lookAgain(few, excused);
  }

  /** Where many share a gram with what is there, hardly any share another one as well. */
  async function* lookAgain(few: SpilledOriginals, excused: number): AsyncGenerator<Suspects> {
    const all = { from: 0, to: few.size };
    const looked = await looker.look(few, all, streams(), { signal, mostKept });
    let told = 0;
    for (const set of setsOf(few, all, looked.marked)) yield { set, looked, excused: told++ === 0 ? excused : 0 };
  }
}

/** The parts of originals that one look each is for. */
export function partsOf(originals: SpilledOriginals, mostLookedFor = MOST_LOOKED_FOR): readonly Part[] {
  const count = Math.ceil(Math.max(originals.size / mostLookedFor, originals.patternCount / MOST_PATTERNS));
  const share = Math.ceil(originals.size / count);
  return Array.from({ length: Math.ceil(originals.size / share) }, (_, index) => ({ from: index * share, to: (index + 1) * share }));
}

type Marked = { readonly originals: SpilledOriginals; readonly part: Part; readonly marked: Marks; readonly isExcused: (value: Uint8Array) => boolean };

/** Adds the originals that are marked; answers how many of them are excused instead. */
function addMarked(few: SpilledOriginals, { originals, part, marked, isExcused }: Marked): number {
  let excused = 0;
  for (const { batch, id } of markedIn(originals, part, marked)) {
    if (isExcused(batch.value(id))) excused += 1;
    else few.add(batch.value(id), batch.column(id));
  }
  return excused;
}

/** The originals that are marked, in sets that are small enough for an exact search. */
function* setsOf(originals: SpilledOriginals, part: Part, marked: Marks): Generator<OriginalSet> {
  let set = new OriginalSet(originals.telling);
  for (const { batch, id } of markedIn(originals, part, marked)) {
    set.take(batch, id);
    if (set.size < MOST_SUSPECTS) continue;
    yield set;
    set = new OriginalSet(originals.telling);
  }
  yield set;
}

/** Each marked original, by its number in a batch that is there until the next one comes. */
function* markedIn(originals: SpilledOriginals, { from, to }: Part, marked: Marks): Generator<{ readonly batch: OriginalList; readonly id: number }> {
  for (const { originals: batch, first } of originals.batches(from, to, (number, count) => marked.mayHaveOneOf(number, count))) {
    for (let id = 0; id < batch.size; id++) if (marked.has(first + id)) yield { batch, id };
  }
}

/** Looks in this thread. What it was told of the latest part it need not be told again. */
export class LookerHere implements Looker {
  private latest: { readonly of: SpilledOriginals; readonly size: number; readonly from: number; readonly look: Look } | undefined;

  async look(originals: SpilledOriginals, part: Part, streams: AsyncIterable<NamedStream>, { signal, mostKept }: Parameters<Looker['look']>[3]): ReturnType<Looker['look']> {
    const batches = () => originals.batches(part.from, part.to);
    const look = this.lookFor(originals, part);
    const marked = new Marks(part.from, originals.endOf(part.to));
    const markAll = () => {
      for (const batch of batches()) look.mark(batch, (id) => marked.mark(batch.first + id));
      look.clear();
    };
    const windows = new Windows(originals.aside, mostKept);
    return { marked, windows, report: await look.at(streams, windows, markAll, signal) };
  }

  private lookFor(originals: SpilledOriginals, part: Part): Look {
    const { latest } = this;
    if (latest?.of === originals && latest.size === originals.size && latest.from === part.from) return latest.look;
    this.latest = undefined;
    const look = new Look(originals.lookedFor(part));
    for (const batch of originals.batches(part.from, part.to)) look.add(batch);
    this.latest = { of: originals, size: originals.size, from: part.from, look };
    return look;
  }
}
