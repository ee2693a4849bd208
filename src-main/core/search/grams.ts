import { FOLD_WORD } from './fold.ts';

/** The texts that are searched for: `starts[n]` to `starts[n + 1]` in `bytes` is the n-th. */
export type Patterns = { readonly bytes: Uint8Array; readonly starts: Uint32Array; readonly count: number };

/** A kind of pattern, by its bytes: how many those have that are hashed together (a gram), and how many grams are kept of each pattern. */
export type Kind = { readonly gram: number; readonly grams: number; readonly least: number; readonly most: number; /** What of the second word belongs to a gram. */ readonly mask: number; /** Whether only places that `LowPlaces` tells are looked at. */ readonly sampled: boolean };

/**
 * A text is not looked at everywhere. Places are taken by what stands there, so that wherever a pattern lies in a text, its grams begin at the same
 * places of it, and one of them is enough. Patterns with too few grams for that keep two in a row: one of them begins at an even place of the text.
 */
const LONG: Kind = { gram: 8, grams: 1, least: 11, most: Infinity, mask: -1, sampled: true };
const SHORT: Kind = { gram: 5, grams: 1, least: 8, most: 10, mask: 0xff, sampled: true };
const TINY: Kind = { gram: 5, grams: 2, least: 6, most: 7, mask: 0xff, sampled: false };

/** All kinds, in the order of their numbers in the kernel. */
export const KINDS: readonly Kind[] = [LONG, SHORT, TINY];

/** The number of the kind that a pattern of this length is of. */
export const kindOf = (length: number): number => (length >= LONG.least ? 0 : length >= SHORT.least ? 1 : 2);

/** A hash of eight bytes; small and capital letters have been made equal by FOLD_WORD. */
function hashWords(low: number, high: number): number {
  return Math.imul(Math.imul(low, 0x9e3779b1) ^ high, 0x85ebca6b);
}

/** Grams that begin later in a pattern are not chosen: marks of grams have room for no more. */
const LAST_PLACE = 0x3f;

/** The patterns of a kind, and where in each the grams begin that are rarest among all. */
export type Chosen = { readonly patterns: Uint32Array; readonly anchors: Uint8Array };

/** `counter` is memory to count in, for those who choose often. */
export function chooseGrams(patterns: Patterns, kind: Kind, counter: Uint8Array = newCounter(patterns.count)): Chosen {
  const members = membersOf(patterns, kind);
  countGrams(patterns, members, kind, counter);
  const anchors = new Uint8Array(members.length);
  for (let index = 0; index < members.length; index++) anchors[index] = rarest(patterns, members[index] ?? 0, counter, kind);
  return { patterns: members, anchors };
}

/** Four bytes as a number, the first one lowest. */
const wordAt = (bytes: Uint8Array, position: number): number =>
  (bytes[position] ?? 0) | ((bytes[position + 1] ?? 0) << 8) | ((bytes[position + 2] ?? 0) << 16) | ((bytes[position + 3] ?? 0) << 24);

/** For each pattern, where its grams begin that are kept; `NO_GRAM` for those that are too short to have any. */
export function anchorsOf(patterns: Patterns, counter: Uint8Array): Uint8Array {
  const all = new Uint8Array(patterns.count).fill(NO_GRAM);
  for (const kind of KINDS) {
    const { patterns: chosen, anchors } = chooseGrams(patterns, kind, counter);
    for (let index = 0; index < chosen.length; index++) all[chosen[index] ?? 0] = anchors[index] ?? 0;
  }
  return all;
}

const NO_GRAM = 0xff;

function membersOf({ starts, count }: Patterns, kind: Kind): Uint32Array {
  const members = new Uint32Array(count);
  let size = 0;
  for (let pattern = 0; pattern < count; pattern++) {
    const length = (starts[pattern + 1] ?? 0) - (starts[pattern] ?? 0);
    if (length >= kind.least && length <= kind.most) members[size++] = pattern;
  }
  return members.slice(0, size);
}

/** Memory to count the grams of so many patterns. */
export const newCounter = (patterns: number): Uint8Array => new Uint8Array(2 ** Math.min(22, Math.max(12, Math.ceil(Math.log2(patterns + 1)) + 6)));

const shiftOf = (counter: Uint8Array): number => 32 - Math.log2(counter.length);

/** How often each gram occurs among all patterns at places that count, roughly: grams that share a counter count together. */
function countGrams({ bytes, starts }: Patterns, members: Uint32Array, kind: Kind, counter: Uint8Array): void {
  counter.fill(0);
  const shift = shiftOf(counter);
  for (const pattern of members) {
    const start = starts[pattern] ?? 0;
    const count = findPlaces(bytes, start, (starts[pattern + 1] ?? 0) - start, kind);
    for (let index = 0; index < count; index++) {
      const slot = hashAt(bytes, start + (places[index] ?? 0), kind.mask) >>> shift;
      const value = counter[slot] ?? 0;
      if (value < 255) counter[slot] = value + 1;
    }
  }
}

/** Where the gram begins that is rarest, or of those that keep two, the first of the two in a row that together are. */
function rarest({ bytes, starts }: Patterns, pattern: number, counter: Uint8Array, kind: Kind): number {
  const start = starts[pattern] ?? 0;
  const shift = shiftOf(counter);
  const count = findPlaces(bytes, start, (starts[pattern + 1] ?? 0) - start, kind);
  let [best, lowest, before] = [0, Infinity, 0];
  for (let index = 0; index < count; index++) {
    const place = places[index] ?? 0;
    const times = counter[hashAt(bytes, start + place, kind.mask) >>> shift] ?? 0;
    const sum = times + before;
    if (sum < lowest && index >= kind.grams - 1) [best, lowest] = [place - kind.grams + 1, sum];
    if (lowest <= kind.grams) break;
    if (kind.grams > 1) before = times;
  }
  return best;
}

const hashAt = (bytes: Uint8Array, at: number, mask: number): number => hashWords(wordAt(bytes, at) | FOLD_WORD, (wordAt(bytes, at + 4) | FOLD_WORD) & mask);

/** Of so many places in a row, at least one is looked at: the one with the lowest key. */
const WINDOW = 4;
const places = new Uint8Array(LAST_PLACE + 1);
const keys = new Uint8Array(LAST_PLACE + 1);

/** Notes in `places` where grams of a pattern begin that a look over a text finds, as samplePlaces of the kernel does; answers how many. */
function findPlaces(bytes: Uint8Array, start: number, length: number, { gram, sampled }: Kind): number {
  const all = Math.min(length - gram, LAST_PLACE) + 1;
  for (let place = 0; place < all; place++) {
    places[place] = place;
    keys[place] = Math.imul((bytes[start + place] ?? 0) | ((bytes[start + place + 1] ?? 0) << 8) | 0x2020, 0x9e37) >>> 8;
  }
  if (!sampled) return all;
  let count = 0;
  let next = 0;
  for (let first = 0; first + WINDOW <= all; first++) {
    const low = Math.min(keys[first] ?? 0, keys[first + 1] ?? 0, keys[first + 2] ?? 0, keys[first + 3] ?? 0);
    for (let place = Math.max(first, next); place < first + WINDOW; place++) {
      if (keys[place] !== low) continue;
      places[count++] = place;
      next = place + 1;
    }
  }
  return count;
}
