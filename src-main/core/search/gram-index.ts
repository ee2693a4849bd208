import { FOLD } from './fold.ts';
import type { Patterns } from './grams.ts';
import { IndexKernel } from './kernel/index-kernel.ts';

/** Bytes that a text needs after its end, so that words across it can be read. */
const PADDING = 16;

/** A match of a pattern: where it begins and ends in the text. */
export type OnMatch = (pattern: number, start: number, end: number) => void;

/** A text to search: `length` bytes in memory of `newText`. */
export type Text = { readonly bytes: Uint8Array; readonly words: Int32Array; readonly length: number };

/** Memory for a text of so many bytes; what follows the text is never taken for a part of it. */
export function newText(capacity: number): { readonly bytes: Uint8Array; readonly words: Int32Array } {
  const words = new Int32Array((capacity + PADDING + 3) >> 2);
  return { bytes: new Uint8Array(words.buffer), words };
}

/**
 * Finds any of millions of patterns of at least six bytes in one look over a text, small and capital letters alike. A few bits for each gram
 * rule out nearly all positions; what is left is compared byte by byte, so that nothing is found which is not there, and nothing missed.
 */
export class GramIndex {
  private readonly kernel: IndexKernel;

  constructor(patterns: Patterns) {
    this.kernel = new IndexKernel(patterns);
  }

  /** Calls back for every match, overlapping ones included. `isDigits` tells that the text has nothing but digits, and bytes that no value has. */
  search(text: Text, onMatch: OnMatch, isDigits = false): void {
    this.kernel.search(text, isDigits, (pattern, start) => this.compare(pattern, text, start, onMatch));
  }

  private compare(pattern: number, { bytes }: Text, start: number, onMatch: OnMatch): void {
    const { bytes: known, starts } = this.kernel.patterns;
    const from = starts[pattern] ?? 0;
    const size = (starts[pattern + 1] ?? 0) - from;
    for (let index = 0; index < size; index++) {
      const one = known[from + index] ?? 0;
      const other = bytes[start + index] ?? 0;
      if (one !== other && FOLD[one] !== FOLD[other] && !sameLatinLetter(one, other, index > 0 ? known[from + index - 1] : 0)) return;
    }
    onMatch(pattern, start, start + size);
  }
}

/** Ä and ä and their like in UTF-8: the second of two bytes. */
const sameLatinLetter = (one: number, other: number, before: number | undefined) => before === 0xc3 && (one ^ other) === 0x20 && one >= 0x80;
