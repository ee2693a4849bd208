import type { Text } from './gram-index.ts';
import { GramSet } from './gram-set.ts';
import { LONG, SHORT, wordsOf, type Kind } from './grams.ts';
import { FilterKernel, type PlacedGrams } from './kernel/filter-kernel.ts';

const BITS_PER_GRAM = 16;
const MOST_BITS = 2 ** 29;
/** Grams of a text that are remembered before somebody has to ask for which patterns they are. */
const MOST_SEEN = 1 << 20;

/**
 * Which grams of many patterns occur in texts, by a few bits for each: a tenth of the memory of an index. Wrong only about
 * patterns that share a gram, and what stands beside it, with a text. It works in stages, as an index does.
 */
export class GramFilter {
  private readonly kinds: readonly KindFilter[];
  private onFull: () => void = () => {};

  constructor(patterns: { readonly long: number; readonly short: number }) {
    this.kinds = [newFilter(LONG, patterns.long), newFilter(SHORT, patterns.short)];
  }

  /** Forgets what occurred. `onFull` is called when no more can be remembered: whoever asks then clears. */
  begin(onFull: () => void): void {
    this.clear();
    this.onFull = onFull;
  }

  add(placed: PlacedGrams): void {
    for (const filter of this.kinds) if (filter.kernel.addGrams(placed) > 0) filter.isUsed = true;
  }

  /** Whether anything occurred since somebody asked. */
  get isEmpty(): boolean {
    return this.kinds.every(({ seen }) => seen.isEmpty);
  }

  /** Tells the numbers of the patterns that have a gram which occurred. */
  eachThatMayOccur(placed: PlacedGrams, onPattern: (pattern: number) => void): void {
    for (const { kernel, seen } of this.kinds) {
      if (seen.isEmpty) continue;
      kernel.markGrams(placed, (count, first) => {
        const { marked } = kernel;
        for (let at = 0; at < count * 3; at += 3) if (seen.has((marked[at + 1] ?? 0) | 1, marked[at + 2] ?? 0)) onPattern(first + (marked[at] ?? 0));
      });
    }
  }

  clear(): void {
    for (const { kernel, seen } of this.kinds) {
      if (seen.isEmpty) continue;
      seen.clear();
      kernel.forget();
    }
  }

  /** Looks over a text, at the places that an index would look at. */
  search(text: Text): void {
    for (const filter of this.kinds) if (filter.isUsed) filter.kernel.look(text, wordsOf(text.length, filter.kind), (found) => this.remember(filter, filter.kernel.lookCloser(found)));
  }

  private remember({ kernel, seen }: KindFilter, count: number): void {
    const { kept } = kernel;
    for (let at = 0; at < count * 2; at += 2) {
      seen.add((kept[at] ?? 0) | 1, kept[at + 1] ?? 0);
    }
    if (!seen.isFull) return;
    this.onFull();
    this.clear();
  }
}

type KindFilter = { readonly kind: Kind; readonly kernel: FilterKernel; readonly seen: GramSet; isUsed: boolean };

function newFilter(kind: Kind, patterns: number): KindFilter {
  const bits = Math.min(MOST_BITS, 2 ** Math.ceil(Math.log2(Math.max(1, patterns) * kind.stride * BITS_PER_GRAM + 1024)));
  return { kind, kernel: new FilterKernel(kind, bits / 32), seen: new GramSet(MOST_SEEN), isUsed: false };
}
