import type { Text } from '../gram-index.ts';
import { KINDS, type Patterns } from '../grams.ts';
import { loadLookKernel, newSharedMemory, type LookKernel } from './load-kernel.ts';
import { BESIDE, FREE, SearchMemory, TEXT, type TableAt } from './search-memory.ts';

/** Patterns that are handed over at once. */
const PATTERNS = 1 << 12;
const PATTERN_BYTES = 1 << 18;

/** Where in a part everything is: what is kept of what was found (at most 48 ways for each), patterns, bits of what was seen. */
const KEPT = FREE;
const MOST_KEPT = 48 * ((1 << 13) + 8);
const PATTERN = KEPT + MOST_KEPT * 12;
const STARTS = PATTERN + PATTERN_BYTES + 2 * BESIDE;
const ANCHORS = STARTS + (PATTERNS + 8) * 4;
const SEEN = ANCHORS + PATTERNS + BESIDE;
const SEEN_BYTES = 1 << 20;
const PART = (SEEN + SEEN_BYTES + 0xfff) & ~0xfff;

/** Patterns with the places of the grams that are kept of each. */
export type PlacedGrams = { readonly patterns: Patterns; readonly anchors: Uint8Array };

/** Filters in memory that threads can share, one for each kind: powers of two of words, at most 2^27 in all. Before them, each thread has a part of its own. */
export type SharedFilters = { readonly memory: WebAssembly.Memory; readonly words: readonly number[]; readonly parts: number };

/** Filters of which nothing is set, for so many threads. */
export const newFilters = (words: readonly number[], parts = 1): SharedFilters => ({ memory: newSharedMemory(words.reduce((end, one) => end + one * 4, parts * PART)), words, parts });

/** Four bits for each gram, three for what stands beside it and eight for what else there is of its pattern, for each kind by itself; and the look over a text for those that may be there. */
export class FilterKernel {
  readonly tables: readonly TableAt[];
  /** Of what a closer look kept: its hash, the key of what else there is, and its place, `textAt` being the first of the text. */
  readonly kept: Int32Array;
  readonly textAt: number;
  /** Of what was marked: its pattern, its hash, and its key. */
  readonly marked: Int32Array;
  private readonly memory: SearchMemory<LookKernel>;
  private readonly from: number;

  /** `part` is the number of its thread. */
  constructor({ memory, words, parts }: SharedFilters, part: number) {
    this.from = part * PART;
    this.memory = new SearchMemory({ kernel: loadLookKernel(memory), memory: memory.buffer, from: this.from });
    this.textAt = this.from + TEXT;
    this.kept = new Int32Array(memory.buffer, this.from + KEPT, MOST_KEPT * 3);
    this.marked = this.kept;
    let bits = parts * PART;
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
      const kept = kernel.lookCloser(grams.at, foundAt, found, this.from + KEPT);
      kernel.noteSeen(this.from + KEPT, kept, this.from + SEEN);
      onKept(grams, kept);
    });
  }

  /** Adds the grams of those patterns that are of this kind, with what stands beside them; answers how many. */
  addGrams({ at }: TableAt, placed: PlacedGrams): number {
    let added = 0;
    this.eachPart(placed, (patterns) => (added += this.memory.kernel.addGrams(at, ...patterns, this.from + KEPT)));
    return added;
  }

  /** Tells how many grams of patterns from a number on may have been kept since `forget`, part by part. */
  markGrams({ at }: TableAt, placed: PlacedGrams, onMarked: (marked: number, first: number) => void): void {
    this.eachPart(placed, (patterns, first) => onMarked(this.memory.kernel.markGrams(at, ...patterns, this.from + SEEN, this.from + KEPT), first));
  }

  forget(): void {
    this.memory.bytes.fill(0, this.from + SEEN, this.from + SEEN + SEEN_BYTES);
  }

  private eachPart({ patterns: { bytes, starts, count }, anchors }: PlacedGrams, onPart: (patterns: HandedOver, first: number) => void): void {
    const { from } = this;
    const into = new Uint32Array(this.memory.buffer, from + STARTS, PATTERNS + 1);
    for (let first = 0; first < count; ) {
      const base = starts[first] ?? 0;
      let end = Math.min(count, first + PATTERNS);
      while ((starts[end] ?? 0) - base > PATTERN_BYTES) end = first + ((end - first) >> 1);
      this.memory.bytes.set(bytes.subarray(base, starts[end]), from + PATTERN + BESIDE);
      into.set(starts.subarray(first, end + 1));
      this.memory.bytes.set(anchors.subarray(first, end), from + ANCHORS);
      onPart([from + PATTERN + BESIDE, from + STARTS, from + ANCHORS, end - first, base], first);
      first = end;
    }
  }
}

/** Where patterns, their starts and their anchors are, how many, and from where their starts count. */
type HandedOver = readonly [patterns: number, starts: number, anchors: number, count: number, base: number];
