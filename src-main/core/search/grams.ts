import { FOLD_WORD } from './fold.ts';

/** The texts that are searched for: `starts[n]` to `starts[n + 1]` in `bytes` is the n-th. */
export type Patterns = { readonly bytes: Uint8Array; readonly starts: Uint32Array; readonly count: number };

/**
 * Two kinds of pattern. Of a long one four grams of eight bytes in a row are kept, of a short one two grams of five bytes:
 * wherever it lies in a text, one of them begins at a multiple of `stride`, and only there is the text looked at.
 */
export type Kind = { readonly gram: number; readonly stride: number; readonly least: number; readonly most: number; /** What of the second word belongs to a gram. */ readonly mask: number };

export const LONG: Kind = { gram: 8, stride: 4, least: 11, most: Infinity, mask: -1 };
export const SHORT: Kind = { gram: 5, stride: 2, least: 6, most: 10, mask: 0xff };

/** Words of a text of this length at which grams of a kind are looked for. */
export const wordsOf = (length: number, { gram }: Kind): number => (length < gram ? 0 : gram === LONG.gram ? ((length - gram) >> 2) + 1 : (length + 3) >> 2);

/** A hash of eight bytes; small and capital letters have been made equal by FOLD_WORD. */
function hashWords(low: number, high: number): number {
  const hash = Math.imul(Math.imul(low, 0x9e3779b1) ^ high, 0x85ebca6b);
  return Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
}

/** Further bits of a hash, for the filter and for what marks a gram. */
export const secondHash = (hash: number): number => Math.imul(hash ^ (hash >>> 15), 0x27d4eb2f);

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

/** The hash of the gram that begins there. */
export function hashAt(bytes: Uint8Array, position: number, kind: Kind): number {
  return hashWords(wordAt(bytes, position) | FOLD_WORD, (wordAt(bytes, position + 4) | FOLD_WORD) & kind.mask);
}

/** Four bytes as a number, the first one lowest. */
export const wordAt = (bytes: Uint8Array, position: number): number =>
  (bytes[position] ?? 0) | ((bytes[position + 1] ?? 0) << 8) | ((bytes[position + 2] ?? 0) << 16) | ((bytes[position + 3] ?? 0) << 24);

/** For each pattern, where its grams begin that are kept; `NO_GRAM` for those that are too short to have any. */
export function anchorsOf(patterns: Patterns, counter: Uint8Array): Uint8Array {
  const all = new Uint8Array(patterns.count).fill(NO_GRAM);
  for (const kind of [LONG, SHORT]) {
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

/** How often each gram occurs among all patterns, roughly: grams that share a counter count together. */
function countGrams({ bytes, starts }: Patterns, members: Uint32Array, { gram, mask }: Kind, counter: Uint8Array): void {
  counter.fill(0);
  const shift = shiftOf(counter);
  for (const pattern of members) {
    let position = starts[pattern] ?? 0;
    const last = (starts[pattern + 1] ?? 0) - gram;
    let [low, high] = [wordAt(bytes, position), wordAt(bytes, position + 4)];
    for (; position <= last; position++) {
      const slot = hashWords(low | FOLD_WORD, (high | FOLD_WORD) & mask) >>> shift;
      const value = counter[slot] ?? 0;
      if (value < 255) counter[slot] = value + 1;
      low = (low >>> 8) | (high << 24);
      high = (high >>> 8) | ((bytes[position + 8] ?? 0) << 24);
    }
  }
}

/** Where the grams in a row begin that together are rarest. */
function rarest({ bytes, starts }: Patterns, pattern: number, counter: Uint8Array, { gram, stride, mask }: Kind): number {
  const start = starts[pattern] ?? 0;
  const last = Math.min((starts[pattern + 1] ?? 0) - gram - start, LAST_PLACE);
  const shift = shiftOf(counter);
  let [best, lowest, sum] = [0, Infinity, 0];
  // The last counts, a byte each.
  let counts = 0;
  const leaving = stride * 8 - 8;
  let [low, high] = [wordAt(bytes, start), wordAt(bytes, start + 4)];
  for (let offset = 0; offset <= last; offset++) {
    const count = counter[hashWords(low | FOLD_WORD, (high | FOLD_WORD) & mask) >>> shift] ?? 0;
    low = (low >>> 8) | (high << 24);
    high = (high >>> 8) | ((bytes[start + offset + 8] ?? 0) << 24);
    sum += count;
    const first = offset - stride + 1;
    counts = (counts << 8) | count;
    if (first < 0) continue;
    if (sum < lowest) [best, lowest] = [first, sum];
    if (lowest <= stride) break;
    sum -= (counts >>> leaving) & 0xff;
  }
  return best;
}
