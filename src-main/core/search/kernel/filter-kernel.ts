import type { Text } from '../gram-index.ts';
import { KINDS, type Patterns } from '../grams.ts';
import { BESIDE, FREE, SearchMemory, TEXT, type TableAt } from './search-memory.ts';

/** Patterns that are handed over at once. */
const PATTERNS = 1 << 12;
const PATTERN_BYTES = 1 << 18;

/** Where everything is: what is kept of what was found (at most 48 ways for each), patterns, bits of what was seen, the filters. */
const KEPT = FREE;
const MOST_KEPT = 48 * ((1 << 13) + 8);
const PATTERN = KEPT + MOST_KEPT * 12;
const STARTS = PATTERN + PATTERN_BYTES + 2 * BESIDE;
const ANCHORS = STARTS + (PATTERNS + 8) * 4;
const SEEN = ANCHORS + PATTERNS + BESIDE;
const SEEN_BYTES = 1 << 20;
const BITS = (SEEN + SEEN_BYTES + 0xfff) & ~0xfff;

export { TEXT };

/** Patterns with the places of the grams that are kept of each. */
export type PlacedGrams = { readonly patterns: Patterns; readonly anchors: Uint8Array };

/** Four bits for each gram, and six more for what stands beside it, for each kind by itself; and the look over a text for those that may be there. */
export class FilterKernel {
  readonly tables: readonly TableAt[];
  /** Of what a closer look kept: its hash, the key of what stands beside it, and its place, `TEXT` being the first of the text. */
  readonly kept: Int32Array;
  /** Of what was marked: its pattern, its hash, and its key. */
  readonly marked: Int32Array;
  private readonly memory: SearchMemory;

  /** `words` are those of each kind: powers of two, at most 2^27 in all. */
  constructor(words: readonly number[]) {
    this.memory = new SearchMemory(words.reduce((end, one) => end + one * 4, BITS));
    this.kept = new Int32Array(this.memory.buffer, KEPT, MOST_KEPT * 3);
    this.marked = this.kept;
    let bits = BITS;
    this.tables = KINDS.map((kind, index) => {
      const at = this.memory.describe(kind, { bits, words: words[index] ?? 0 });
      bits += (words[index] ?? 0) * 4;
      return { kind, at };
    });
  }

  /** Looks over a text for grams of these kinds; `onKept` is told how many are left after a look at what stands around them, a way of one each. */
  look(text: Text, tables: readonly TableAt[], onKept: (grams: TableAt, kept: number) => void): void {
    const { kernel } = this.memory;
    this.memory.look(text, tables, (grams, found, foundAt) => {
      const kept = kernel.lookCloser(grams.at, foundAt, found, KEPT);
      kernel.noteSeen(KEPT, kept, SEEN);
      onKept(grams, kept);
    });
  }

  /** Adds the grams of those patterns that are of this kind, with what stands beside them; answers how many. */
  addGrams({ at }: TableAt, placed: PlacedGrams): number {
    let added = 0;
    this.eachPart(placed, (count, base) => (added += this.memory.kernel.addGrams(at, PATTERN + BESIDE, STARTS, ANCHORS, count, base, KEPT)));
    return added;
  }

  /** Tells how many grams of patterns from a number on may have been kept since `forget`, part by part. */
  markGrams({ at }: TableAt, placed: PlacedGrams, onMarked: (marked: number, first: number) => void): void {
    this.eachPart(placed, (count, base, first) => onMarked(this.memory.kernel.markGrams(at, PATTERN + BESIDE, STARTS, ANCHORS, count, base, SEEN, KEPT), first));
  }

  forget(): void {
    this.memory.bytes.fill(0, SEEN, SEEN + SEEN_BYTES);
  }

  private eachPart({ patterns: { bytes, starts, count }, anchors }: PlacedGrams, onPart: (count: number, base: number, first: number) => void): void {
    const into = new Uint32Array(this.memory.buffer, STARTS, PATTERNS + 1);
    for (let first = 0; first < count; ) {
      const base = starts[first] ?? 0;
      let end = Math.min(count, first + PATTERNS);
      while ((starts[end] ?? 0) - base > PATTERN_BYTES) end = first + ((end - first) >> 1);
      this.memory.bytes.set(bytes.subarray(base, starts[end]), PATTERN + BESIDE);
      into.set(starts.subarray(first, end + 1));
      this.memory.bytes.set(anchors.subarray(first, end), ANCHORS);
      onPart(end - first, base, first);
      first = end;
    }
  }
}
