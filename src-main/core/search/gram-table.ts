import { FOLD_WORD } from './fold.ts';
import { FilterKernel } from './kernel/filter-kernel.ts';
import { chooseGrams, hashAt, secondHash, wordAt, type Chosen, type Kind, type Patterns } from './grams.ts';

/** Bits of the filter for each gram, two of which are set. More would not stay in the processor's cache: ruling out a little less costs less. */
const BITS_PER_GRAM = 8;

/** The words of a filter are numbered with so many bits at most. */
const MOST_FILTER = 22;

/** All grams of one kind, by their hashes. */
export type GramTable = {
  readonly size: number;
  /** Two bits of one word for each gram: what has not both is none. */
  readonly filter: FilterKernel;
  /** Where in `entries` those of a bucket begin. */
  readonly buckets: Uint32Array;
  readonly bucketShift: number;
  /** Two numbers each: the pattern, and a mark (`markOf`). */
  readonly entries: Uint32Array;
};

/** Which of its neighbours a gram has within its pattern, and where in the pattern it begins: the low eight bits of a mark. */
export const AFTER = 0x80;
export const BEFORE = 0x40;
export const PLACE = 0x3f;

/** What tells a gram from others of its bucket: bits of its hash, and of the four bytes beside it where the pattern has them. */
export const gramMark = (hash: number): number => secondHash(hash) & 0xfff00000;
export const neighbourMark = (word: number): number => (Math.imul(word | FOLD_WORD, 0x9e3779b1) >>> 12) & 0x000fff00;

export function buildTable(patterns: Patterns, kind: Kind): GramTable {
  const chosen = chooseGrams(patterns, kind);
  const size = chosen.patterns.length * kind.stride;
  const bucketShift = 32 - Math.max(4, Math.ceil(Math.log2(size + 1)) - 1);
  const filterWords = 2 ** Math.min(MOST_FILTER, Math.max(4, Math.ceil(Math.log2(((size + 1) * BITS_PER_GRAM) / 32))));
  const table: GramTable = {
    size,
    filter: new FilterKernel(kind, filterWords),
    buckets: new Uint32Array(2 ** (32 - bucketShift) + 1),
    bucketShift,
    entries: new Uint32Array(size * 2),
  };
  fill(table, patterns, chosen, kind);
  return table;
}

function fill({ filter, buckets, bucketShift, entries }: GramTable, patterns: Patterns, { patterns: chosen, anchors }: Chosen, kind: Kind): void {
  const hashes = new Int32Array(chosen.length * kind.stride);
  for (let entry = 0; entry < hashes.length; entry++) {
    const index = Math.floor(entry / kind.stride);
    const hash = hashAt(patterns.bytes, (patterns.starts[chosen[index] ?? 0] ?? 0) + (anchors[index] ?? 0) + (entry % kind.stride), kind);
    hashes[entry] = hash;
    filter.add(hash);
    buckets[hash >>> bucketShift] = (buckets[hash >>> bucketShift] ?? 0) + 1;
  }
  // From counts to ends; filling from the back makes them beginnings.
  for (let bucket = 1; bucket < buckets.length; bucket++) buckets[bucket] = (buckets[bucket] ?? 0) + (buckets[bucket - 1] ?? 0);
  for (let entry = hashes.length - 1; entry >= 0; entry--) {
    const hash = hashes[entry] ?? 0;
    const place = (buckets[hash >>> bucketShift] ?? 0) - 1;
    buckets[hash >>> bucketShift] = place;
    const index = Math.floor(entry / kind.stride);
    const pattern = chosen[index] ?? 0;
    entries[place * 2] = pattern;
    entries[place * 2 + 1] = gramMark(hash) | sideMark(patterns, pattern, (anchors[index] ?? 0) + (entry % kind.stride), kind);
  }
}

function sideMark({ bytes, starts }: Patterns, pattern: number, place: number, kind: Kind): number {
  const start = starts[pattern] ?? 0;
  const after = start + place + kind.gram;
  if (after + 4 <= (starts[pattern + 1] ?? 0)) return neighbourMark(wordAt(bytes, after)) | AFTER | place;
  if (place >= 4) return neighbourMark(wordAt(bytes, start + place - 4)) | BEFORE | place;
  return place;
}
