import { FOLD } from './fold.ts';
import { AFTER, BEFORE, buildTable, gramMark, neighbourMark, PLACE, type GramTable } from './gram-table.ts';
import { LONG, SHORT, wordAt, wordsOf, type Kind, type Patterns } from './grams.ts';

/** Bytes that a text needs after its end, so that words across it can be read. */
const PADDING = 16;
/** Most positions that a filter finds at once. */
const BATCH = 1 << 14;

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
 * It works in stages over many positions, for memory is far slower than thought: in a stage no look waits for the one before.
 */
export class GramIndex {
  private readonly patterns: Patterns;
  private readonly long: GramTable;
  private readonly short: GramTable;
  private readonly begins = new Uint32Array(BATCH + 4);
  private readonly ends = new Uint32Array(BATCH + 4);
  protected touched = 0;

  constructor(patterns: Patterns) {
    this.patterns = patterns;
    this.long = buildTable(patterns, LONG);
    this.short = buildTable(patterns, SHORT);
  }

  /** Calls back for every match, overlapping ones included. */
  search(text: Text, onMatch: OnMatch): void {
    for (const [table, kind] of [[this.long, LONG], [this.short, SHORT]] as const) {
      if (table.size > 0) table.filter.look(text, wordsOf(text.length, kind), (found, base) => this.followUp(table, kind, text, base, found, onMatch));
    }
  }

  // eslint-disable-next-line max-params -- called for every few kilobytes
  private followUp(table: GramTable, kind: Kind, text: Text, base: number, found: number, onMatch: OnMatch): void {
    const { begins, ends } = this;
    const { bucketShift, buckets, entries } = table;
    const { found: list } = table.filter;
    for (let index = 0; index < found; index++) {
      const bucket = (list[index * 2 + 1] ?? 0) >>> bucketShift;
      begins[index] = (buckets[bucket] ?? 0) * 2;
      ends[index] = (buckets[bucket + 1] ?? 0) * 2;
    }
    // Brings what comes next into the cache, all at once.
    let touched = 0;
    for (let index = 0; index < found; index++) touched ^= entries[begins[index] ?? 0] ?? 0;
    this.touched = touched;
    for (let index = 0; index < found; index++) {
      const begin = begins[index] ?? 0;
      const end = ends[index] ?? 0;
      if (begin < end) this.tryEntries(entries, begin, end, text, base + (list[index * 2] ?? 0), gramMark(list[index * 2 + 1] ?? 0), kind.gram, onMatch);
    }
  }

  // eslint-disable-next-line max-params -- an object for them would be made millions of times
  private tryEntries(entries: Uint32Array, begin: number, end: number, text: Text, position: number, mark: number, gram: number, onMatch: OnMatch): void {
    const after = mark | neighbourMark(wordAt(text.bytes, position + gram));
    const before = mark | neighbourMark(position < 4 ? 0 : wordAt(text.bytes, position - 4));
    for (let entry = begin; entry < end; entry += 2) {
      const marked = entries[entry + 1] ?? 0;
      const expected = (marked & AFTER) !== 0 ? after : (marked & BEFORE) !== 0 ? before : mark;
      if (((marked ^ expected) & 0xffffff00) === 0) this.compare(entries[entry] ?? 0, text, position - (marked & PLACE), onMatch);
    }
  }

  private compare(pattern: number, { bytes, length }: Text, start: number, onMatch: OnMatch): void {
    const { bytes: known, starts } = this.patterns;
    const from = starts[pattern] ?? 0;
    const size = (starts[pattern + 1] ?? 0) - from;
    if (start < 0 || start + size > length) return;
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
