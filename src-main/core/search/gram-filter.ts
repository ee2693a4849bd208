import { FOLD_WORD } from './fold.ts';
import type { Text } from './gram-index.ts';
import { GramSet } from './gram-set.ts';
import { chooseGrams, hashAt, hashWords, LONG, newCounter, secondHash, SHORT, wordAt, type Kind, type Patterns } from './grams.ts';

const BITS_PER_GRAM = 16;
const MOST_BITS = 2 ** 29;
/** Grams of a text that are remembered before somebody has to ask for which patterns they are. */
const MOST_SEEN = 1 << 19;

/**
 * Which grams of many patterns occur in texts, by a few bits for each: a tenth of the memory of an index. Wrong only about
 * patterns that share a gram, and what stands beside it, with a text.
 */
export class GramFilter {
  private readonly long: KindFilter;
  private readonly short: KindFilter;
  private readonly counter = newCounter(1 << 16);
  private readonly onFull: () => void;

  /** `onFull` is called when no more can be remembered: whoever asks then clears. */
  constructor(patterns: { readonly long: number; readonly short: number }, onFull: () => void) {
    this.long = newFilter(LONG, patterns.long);
    this.short = newFilter(SHORT, patterns.short);
    this.onFull = onFull;
  }

  add(patterns: Patterns): void {
    for (const filter of [this.long, this.short]) {
      this.eachGram(patterns, filter, (hash, key) => {
        setBits(filter, hash);
        setBits(filter, key);
      });
    }
  }

  /** Tells the numbers of the patterns that have a gram which occurred. The same patterns have to come together as were added together. */
  eachThatMayOccur(patterns: Patterns, onPattern: (pattern: number) => void): void {
    for (const filter of [this.long, this.short]) {
      if (filter.seen.isEmpty) continue;
      this.eachGram(patterns, filter, (hash, key, pattern) => {
        if (filter.seen.has(hash | 1, key)) onPattern(pattern);
      });
    }
  }

  clear(): void {
    this.long.seen.clear();
    this.short.seen.clear();
  }

  /** Looks over a text, at the places that an index would look at. */
  search(text: Text): void {
    if (this.long.isUsed) this.searchLong(text, text.length < LONG.gram ? 0 : ((text.length - LONG.gram) >> 2) + 1);
    if (this.short.isUsed) this.searchShort(text, text.length < SHORT.gram ? 0 : (text.length + 3) >> 2);
  }

  private searchLong(text: Text, end: number): void {
    const { words } = text;
    const { long } = this;
    let high = (words[0] ?? 0) | FOLD_WORD;
    for (let index = 0; index < end; index++) {
      const low = high;
      high = (words[index + 1] ?? 0) | FOLD_WORD;
      const hash = hashWords(low, high);
      if (hasBits(long, hash)) this.lookCloser(long, text, index << 2, hash);
    }
  }

  private searchShort(text: Text, end: number): void {
    const { words } = text;
    const { short } = this;
    let high = (words[0] ?? 0) | FOLD_WORD;
    for (let index = 0; index < end; index++) {
      const low = high;
      high = (words[index + 1] ?? 0) | FOLD_WORD;
      const even = hashWords(low, high & 0xff);
      if (hasBits(short, even)) this.lookCloser(short, text, index << 2, even);
      const odd = hashWords((low >>> 16) | (high << 16), (high >>> 16) & 0xff);
      if (hasBits(short, odd)) this.lookCloser(short, text, (index << 2) | 2, odd);
    }
  }

  /** What stands beside a gram tells it from the same gram in another place: after it, before it, or nothing, as the pattern has it. */
   
  private lookCloser(filter: KindFilter, { bytes }: Text, at: number, hash: number): void {
    const after = besideKey(hash, wordAt(bytes, at + filter.kind.gram), AFTER);
    if (hasBits(filter, after)) this.remember(filter, hash, after);
    const before = besideKey(hash, at < 4 ? 0 : wordAt(bytes, at - 4), BEFORE);
    if (hasBits(filter, before)) this.remember(filter, hash, before);
    const alone = besideKey(hash, 0, ALONE);
    if (hasBits(filter, alone)) this.remember(filter, hash, alone);
  }

  private remember({ seen }: KindFilter, hash: number, key: number): void {
    if (seen.isFull) {
      this.onFull();
      this.clear();
    }
    seen.add(hash | 1, key);
  }

   
  private eachGram(patterns: Patterns, filter: KindFilter, onGram: (hash: number, key: number, pattern: number) => void): void {
    const { kind } = filter;
    const { bytes, starts } = patterns;
    const { patterns: chosen, anchors } = chooseGrams(patterns, kind, this.counter);
    if (chosen.length > 0) filter.isUsed = true;
    for (let index = 0; index < chosen.length; index++) {
      const pattern = chosen[index] ?? 0;
      const [start, end] = [starts[pattern] ?? 0, starts[pattern + 1] ?? 0];
      const first = start + (anchors[index] ?? 0);
      for (let place = first; place < first + kind.stride; place++) {
        const hash = hashAt(bytes, place, kind);
        const after = place + kind.gram;
        onGram(hash, after + 4 <= end ? besideKey(hash, wordAt(bytes, after), AFTER) : place - start >= 4 ? besideKey(hash, wordAt(bytes, place - 4), BEFORE) : besideKey(hash, 0, ALONE), pattern);
      }
    }
  }
}

const [AFTER, BEFORE, ALONE] = [0x2545f491, 0x6c8e9cf5, 0x1b873593];

/** A gram with the four bytes beside it. */
const besideKey = (hash: number, word: number, side: number): number => {
  const mixed = Math.imul(hash ^ Math.imul((word | FOLD_WORD) ^ side, 0x9e3779b1), 0xc2b2ae35);
  return Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
};

type KindFilter = { readonly kind: Kind; readonly bits: Int32Array; readonly shift: number; readonly seen: GramSet; isUsed: boolean };

function newFilter(kind: Kind, patterns: number): KindFilter {
  const bits = Math.min(MOST_BITS, 2 ** Math.ceil(Math.log2(Math.max(1, patterns) * kind.stride * BITS_PER_GRAM + 1024)));
  return { kind, bits: new Int32Array(bits / 32), shift: 32 - Math.log2(bits / 32), seen: new GramSet(MOST_SEEN), isUsed: false };
}

/** Two bits of one word. */
function setBits({ bits, shift }: KindFilter, hash: number): void {
  const second = secondHash(hash);
  bits[hash >>> shift] = (bits[hash >>> shift] ?? 0) | (1 << (second >>> 27)) | (1 << ((second >>> 22) & 31));
}

function hasBits({ bits, shift }: KindFilter, hash: number): boolean {
  const word = bits[hash >>> shift] ?? 0;
  if (word === 0) return false;
  const second = secondHash(hash);
  return ((word >>> (second >>> 27)) & (word >>> ((second >>> 22) & 31)) & 1) === 1;
}
