// AssemblyScript: grams, their hashes, and the look over a text for those that a filter knows.

/**
 * Sets the bit that parts small from capital letters, in four bytes at once. It makes other bytes equal too, which costs a look but loses nothing: the
 * letters of Latin-1 in UTF-8 (Ä is C3 84, ä is C3 A4) differ by the very same bit.
 */
export const FOLD: i32 = 0x20202020;
export const FOLD_EIGHT: u64 = 0x2020202020202020;

// Kinds of gram (grams.ts).
export const LONG: i32 = 0;
export const SHORT: i32 = 1;
export const TINY: i32 = 2;

/** Where there is no gram, because a pattern is shorter than any kind. */
export const NO_GRAM: i32 = 0xff;
export const LEAST: i32 = 6;
const SHORT_LEAST: i32 = 8;
const LONG_LEAST: i32 = 11;

/** The kind of a pattern by its length. */
// @ts-ignore: decorator
@inline export function kindOf(length: i32): i32 {
  return length < SHORT_LEAST ? TINY : length < LONG_LEAST ? SHORT : LONG;
}

/** Bytes that a pattern of a kind has at least, and, where it is a short one, at most. */
// @ts-ignore: decorator
@inline export function leastOf(kind: i32): i32 {
  return kind == TINY ? LEAST : kind == SHORT ? SHORT_LEAST : LONG_LEAST;
}

// @ts-ignore: decorator
@inline export function mostOf(kind: i32): i32 {
  return kind == TINY ? SHORT_LEAST - 1 : kind == SHORT ? LONG_LEAST - 1 : i32.MAX_VALUE;
}

/** Where everything of one kind of gram is; search-memory.ts writes it. */
@unmanaged export class Table {
  kind: i32;
  /** The filter, and how far a hash is shifted for the number of its word. */
  bits: usize;
  shift: i32;
  /** Where in `entries` those of a bucket begin, and how far a hash is shifted for its number. */
  buckets: usize;
  bucketShift: i32;
  /** Two numbers each: the pattern, and a mark. */
  entries: usize;
  /** All patterns one after the other, and where each begins. */
  patterns: usize;
  starts: usize;
}

/** Bytes of a gram. */
// @ts-ignore: decorator
@inline export function gramOf(kind: i32): i32 {
  return kind == LONG ? 8 : 5;
}

/** How many grams of a pattern are kept. */
// @ts-ignore: decorator
@inline export function gramsOf(kind: i32): i32 {
  return kind == TINY ? 2 : 1;
}

// @ts-ignore: decorator
@inline function hashWords(low: i32, high: i32): i32 {
  return ((low * 0x9e3779b1) ^ high) * 0x85ebca6b;
}

/** The hash of the gram that begins there. */
// @ts-ignore: decorator
@inline export function hashAt(place: usize, kind: i32): i32 {
  const high = load<i32>(place, 4) | FOLD;
  return hashWords(load<i32>(place) | FOLD, kind == LONG ? high : high & 0xff);
}

// @ts-ignore: decorator
@inline export function secondHash(hash: i32): i32 {
  return (hash ^ (hash >>> 15)) * 0x27d4eb2f;
}

/** Where the word of a hash is. */
// @ts-ignore: decorator
@inline export function wordOf(table: Table, hash: i32): usize {
  return table.bits + (((hash as u32) >>> table.shift) << 2);
}

/** The bits of a gram in its word of a filter: one in each byte, so that four words are tried at once. */
// @ts-ignore: decorator
@inline export function gramBits(hash: i32): i32 {
  const second = secondHash(hash);
  return (1 << (second & 7)) | (0x100 << ((second >>> 8) & 7)) | (0x10000 << ((second >>> 16) & 7)) | (0x1000000 << ((second >>> 24) & 7));
}

/** A number for each two bytes in a row, the same for small and capital letters. A place is looked at where its number is the lowest of some four in a row. */
// @ts-ignore: decorator
@inline export function pairKeys(pairs: v128): v128 {
  return i16x8.shr_u(i16x8.mul(v128.or(pairs, i16x8.splat(0x2020)), i16x8.splat(0x9e37 as i16)), 8);
}

/**
 * Notes in `places` those that are looked at of so many (a multiple of 64) in a text; answers how many. Text is read from 16 bytes before to 48 after.
 * `keys` and `lows` have room for a byte of each place, and 64 more.
 */
