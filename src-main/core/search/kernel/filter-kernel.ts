import type { Text } from '../gram-index.ts';
import { LONG, secondHash, type Kind, type Patterns } from '../grams.ts';
import { loadKernel, type Kernel } from './load-kernel.ts';

/** Words of a text that are looked at at once; what is found among them stays in the processor's cache. */
const WORDS = 1 << 13;
/** What stands before and after a piece of a text is looked at too. */
const BESIDE = 16;
/** Patterns that are handed over at once. */
const PATTERNS = 1 << 12;
const PATTERN_BYTES = 1 << 18;

/** Where everything is: places that have passed, hashes and what the filter has for them, what is kept of them (at most nine ways for each), patterns, bits of what was seen, the filter. */
const TEXT = 1 << 12;
const FOUND = TEXT + WORDS * 4 + 4 * BESIDE;
const HASHES = FOUND + (2 * WORDS + 8) * 8;
const FETCHED = HASHES + (2 * WORDS + 8) * 4;
const KEPT = FETCHED + (2 * WORDS + 8) * 4;
const PATTERN = KEPT + (9 * WORDS + 8) * 8;
const STARTS = PATTERN + PATTERN_BYTES + 2 * BESIDE;
const ANCHORS = STARTS + (PATTERNS + 8) * 4;
const SEEN = ANCHORS + PATTERNS + BESIDE;
const SEEN_BYTES = 1 << 20;
const BITS = (SEEN + SEEN_BYTES + 0xfff) & ~0xfff;

/** Patterns with the places of the grams that are kept of each. */
export type PlacedGrams = { readonly patterns: Patterns; readonly anchors: Uint8Array };

/** Two bits for each gram of one kind, and for those that `addGrams` adds three more for what stands beside it; and the look over a text for those that may be there. */
export class FilterKernel {
  /** Of what was found: its place after `base`, and its hash, two numbers each. */
  readonly found: Int32Array;
  /** Of what a closer look kept: its hash, and the key of what stands beside it. */
  readonly kept: Int32Array;
  /** Of what was marked: its pattern, its hash, and its key. */
  readonly marked: Int32Array;
  private readonly kernel: Kernel;
  private readonly bytes: Uint8Array;
  private readonly text: Int32Array;
  private readonly bits: Int32Array;
  private readonly shift: number;
  private readonly isShort: boolean;

  /** `words` is a power of two, at most 2^27. */
  constructor(kind: Kind, words: number) {
    const { kernel, memory } = loadKernel(BITS + words * 4);
    this.kernel = kernel;
    this.isShort = kind !== LONG;
    this.shift = 32 - Math.log2(words);
    this.bytes = new Uint8Array(memory);
    this.text = new Int32Array(memory, TEXT, WORDS + (4 * BESIDE) / 4);
    this.found = new Int32Array(memory, FOUND, (2 * WORDS + 8) * 2);
    this.kept = new Int32Array(memory, KEPT, (9 * WORDS + 8) * 2);
    this.marked = this.kept;
    this.bits = new Int32Array(memory, BITS, words);
  }

  /** Sets the bits of a gram. */
  add(hash: number): void {
    const second = secondHash(hash);
    const word = hash >>> this.shift;
    this.bits[word] = (this.bits[word] ?? 0) | (1 << (second >>> 27)) | (1 << ((second >>> 22) & 31));
  }

  /** Looks over so many words of a text, piece by piece; `onFound` is told how many grams may be there and where the piece begins. */
  look({ words }: Text, count: number, onFound: (found: number, base: number) => void): void {
    const { kernel, text, shift } = this;
    const look = this.isShort ? kernel.lookShort : kernel.lookLong;
    for (let first = 0; first < count; first += WORDS) {
      const part = words.subarray(Math.max(0, first - 1), Math.min(words.length, first + WORDS + 4));
      text[BESIDE / 4 - 1] = 0;
      const at = BESIDE / 4 - (first === 0 ? 0 : 1);
      text.set(part, at);
      text.fill(0, at + part.length);
      onFound(look(TEXT + BESIDE, Math.min(WORDS, count - first), BITS, shift, HASHES, FETCHED, FOUND), first * 4);
    }
  }

  /** Looks at what stands around the grams that `look` has just found: how many are left, a way of one each. */
  lookCloser(found: number): number {
    const kept = this.kernel.lookCloser(TEXT + BESIDE, FOUND, found, BITS, this.shift, this.isShort, KEPT);
    this.kernel.noteSeen(KEPT, kept, SEEN);
    return kept;
  }

  /** Adds the grams of those patterns that are of this kind, with what stands beside them; answers how many. */
  addGrams(placed: PlacedGrams): number {
    let added = 0;
    this.eachPart(placed, (count, base) => (added += this.kernel.addGrams(PATTERN + BESIDE, STARTS, ANCHORS, count, base, BITS, this.shift, this.isShort, KEPT)));
    return added;
  }

  /** Tells how many grams of patterns from a number on may have been kept since `forget`, part by part. */
  markGrams(placed: PlacedGrams, onMarked: (marked: number, first: number) => void): void {
    this.eachPart(placed, (count, base, first) => onMarked(this.kernel.markGrams(PATTERN + BESIDE, STARTS, ANCHORS, count, base, SEEN, this.isShort, KEPT), first));
  }

  forget(): void {
    this.bytes.fill(0, SEEN, SEEN + SEEN_BYTES);
  }

  private eachPart({ patterns: { bytes, starts, count }, anchors }: PlacedGrams, onPart: (count: number, base: number, first: number) => void): void {
    const into = new Uint32Array(this.bytes.buffer, STARTS, PATTERNS + 1);
    for (let first = 0; first < count; ) {
      const base = starts[first] ?? 0;
      let end = Math.min(count, first + PATTERNS);
      while ((starts[end] ?? 0) - base > PATTERN_BYTES) end = first + ((end - first) >> 1);
      this.bytes.set(bytes.subarray(base, starts[end]), PATTERN + BESIDE);
      into.set(starts.subarray(first, end + 1));
      this.bytes.set(anchors.subarray(first, end), ANCHORS);
      onPart(end - first, base, first);
      first = end;
    }
  }
}
