import { ByteSearch } from './byte-search.ts';
import { GramFilter } from './gram-filter.ts';
import { OriginalSet, type Telling } from './original-set.ts';
import { Plausible } from './plausible.ts';
import { LONG } from './grams.ts';
import { newReport, searchStream, type NamedStream } from './stream-search.ts';
import { withVariants } from './variants.ts';

/** Originals as they were gathered: one set, or more than memory should hold at once. */
export type GatheredValues = { readonly size: number; readonly tooShort: number; readonly telling: Telling; readonly whole: OriginalSet | undefined; batches(): Iterable<OriginalSet> };

/** Originals that one look over the texts is for, and of which it is told at once whether they are there. */
const MOST_LOOKED_FOR = 1 << 23;
const MOST_SUSPECTS = 1 << 16;

/**
 * Sets of originals, at least one and each small enough for an exact search, that together hold every one that occurs in the streams. What memory
 * holds anyway is answered without a look at them.
 */
export async function* findSuspects(originals: GatheredValues, streams: () => AsyncIterable<NamedStream>, signal: AbortSignal): AsyncGenerator<OriginalSet> {
  if (originals.whole) return yield originals.whole;
  const known = knownOf(originals);
  for (let from = 0; from < originals.size; from += MOST_LOOKED_FOR) yield* suspectsOf(originals, from, await lookFor(originals, { from, ...known }, streams, signal));
}

/** 1 for each original, of the part that begins at `from`, that shares a gram with a stream. What that took is no longer in memory. */
async function lookFor(originals: GatheredValues, part: Part, streams: () => AsyncIterable<NamedStream>, signal: AbortSignal): Promise<Uint8Array> {
  const look = new Look(originals, part);
  for await (const stream of streams()) await searchStream(look.search, newReport(), stream, signal);
  look.mark();
  return look.marked;
}

function* suspectsOf(originals: GatheredValues, from: number, marked: Uint8Array): Generator<OriginalSet> {
  let suspects = new OriginalSet(originals.telling);
  for (const { batch, first } of batchesFrom(originals, from)) {
    for (let original = 0; original < batch.size; original++) {
      if (marked[first + original] !== 1) continue;
      suspects.take(batch, original);
      if (suspects.size < MOST_SUSPECTS) continue;
      yield suspects;
      suspects = new OriginalSet(originals.telling);
    }
  }
  yield suspects;
}

/** The batches that begin in the part of the originals that one look is for. */
function* batchesFrom(originals: GatheredValues, from: number): Generator<{ readonly batch: OriginalSet; readonly first: number }> {
  let first = 0;
  for (const batch of originals.batches()) {
    if (first >= from && first < from + MOST_LOOKED_FOR) yield { batch, first };
    first += batch.size;
  }
}

/** Which bytes occur in any original, in small or capital letters, and which share of the originals is short. */
type Known = { readonly bytes: Uint8Array; readonly short: number };

/** What one look is for: the originals from there on. */
type Part = Known & { readonly from: number };

function knownOf(originals: GatheredValues): Known {
  const bytes = new Uint8Array(256);
  let short = 0;
  for (const batch of originals.batches()) {
    withVariants(batch).bytes.forEach((one, byte) => (bytes[byte] = (bytes[byte] ?? 0) | one));
    for (let original = 0; original < batch.size; original++) if (batch.length(original) < LONG.least) short += 1;
  }
  return { bytes, short: short / originals.size };
}

/** One look for a part of the originals. */
class Look {
  readonly search: ByteSearch;
  private readonly originals: GatheredValues;
  private readonly from: number;
  private readonly filter: GramFilter;
  /** 1 for each original that shares a gram with a stream. */
  readonly marked: Uint8Array;

  constructor(originals: GatheredValues, { from, bytes, short }: Part) {
    this.originals = originals;
    this.from = from;
    const size = Math.min(MOST_LOOKED_FOR, originals.size - from);
    this.marked = new Uint8Array(originals.size);
    this.filter = new GramFilter({ long: size * (1 - short), short: size * short }, () => this.mark());
    for (const { batch } of batchesFrom(this.originals, this.from)) this.filter.add(withVariants(batch).patterns);
    const known = { digits: originals.telling.digits, plausible: new Plausible(bytes) };
    this.search = new ByteSearch(new OriginalSet(originals.telling), { index: this.filter, originalOf: new Uint32Array(0), digitsFrom: 0, known });
  }

  mark(): void {
    for (const { batch, first } of batchesFrom(this.originals, this.from)) {
      const { patterns, originalOf } = withVariants(batch);
      this.filter.eachThatMayOccur(patterns, (pattern) => (this.marked[first + (originalOf[pattern] ?? 0)] = 1));
    }
  }
}
