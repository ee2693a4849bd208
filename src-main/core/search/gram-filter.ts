import { FOLD_WORD } from './fold.ts';
import type { Text } from './gram-index.ts';
import { GramSet } from './gram-set.ts';
import { hashAt, hashWords, LONG, NO_GRAM, secondHash, SHORT, wordAt, type Kind, type Patterns } from './grams.ts';

const BITS_PER_GRAM = 16;
const MOST_BITS = 2 ** 29;
/** Grams of a text that are remembered before somebody has to ask for which patterns they are. */
const MOST_SEEN = 1 << 20;
/** Words of a text that are looked at before what they promise is followed up. */
const BATCH = 1 << 14;

/** Patterns with the places of the grams that are kept of each. */
export type PlacedGrams = { readonly patterns: Patterns; readonly anchors: Uint8Array };

/**
 * Which grams of many patterns occur in texts, by a few bits for each: a tenth of the memory of an index. Wrong only about
 * patterns that share a gram, and what stands beside it, with a text. It works in stages, as an index does.
 */
export class GramFilter {
  private readonly long: KindFilter;
  private readonly short: KindFilter;
  private readonly places = new Int32Array(BATCH + 4);
  private readonly hashes = new Int32Array(BATCH + 4);
  private onFull: () => void = () => {};

  constructor(patterns: { readonly long: number; readonly short: number }) {
    this.long = newFilter(LONG, patterns.long);
    this.short = newFilter(SHORT, patterns.short);
  }

  /** Forgets what occurred. `onFull` is called when no more can be remembered: whoever asks then clears. */
  begin(onFull: () => void): void {
    this.clear();
    this.onFull = onFull;
  }

  add({ patterns, anchors }: PlacedGrams): void {
    const { bytes, starts, count } = patterns;
    for (let pattern = 0; pattern < count; pattern++) {
      const anchor = anchors[pattern] ?? NO_GRAM;
      if (anchor === NO_GRAM) continue;
      const [start, end] = [starts[pattern] ?? 0, starts[pattern + 1] ?? 0];
      const filter = end - start < LONG.least ? this.short : this.long;
      filter.isUsed = true;
      for (let place = start + anchor; place < start + anchor + filter.kind.stride; place++) {
        const hash = hashAt(bytes, place, filter.kind);
        setBits(filter, hash, keyAt(bytes, hash, place, wayAt(place - start, end - place, filter.kind)));
      }
    }
  }

  /** Whether anything occurred since somebody asked. */
  get isEmpty(): boolean {
    return this.long.seen.isEmpty && this.short.seen.isEmpty;
  }

  /** Tells the numbers of the patterns that have a gram which occurred. */
  eachThatMayOccur({ patterns, anchors }: PlacedGrams, onPattern: (pattern: number) => void): void {
    const { bytes, starts, count } = patterns;
    for (let pattern = 0; pattern < count; pattern++) {
      const anchor = anchors[pattern] ?? NO_GRAM;
      if (anchor === NO_GRAM) continue;
      const [start, end] = [starts[pattern] ?? 0, starts[pattern + 1] ?? 0];
      const { seen, kind } = end - start < LONG.least ? this.short : this.long;
      if (seen.isEmpty) continue;
      const first = start + anchor;
      let [low, high] = [wordAt(bytes, first), wordAt(bytes, first + 4)];
      for (let place = first; place < first + kind.stride; place++) {
        const hash = hashWords(low | FOLD_WORD, (high | FOLD_WORD) & kind.mask);
        if (seen.mayHave(hash) && seen.has(hash | 1, keyAt(bytes, hash, place, wayAt(place - start, end - place, kind)))) onPattern(pattern);
        low = (low >>> 8) | (high << 24);
        high = (high >>> 8) | ((bytes[place + 8] ?? 0) << 24);
      }
    }
  }

  clear(): void {
    this.long.seen.clear();
    this.short.seen.clear();
  }

  /** Looks over a text, at the places that an index would look at. */
  search(text: Text): void {
    if (this.long.isUsed) {
      const words = text.length < LONG.gram ? 0 : ((text.length - LONG.gram) >> 2) + 1;
      for (let first = 0; first < words; first += BATCH) this.lookCloser(this.long, text, this.lookLong(text.words, first, Math.min(words, first + BATCH)));
    }
    if (this.short.isUsed) {
      const words = text.length < SHORT.gram ? 0 : (text.length + 3) >> 2;
      for (let first = 0; first < words; first += BATCH >> 1) this.lookCloser(this.short, text, this.lookShort(text.words, first, Math.min(words, first + (BATCH >> 1))));
    }
  }

  /** Notes the places whose gram may be one of a pattern's; answers how many. */
  private lookLong(words: Int32Array, first: number, end: number): number {
    const { bits, shift } = this.long;
    const { places, hashes } = this;
    let found = 0;
    let high = (words[first] ?? 0) | FOLD_WORD;
    for (let index = first; index < end; index++) {
      const low = high;
      high = (words[index + 1] ?? 0) | FOLD_WORD;
      const hash = hashWords(low, high);
      places[found] = index << 2;
      hashes[found] = hash;
      found += passes(bits[hash >>> shift] ?? 0, hash);
    }
    return found;
  }

