import type { Text } from './gram-index.ts';
import { GramSet } from './gram-set.ts';
import { KINDS } from './grams.ts';
import { FilterKernel, newFilters, type PlacedGrams, type SharedFilters } from './kernel/filter-kernel.ts';
import type { TableAt } from './kernel/search-memory.ts';

const BITS_PER_GRAM = 24;
const MOST_BITS = 2 ** 30;
/** Grams of texts that are remembered before somebody should ask of which patterns they are. */
const MOST_SEEN = 1 << 20;

/** Filters that patterns were added to, and which of them have any. */
export type FilledFilters = SharedFilters & { readonly isUsed: readonly boolean[] };

/**
 * Which grams of many patterns occur in texts, by a few bits for each: a tenth of the memory of an index. Wrong only about
 * patterns that share all that is looked at with a text. It works in stages, as an index does.
 */
export class GramFilter {
  private readonly filters: FilledFilters;
  private readonly kernel: FilterKernel;
  private readonly kinds: readonly KindFilter[];

  /** `part` is the number of the thread among those that share the filters: each has to have its own. */
  constructor(filters: FilledFilters, part = 0) {
    this.filters = filters;
    this.kernel = new FilterKernel(filters, part);
    this.kinds = this.kernel.tables.map((grams, kind) => ({ grams, seen: new GramSet(MOST_SEEN), isUsed: filters.isUsed[kind] ?? false }));
  }

  /** For patterns of which there are so many of each kind, and for so many threads, of which this is the one that adds them. */
  static for(patterns: readonly number[], threads = 1, part = 0): GramFilter {
    return new GramFilter({ ...newFilters(KINDS.map(({ grams }, kind) => wordsFor((patterns[kind] ?? 0) * grams)), threads), isUsed: [] }, part);
  }

  /** What was added, for another thread that adds no more. */
  get filled(): FilledFilters {
    return { ...this.filters, isUsed: this.kinds.map(({ isUsed }) => isUsed) };
  }

  add(placed: PlacedGrams): void {
    for (const filter of this.kinds) if (this.kernel.addGrams(filter.grams, placed) > 0) filter.isUsed = true;
  }

  /** Whether anything occurred since somebody asked. */
  get isEmpty(): boolean {
    return this.kinds.every(({ seen }) => seen.isEmpty);
  }

  /** Whether no more should be remembered before somebody asks, and clears. */
  get isFull(): boolean {
    return this.kinds.some(({ seen }) => seen.isFull);
  }

  /** Tells the numbers of the patterns that have a gram which occurred. */
  eachThatMayOccur(placed: PlacedGrams, onPattern: (pattern: number) => void): void {
    const { marked } = this.kernel;
    for (const { grams, seen } of this.kinds) {
      if (seen.isEmpty) continue;
      this.kernel.markGrams(grams, placed, (count, first) => {
        for (let at = 0; at < count * 3; at += 3) if (seen.has((marked[at + 1] ?? 0) | 1, marked[at + 2] ?? 0)) onPattern(first + (marked[at] ?? 0));
      });
    }
  }

  /** Forgets what occurred. */
  clear(): void {
    if (this.isEmpty) return;
    for (const { seen } of this.kinds) seen.clear();
    this.kernel.forget();
  }

  /** Looks over a text, at the places that an index would look at. Answers where grams stand that occurred. */
  search(text: Text): readonly number[] {
    const used = this.kinds.filter(({ isUsed }) => isUsed);
    const places: number[] = [];
    this.kernel.look(text, used.map(({ grams }) => grams), (grams, kept) => this.remember(grams, kept, places));
    return places;
  }

  private remember(grams: TableAt, count: number, places: number[]): void {
    const { kept, textAt } = this.kernel;
    const seen = this.kinds.find((filter) => filter.grams === grams)?.seen;
    if (!seen) return;
    for (let at = 0; at < count * 3; at += 3) {
      seen.add((kept[at] ?? 0) | 1, kept[at + 1] ?? 0);
      places.push((kept[at + 2] ?? 0) - textAt);
    }
  }
}

type KindFilter = { readonly grams: TableAt; readonly seen: GramSet; isUsed: boolean };

const wordsFor = (grams: number): number => Math.min(MOST_BITS, 2 ** Math.ceil(Math.log2(Math.max(1, grams) * BITS_PER_GRAM + 1024))) / 32;
