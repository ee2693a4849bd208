import { ByteSearch } from './byte-search.ts';
import { OriginalSet } from './original-set.ts';
import { Plausible } from './plausible.ts';
import type { GramFilter } from './gram-filter.ts';
import type { SpilledOriginals } from './spilled-originals.ts';
import { newReport, searchStream, type NamedStream, type SearchReport } from './stream-search.ts';

/** Originals as they were gathered: one set, or more than memory should hold at once. */
export type GatheredValues = OriginalSet | SpilledOriginals;

/** Originals that one look over the texts is for, and of which it is told at once whether they are there. */
const MOST_LOOKED_FOR = 1 << 23;
const MOST_SUSPECTS = 1 << 16;

/** Originals that may be in the streams. `looked` is what a look over them found otherwise; where there are no suspects, there need be no other. */
export type Suspects = { readonly set: OriginalSet; readonly looked?: SearchReport };

/**
 * Sets of originals, at least one and each small enough for an exact search, that together hold every one that occurs in the streams. What memory
 * holds anyway is answered without a look at them.
 */
export async function* findSuspects(originals: GatheredValues, streams: () => AsyncIterable<NamedStream>, signal: AbortSignal): AsyncGenerator<Suspects> {
  if (originals instanceof OriginalSet) return yield { set: originals };
  if (originals.whole) return yield { set: originals.whole };
  for (let from = 0; from < originals.size; from += MOST_LOOKED_FOR) {
    const { marked, looked } = await lookFor(originals, from, streams, signal);
    for (const set of suspectsOf(originals, from, marked)) yield { set, looked };
  }
}

/** 1 for each original, of the part that begins at `from`, that shares a gram with a stream. */
async function lookFor(originals: SpilledOriginals, from: number, streams: () => AsyncIterable<NamedStream>, signal: AbortSignal): Promise<{ readonly marked: Uint8Array; readonly looked: SearchReport }> {
  const look = new Look(originals, from);
  const looked = newReport();
  for await (const stream of streams()) await searchStream(look.search, looked, stream, signal);
  look.mark();
  return { marked: look.marked, looked };
}

function* suspectsOf(originals: SpilledOriginals, from: number, marked: Uint8Array): Generator<OriginalSet> {
  let suspects = new OriginalSet(originals.telling);
  const isMarked = (first: number, count: number) => marked.subarray(first - from, first - from + count).includes(1);
  for (const { originals: batch, first } of originals.batches(from, from + MOST_LOOKED_FOR, isMarked)) {
    for (let original = 0; original < batch.size; original++) {
      if (marked[first - from + original] !== 1) continue;
      suspects.take(batch, original);
      if (suspects.size < MOST_SUSPECTS) continue;
      yield suspects;
      suspects = new OriginalSet(originals.telling);
    }
  }
  yield suspects;
}

/** One look for a part of the originals. */
class Look {
  readonly search: ByteSearch;
  private readonly originals: SpilledOriginals;
  private readonly from: number;
  private readonly filter: GramFilter;
  /** 1 for each original of the part that shares a gram with a stream. */
  readonly marked: Uint8Array;

  constructor(originals: SpilledOriginals, from: number) {
    this.originals = originals;
    this.from = from;
    this.filter = originals.filter(from, from + MOST_LOOKED_FOR);
    this.filter.begin(() => this.mark());
    // A batch begins in the part, and may end beyond it.
    this.marked = new Uint8Array(Math.min(2 * MOST_LOOKED_FOR, originals.size - from));
    const known = { digits: originals.telling.digits, plausible: new Plausible(originals.bytes) };
    this.search = new ByteSearch(new OriginalSet(originals.telling), { index: this.filter, originalOf: new Uint32Array(0), digitsFrom: 0, known });
  }

  mark(): void {
    const { filter, marked, from } = this;
    if (filter.isEmpty) return;
    for (const { first, grams, variantOf } of this.originals.batches(from, from + MOST_LOOKED_FOR)) {
      const [own, variants] = grams;
      filter.eachThatMayOccur(own, (pattern) => (marked[first - from + pattern] = 1));
      filter.eachThatMayOccur(variants, (pattern) => (marked[first - from + (variantOf[pattern] ?? 0)] = 1));
    }
  }
}