  private lookShort(words: Int32Array, first: number, end: number): number {
    const { bits, shift } = this.short;
    const { places, hashes } = this;
    let found = 0;
    let high = (words[first] ?? 0) | FOLD_WORD;
    for (let index = first; index < end; index++) {
      const low = high;
      high = (words[index + 1] ?? 0) | FOLD_WORD;
      const even = hashWords(low, high & 0xff);
      places[found] = index << 2;
      hashes[found] = even;
      found += passes(bits[even >>> shift] ?? 0, even);
      const odd = hashWords((low >>> 16) | (high << 16), (high >>> 16) & 0xff);
      places[found] = (index << 2) | 2;
      hashes[found] = odd;
      found += passes(bits[odd >>> shift] ?? 0, odd);
    }
    return found;
  }

  /** What stands around a gram tells it from the same gram in another place: each way in which a pattern can have it is looked for. */
  private lookCloser(filter: KindFilter, { bytes }: Text, found: number): void {
    const { bits, shift, kind } = filter;
    const around = aroundOf(kind);
    for (let index = 0; index < found; index++) {
      const hash = this.hashes[index] ?? 0;
      const at = this.places[index] ?? 0;
      const word = bits[(hash >>> shift) ^ 1] ?? 0;
      const before = at < 4 ? 0 : wordAt(bytes, at - 4);
      const after = wordAt(bytes, at + kind.gram);
      for (const way of around) {
        const key = besideKey(hash, way, before, after);
        if ((word & keyBits(key)) === keyBits(key)) this.remember(filter, hash, key);
      }
    }
  }

  private remember({ seen }: KindFilter, hash: number, key: number): void {
    if (seen.isFull) {
      this.onFull();
      this.clear();
    }
    seen.add(hash | 1, key);
  }
}

/** How many of the bytes around a gram count, and how many of those stand after it: in one number, for nothing is slower here than an object. */
const wayOf = (count: number, after: number): number => count * 8 + after;
const LONG_WAYS = Int32Array.from([wayOf(4, 4), wayOf(4, 3), wayOf(4, 2), wayOf(4, 1), wayOf(4, 0), wayOf(3, 3), wayOf(3, 2), wayOf(3, 1), wayOf(3, 0)]);
/** Short patterns have ways of their own. */
const SHORT_ALONE = 64;
const [SHORT_BEFORE, SHORT_AFTER] = [SHORT_ALONE + wayOf(4, 0), SHORT_ALONE + wayOf(4, 4)];
const SHORT_WAYS = Int32Array.from([SHORT_AFTER, SHORT_BEFORE, SHORT_ALONE]);
const aroundOf = (kind: Kind): Int32Array => (kind === LONG ? LONG_WAYS : SHORT_WAYS);

/** The way of a gram with so many bytes of its pattern before it, and so many from its beginning on: a number of twelve digits shares eight with many others, but hardly ever all. */
function wayAt(before: number, rest: number, kind: Kind): number {
  const after = rest - kind.gram;
  if (kind === SHORT) return after >= 4 ? SHORT_AFTER : before >= 4 ? SHORT_BEFORE : SHORT_ALONE;
  const count = Math.min(4, before + after);
  return wayOf(count, Math.min(count, after));
}

/** A gram with what stands around it: the four bytes before it and the four after it, as far as they count. */
function besideKey(hash: number, way: number, before: number, after: number): number {
  const count = (way >> 3) & 7;
  const later = way & 7;
  const left = later === count ? 0 : before >>> (8 * (4 - count + later));
  const right = later === 0 ? 0 : (later === 4 ? after : after & ((1 << (8 * later)) - 1)) << (8 * (count - later));
  const mixed = Math.imul(hash ^ Math.imul((left | right | FOLD_WORD) ^ Math.imul(way + 1, 0x2545f491), 0x9e3779b1), 0xc2b2ae35);
  return Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b);
}

/** The same for the gram at a place of a pattern. */
function keyAt(bytes: Uint8Array, hash: number, place: number, way: number): number {
  return besideKey(hash, way, wordAt(bytes, place - 4), wordAt(bytes, place + (way >= SHORT_ALONE ? SHORT : LONG).gram));
}

type KindFilter = { readonly kind: Kind; readonly bits: Int32Array; readonly shift: number; readonly seen: GramSet; isUsed: boolean };

function newFilter(kind: Kind, patterns: number): KindFilter {
  const bits = Math.min(MOST_BITS, 2 ** Math.ceil(Math.log2(Math.max(1, patterns) * kind.stride * BITS_PER_GRAM + 1024)));
  return { kind, bits: new Int32Array(bits / 32), shift: 32 - Math.log2(bits / 32), seen: new GramSet(MOST_SEEN), isUsed: false };
}

/** Two bits of one word for a gram, and three of the word beside it, which comes into the processor's cache with it, for what stands beside the gram. */
function setBits({ bits, shift }: KindFilter, hash: number, key: number): void {
  const word = hash >>> shift;
  bits[word] = (bits[word] ?? 0) | bitsOf(hash);
  bits[word ^ 1] = (bits[word ^ 1] ?? 0) | keyBits(key);
}

function bitsOf(hash: number): number {
  const second = secondHash(hash);
  return (1 << (second >>> 27)) | (1 << ((second >>> 22) & 31));
}

const keyBits = (key: number): number => (1 << (key >>> 27)) | (1 << ((key >>> 22) & 31)) | (1 << ((key >>> 17) & 31));

/** 1 where a word has both bits of a hash, else 0. */
function passes(word: number, hash: number): number {
  const second = secondHash(hash);
  return (word >>> (second >>> 27)) & (word >>> ((second >>> 22) & 31)) & 1;
}
