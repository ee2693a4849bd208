import type { Text } from '../gram-index.ts';
import { KINDS, type Kind } from '../grams.ts';
import { MOST_TEXT, type GramKernel } from './load-kernel.ts';

/** Places of a text that are looked at together: what is noted of them stays in the processor's cache. */
const PLACES = 1 << 13;
/** What stands before and after a text or a pattern is read too. */
export const BESIDE = 128;

/** Where in its part of a memory everything is that every search needs: what tells where its tables are, numbers of places, places, a bit for each, what was found at them, the text. */
const TABLES = 1 << 12;
const TABLE_BYTES = 32;
const KEYS = TABLES + KINDS.length * TABLE_BYTES;
const LOWS = KEYS + PLACES + 64;
const LIST = LOWS + PLACES + 64;
const PASSES = LIST + (PLACES + 16) * 4;
const PASSES_BYTES = PLACES / 8 + 16;
const FOUND = PASSES + PASSES_BYTES * 2;
const FOUND_BYTES = (PLACES + 16) * 8;
const FOUND_SHORT = FOUND + FOUND_BYTES;
export const TEXT = FOUND_SHORT + FOUND_BYTES + BESIDE;
/** Where there is room for what else a search needs. */
export const FREE = (TEXT + MOST_TEXT + BESIDE + 63) & ~63;

/** Where the parts of a table are, and how many words its filter and how many buckets it has: powers of two. */
export type Parts = { readonly bits: number; readonly words: number; readonly buckets?: number; readonly bucketCount?: number; readonly entries?: number; readonly patterns?: number; readonly starts?: number };

/** What a kernel was loaded with, and where in it the part of a search begins. */
type Loaded<Own> = { readonly kernel: Own; readonly memory: ArrayBufferLike; readonly from?: number };

/** A kernel with a text in its memory, and tables that tell which grams there may be in it: one for each kind. */
export class SearchMemory<Own extends GramKernel> {
  readonly kernel: Own;
  readonly bytes: Uint8Array;
  /** Where the part of this search begins. */
  readonly from: number;

  constructor({ kernel, memory, from = 0 }: Loaded<Own>) {
    this.kernel = kernel;
    this.bytes = new Uint8Array(memory);
    this.from = from;
  }

  get buffer(): ArrayBufferLike {
    return this.bytes.buffer;
  }

  /** Tells the kernel where the table of a kind is; answers where it reads that. */
  describe(kind: Kind, { bits, words, buckets = 0, bucketCount = 1, entries = 0, patterns = 0, starts = 0 }: Parts): number {
    const at = this.from + TABLES + KINDS.indexOf(kind) * TABLE_BYTES;
    new Int32Array(this.buffer, at, TABLE_BYTES / 4).set([KINDS.indexOf(kind), bits, 32 - Math.log2(words), buckets, 32 - Math.log2(bucketCount), entries, patterns, starts]);
    return at;
  }

  /** Looks over a text for grams of these tables, part by part; `onFound` is told how many of one may be there, and where they are noted. */
  look<Grams extends TableAt>({ bytes, length }: Text, tables: readonly Grams[], onFound: OnFound<Grams>): void {
    if (length > MOST_TEXT) throw new RangeError(`a text of ${length} bytes is longer than can be searched`);
    if (tables.length === 0) return;
    const { kernel } = this;
    const [begin, found] = [this.from + TEXT, this.from + FOUND];
    this.bytes.set(bytes.subarray(0, length), begin);
    this.bytes.fill(0, begin + length, begin + length + BESIDE);
    const sampled = tables.filter(({ kind }) => kind.sampled);
    const others = tables.filter(({ kind }) => !kind.sampled);
    for (let from = 0; from < length; from += PLACES) {
      const count = Math.min(PLACES, length - from);
      if (sampled.length > 0) this.lookAtPlaces(sampled, kernel.samplePlaces(begin + from, (count + 63) & ~63, this.from + KEYS, this.from + LOWS, this.from + LIST), begin + length, onFound);
      for (const table of others) tell(table, kernel.lookAtAll(table.at, begin + from, (count + 3) >> 2, this.from + PASSES, found), found, onFound);
    }
  }

  private lookAtPlaces<Grams extends TableAt>([first, second]: readonly Grams[], places: number, end: number, onFound: OnFound<Grams>): void {
    const { kernel } = this;
    const [list, passes, found, short] = [this.from + LIST, this.from + PASSES, this.from + FOUND, this.from + FOUND_SHORT];
    if (!first) return;
    if (!second) return tell(first, kernel.lookAt(first.at, list, places, end, passes, found), found, onFound);
    tell(first, kernel.lookAtBoth(first.at, second.at, list, places, end, passes, passes + PASSES_BYTES, found, short), found, onFound);
    tell(second, kernel.foundShort(), short, onFound);
  }
}

/** A table of a kind: where what tells of it is. */
export type TableAt = { readonly kind: Kind; readonly at: number };
type OnFound<Grams> = (table: Grams, found: number, at: number) => void;

function tell<Grams>(table: Grams, found: number, at: number, onFound: OnFound<Grams>): void {
  if (found > 0) onFound(table, found, at);
}
