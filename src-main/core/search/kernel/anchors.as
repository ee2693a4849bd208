// AssemblyScript: which grams are kept of each of many patterns: those that are rarest among all.
import { areLow, gramOf, gramsOf, hashAt, kindOf, LEAST, NO_GRAM, pairKeys, TINY } from './gram';

/** Grams that begin later in a pattern are not chosen: marks of grams have room for no more. */
const MOST_PLACES: i32 = 64;

/**
 * The places of a pattern at which grams begin that a look over a text finds, as samplePlaces does: a bit each. `room` is for keys of places: 16 bytes,
 * those of the places, 32 bytes, and the same once more.
 */
// @ts-ignore: decorator
@inline function placesOf(pattern: usize, length: i32, kind: i32, room: usize): u64 {
  const all = min(length - gramOf(kind) + 1, MOST_PLACES);
  const whole: u64 = (-1 as u64) >>> (64 - all);
  if (kind == TINY) return whole;
  const keys = room + 16;
  const lows = room + 16 + MOST_PLACES + 32 + 16;
  for (let index = 0; index < all; index += 16) {
    const one = v128.load(pattern + index);
    const other = v128.load(pattern + index, 1);
    const first = pairKeys(i8x16.shuffle(one, other, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
    const last = pairKeys(i8x16.shuffle(one, other, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31));
    v128.store(keys + index, i8x16.narrow_i16x8_u(first, last));
  }
  // No place beside the pattern is the highest of some, so that what counts are four in a row within it.
  v128.store(keys - 16, i8x16.splat(0));
  v128.store(keys + all, i8x16.splat(0));
  for (let index = -16; index < all; index += 16) {
    const four = keys + index;
    v128.store(lows + index, i8x16.min_u(i8x16.min_u(v128.load(four), v128.load(four, 1)), i8x16.min_u(v128.load(four, 2), v128.load(four, 3))));
  }
  let places: u64 = 0;
  for (let index = 0; index < all; index += 16) places |= areLow(keys + index, lows + index) << index;
  return places & whole;
}

/**
 * Counts, roughly, how often each gram occurs among so many patterns at places that count: grams that share a counter count together. Notes the places of
 * each pattern in `places`, eight bytes each.
 */
export function countPlaces(patterns: usize, starts: usize, count: i32, counters: usize, shift: i32, room: usize, places: usize): void {
  for (let pattern = 0; pattern < count; pattern++) {
    const start = load<i32>(starts + (pattern << 2));
    const length = load<i32>(starts + (pattern << 2), 4) - start;
    if (length < LEAST) continue;
    const kind = kindOf(length);
    const at = patterns + start;
    const all = placesOf(at, length, kind, room);
    store<u64>(places + (pattern << 3), all);
    for (let left = all; left != 0; left &= left - 1) {
      const counter = counters + ((hashAt(at + (ctz(left) as i32), kind) as u32) >>> shift);
      const times: u32 = load<u8>(counter);
      store<u8>(counter, (times + (times < 255 ? 1 : 0)) as u8);
    }
  }
}

/**
 * Notes in `anchors` where the gram of each pattern begins that is rarest of those that were counted, or of those that keep two, the first of the two in a row that together are; or
 * the gram that is furthest from it.
 */
export function chooseAnchors(patterns: usize, starts: usize, count: i32, counters: usize, shift: i32, places: usize, anchors: usize, furthest: bool): void {
  for (let pattern = 0; pattern < count; pattern++) {
    const start = load<i32>(starts + (pattern << 2));
    const length = load<i32>(starts + (pattern << 2), 4) - start;
    const kind = kindOf(length);
    const grams: u32 = gramsOf(kind);
    const at = patterns + start;
    if (length < LEAST) {
      store<u8>(anchors + pattern, NO_GRAM as u8);
      continue;
    }
    let best = 0, index: u32 = 1, lowest: u32 = -1, before: u32 = 0;
    const all = load<u64>(places + (pattern << 3));
    for (let left = all; left != 0 && lowest > grams; left &= left - 1) {
      const place = ctz(left) as i32;
      const times: u32 = load<u8>(counters + ((hashAt(at + place, kind) as u32) >>> shift));
      const sum = times + before;
      if (sum < lowest && index >= grams) {
        best = place - (grams as i32) + 1;
        lowest = sum;
      }
      if (grams > 1) before = times;
      index++;
    }
    if (furthest) {
      const first = ctz(all) as i32;
      const last = 64 - (clz(all) as i32) - (grams as i32);
      best = best - first > last - best ? first : last;
    }
    store<u8>(anchors + pattern, best as u8);
  }
}
