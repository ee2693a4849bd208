import { FOLD_WORD } from './fold.ts';

/** The texts that are searched for: `starts[n]` to `starts[n + 1]` in `bytes` is the n-th. */
export type Patterns = { readonly bytes: Uint8Array; readonly starts: Uint32Array; readonly count: number };

/**
 * Two kinds of pattern. Of a long one four grams of eight bytes in a row are kept, of a short one two grams of five bytes:
 * wherever it lies in a text, one of them begins at a multiple of `stride`, and only there is the text looked at.
 */
export type Kind = { readonly gram: number; readonly stride: number; readonly least: number; readonly most: number; readonly hash: (low: number, high: number) => number };

export const LONG: Kind = { gram: 8, stride: 4, least: 11, most: Infinity, hash: hashWords };
export const SHORT: Kind = { gram: 5, stride: 2, least: 6, most: 10, hash: (low, high) => hashWords(low, high & 0xff) };

/** A hash of eight bytes; small and capital letters have been made equal by FOLD_WORD. */
export function hashWords(low: number, high: number): number {
  const hash = Math.imul(Math.imul(low, 0x9e3779b1) ^ high, 0x85ebca6b);
  return Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
}

/** Further bits of a hash, for the filter and for what marks a gram. */
export const secondHash = (hash: number): number => Math.imul(hash ^ (hash >>> 15), 0x27d4eb2f);

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
  return kind.hash(wordAt(bytes, position) | FOLD_WORD, wordAt(bytes, position + 4) | FOLD_WORD);
}

/** Four bytes as a number, the first one lowest. */
export const wordAt = (bytes: Uint8Array, position: number): number =>
  (bytes[position] ?? 0) | ((bytes[position + 1] ?? 0) << 8) | ((bytes[position + 2] ?? 0) << 16) | ((bytes[position + 3] ?? 0) << 24);

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
 
function countGrams({ bytes, starts }: Patterns, members: Uint32Array, kind: Kind, counter: Uint8Array): void {
  counter.fill(0);
  const shift = shiftOf(counter);
  for (const pattern of members) {
    const last = (starts[pattern + 1] ?? 0) - kind.gram;
    for (let position = starts[pattern] ?? 0; position <= last; position++) {
      const slot = hashAt(bytes, position, kind) >>> shift;
      const value = counter[slot] ?? 0;
      if (value < 255) counter[slot] = value + 1;
    }
  }
}

/** Where the grams in a row begin that together are rarest. */
function rarest({ bytes, starts }: Patterns, pattern: number, counter: Uint8Array, kind: Kind): number {
  const start = starts[pattern] ?? 0;
  const last = (starts[pattern + 1] ?? 0) - kind.gram - start;
  const shift = shiftOf(counter);
  let [best, lowest, sum] = [0, Infinity, 0];
  for (let offset = 0; offset <= last; offset++) {
    sum += counter[hashAt(bytes, start + offset, kind) >>> shift] ?? 0;
    const first = offset - kind.stride + 1;
    if (first < 0) continue;
    if (sum < lowest) [best, lowest] = [first, sum];
    if (lowest <= kind.stride) break;
    sum -= counter[hashAt(bytes, start + first, kind) >>> shift] ?? 0;
  }
  return best;
}