export function samplePlaces(from: i32, count: i32, keys: usize, lows: usize, places: usize): i32 {
  // Both begin sixteen places before the text.
  for (let index = 0; index < count + 48; index += 16) {
    const at: usize = from + index - 16;
    const one = v128.load(at);
    const other = v128.load(at, 1);
    const first = pairKeys(i8x16.shuffle(one, other, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
    const last = pairKeys(i8x16.shuffle(one, other, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31));
    v128.store(keys + index, i8x16.narrow_i16x8_u(first, last));
  }
  for (let index = 0; index < count + 16; index += 16) {
    const four = keys + index;
    v128.store(lows + index, i8x16.min_u(i8x16.min_u(v128.load(four), v128.load(four, 1)), i8x16.min_u(v128.load(four, 2), v128.load(four, 3))));
  }
  let next = places;
  for (let index = 0; index < count; index += 64) {
    const at = keys + 16 + index;
    const low = lows + 16 + index;
    let bits = areLow(at, low) | (areLow(at + 16, low + 16) << 16) | (areLow(at + 32, low + 32) << 32) | (areLow(at + 48, low + 48) << 48);
    const end = next + ((popcnt(bits) as usize) << 2);
    const base = from + index;
    while (next < end) {
      store<i32>(next, base + (ctz(bits) as i32));
      bits &= bits - 1;
      store<i32>(next, base + (ctz(bits) as i32), 4);
      bits &= bits - 1;
      store<i32>(next, base + (ctz(bits) as i32), 8);
      bits &= bits - 1;
      store<i32>(next, base + (ctz(bits) as i32), 12);
      bits &= bits - 1;
      next += 16;
    }
    next = end;
  }
  return ((next - places) >>> 2) as i32;
}

/** A bit for each of sixteen places whose key is the lowest of some four in a row. */
// @ts-ignore: decorator
@inline export function areLow(key: usize, low: usize): u64 {
  const highest = i8x16.max_u(i8x16.max_u(v128.load(low - 3), v128.load(low - 2)), i8x16.max_u(v128.load(low - 1), v128.load(low)));
  return i8x16.bitmask(i8x16.eq(v128.load(key), highest)) as u64;
}

/** Four hashes of grams, of the first four bytes of each and what follows of them. */
// @ts-ignore: decorator
@inline function hashFour(low: v128, high: v128): v128 {
  return i32x4.mul(v128.xor(i32x4.mul(low, i32x4.splat(0x9e3779b1)), high), i32x4.splat(0x85ebca6b));
}

/** Which of four hashes have all of their bits in a filter. */
// @ts-ignore: decorator
@inline function passing(hashes: v128, bits: v128, shift: i32): v128 {
  const second = i32x4.mul(v128.xor(hashes, i32x4.shr_u(hashes, 15)), i32x4.splat(0x27d4eb2f));
  const needed = i8x16.swizzle(i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128), v128.and(second, i32x4.splat(0x07070707)));
  const at = i32x4.add(i32x4.shl(i32x4.shr_u(hashes, shift), 2), bits);
  let words = v128.load32_zero(i32x4.extract_lane(at, 0));
  words = v128.load32_lane(i32x4.extract_lane(at, 1), words, 1);
  words = v128.load32_lane(i32x4.extract_lane(at, 2), words, 2);
  words = v128.load32_lane(i32x4.extract_lane(at, 3), words, 3);
  return i32x4.eq(v128.and(words, needed), needed);
}

/** A bit for each of eight hashes: whether all of its bits are in a filter. */
// @ts-ignore: decorator
@inline function passingEight(first: v128, last: v128, bits: v128, shift: i32): i32 {
  return i16x8.bitmask(i16x8.narrow_i32x4_s(passing(first, bits, shift), passing(last, bits, shift)));
}

/** Notes of so many places in `list` those whose bit is set in `passes`, with their hashes; answers how many. */
function noteListed(kind: i32, list: usize, passes: usize, count: i32, found: usize): i32 {
  let next = found;
  for (let index = 0; index < count; index += 64) {
    let bits = load<u64>(passes + (index >>> 3));
    for (; bits != 0; bits &= bits - 1) {
      const place = load<i32>(list + ((index + (ctz(bits) as i32)) << 2));
      store<i32>(next, place);
      store<i32>(next, hashAt(place, kind), 4);
      next += 8;
    }
  }
  return ((next - found) >>> 3) as i32;
}

/** The first four bytes at each of four places, or the next four, with equal small and capital letters. */
// @ts-ignore: decorator
@inline function lowAt(places: usize): v128 {
  return v128.or(v128.shuffle<i32>(pairAt(places), pairAt(places + 8), 0, 2, 4, 6), i32x4.splat(FOLD));
}

// @ts-ignore: decorator
@inline function highAt(places: usize): v128 {
  return v128.or(v128.shuffle<i32>(pairAt(places), pairAt(places + 8), 1, 3, 5, 7), i32x4.splat(FOLD));
}

/** Eight bytes at each of two places. */
// @ts-ignore: decorator
@inline function pairAt(places: usize): v128 {
  return v128.load64_lane(load<i32>(places, 4), v128.load64_zero(load<i32>(places)), 1);
}

/** What `places` is read beyond its end: those are `beyond`, where no pattern can be. */
// @ts-ignore: decorator
@inline function endWith(end: usize, beyond: i32): void {
  for (let index = 0; index < 28; index += 4) store<i32>(end + index, beyond);
}

/** No bits of places that are beyond so many. */
// @ts-ignore: decorator
@inline function endPasses(passes: usize, count: i32): void {
  store<u64>(passes + ((count + 7) >>> 3), 0);
}

/**
 * Looks at the grams at so many places; notes in `found` (place, hash) those that may be in the filter, and answers how many. `passes` has room for a bit
 * of each place, and 16 bytes more. Nothing depends on what is in the filter before all of it was asked for: so as many looks into memory as can be
 * are on their way at once.
 */
export function lookAt(table: Table, places: usize, count: i32, beyond: i32, passes: usize, found: usize): i32 {
  const bits = i32x4.splat(table.bits as i32);
  const shift = table.shift;
  const mask = i32x4.splat(table.kind == LONG ? -1 : 0xff);
  endWith(places + (count << 2), beyond);
  for (let index = 0; index < count; index += 8) {
    const at = places + (index << 2);
    const first = hashFour(lowAt(at), v128.and(highAt(at), mask));
    const last = hashFour(lowAt(at + 16), v128.and(highAt(at + 16), mask));
    store<u8>(passes + (index >>> 3), passingEight(first, last, bits, shift) as u8);
  }
  endPasses(passes, count);
  return noteListed(table.kind, places, passes, count, found);
}

/** How many `lookAtBoth` has found of the second kind. */
let ofShort: i32 = 0;
export function foundShort(): i32 {
  return ofShort;
}

/** The same for long grams and short ones at once, which are noted each by themselves. */
export function lookAtBoth(long: Table, short: Table, places: usize, count: i32, beyond: i32, passes: usize, passes2: usize, found: usize, found2: usize): i32 {
  const bits = i32x4.splat(long.bits as i32);
  const shift = long.shift;
  const bits2 = i32x4.splat(short.bits as i32);
  const shift2 = short.shift;
  const mask = i32x4.splat(0xff);
  endWith(places + (count << 2), beyond);
  for (let index = 0; index < count; index += 8) {
    const at = places + (index << 2);
    const low = lowAt(at), high = highAt(at), low2 = lowAt(at + 16), high2 = highAt(at + 16);
    store<u8>(passes + (index >>> 3), passingEight(hashFour(low, high), hashFour(low2, high2), bits, shift) as u8);
    store<u8>(passes2 + (index >>> 3), passingEight(hashFour(low, v128.and(high, mask)), hashFour(low2, v128.and(high2, mask)), bits2, shift2) as u8);
  }
  endPasses(passes, count);
  endPasses(passes2, count);
  ofShort = noteListed(short.kind, places, passes2, count, found2);
  return noteListed(long.kind, places, passes, count, found);
}

/** The same for grams of five bytes at each second byte of so many words from a place on. Goes on to a multiple of four words. */
export function lookAtAll(table: Table, from: i32, words: i32, passes: usize, found: usize): i32 {
  const bits = i32x4.splat(table.bits as i32);
  const shift = table.shift;
  const fold = i32x4.splat(FOLD);
  const last = i32x4.splat(0xff);
  const end = from + (words << 2);
  for (let place = from; place < end; place += 16) {
    const even = hashFour(v128.or(v128.load(place), fold), v128.and(v128.or(v128.load(place, 4), fold), last));
    const odd = hashFour(v128.or(v128.load(place, 2), fold), v128.and(v128.or(v128.load(place, 6), fold), last));
    const eight = i16x8.narrow_i32x4_s(passing(even, bits, shift), passing(odd, bits, shift));
    // As the places follow on each other.
    store<u8>(passes + ((place - from) >>> 4), i16x8.bitmask(v128.shuffle<i16>(eight, eight, 0, 4, 1, 5, 2, 6, 3, 7)) as u8);
  }
  endPasses(passes, words << 1);
  let next = found;
  for (let index = 0; index < words << 1; index += 64) {
    for (let set = load<u64>(passes + (index >>> 3)); set != 0; set &= set - 1) {
      const place = from + ((index + (ctz(set) as i32)) << 1);
      store<i32>(next, place);
      store<i32>(next, hashAt(place, table.kind), 4);
      next += 8;
    }
  }
  return ((next - found) >>> 3) as i32;
}
