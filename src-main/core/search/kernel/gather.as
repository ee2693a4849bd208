// AssemblyScript: originals, each once, however written in small or capital letters.

/** Longer values are no originals: who adds them cuts pieces of them. */
const PIECE: u32 = 64;
const SPACE: u32 = 0x20;
/** How much finding a value has to say, in tenths of bits; weights of bytes are in the same. */
const TELLING: i32 = 280;
const DIGIT: i32 = 33;

/** Of the number before a value, these bits are its length; the others are the number of its column. */
const LENGTH_BITS: u32 = 25;

/** Where originals begin in the arena, numbers of their columns, and slots (number + 1, hash) to find them by. */
let starts: usize = 0, labels: usize = 0, slots: usize = 0, mask: u32 = 0, arena: usize = 0;
/** What each byte says. */
let weights: usize = 0;
let leastBytes: usize = 0, leastDigits: i32 = 0;
let count: i32 = 0, used: i32 = 0, short: i32 = 0;

/** Begins an empty set; slots are a power of two, all zero. */
export function openSet(startsAt: usize, labelsAt: usize, slotsAt: usize, slotCount: i32, arenaAt: usize, weightsAt: usize, bytes: i32, digits: i32): void {
  starts = startsAt, labels = labelsAt, slots = slotsAt, mask = (slotCount - 1) as u32, arena = arenaAt, weights = weightsAt;
  leastBytes = bytes, leastDigits = digits;
  count = 0, used = 0, short = 0;
  store<i32>(starts, 0);
}

export function originalsIn(): i32 {
  return count;
}

export function usedBytes(): i32 {
  return used;
}

export function tooShort(): i32 {
  return short;
}

/**
 * Adds values that lie in a row, each after its length and the number of its column, until the set has `most`; answers where it came to. It stops as well
 * before a value that is too long to be an original, or does not end here. Columns up to `named` have labels of their own, behind `label`. Slots have to be
 * twice as many as originals.
 */
export function addOriginals(at: usize, end: usize, label: i32, named: u32, most: i32): usize {
  while (at + 4 <= end && count < most) {
    const word = load<u32>(at);
    const length = word & ((1 << LENGTH_BITS) - 1);
    const column = word >>> LENGTH_BITS;
    if (length > PIECE || at + 4 + length > end) break;
    add(at + 4, at + 4 + length, column <= named ? label + column : label);
    at += 4 + length;
  }
  return at;
}

// @ts-ignore: decorator
@inline function add(first: usize, last: usize, label: i32): void {
  let from = first, to = last;
  while (from < to && load<u8>(from) <= SPACE) from++;
  while (to > from && load<u8>(to - 1) <= SPACE) to--;
  const length = to - from;
  if (!tells(from, to)) {
    short++;
    return;
  }
  const hash = hashOf(from, length);
  let at = slots + (((hash & mask) as usize) << 3);
  for (let other = load<u32>(at); other != 0; other = load<u32>(at)) {
    if (load<u32>(at, 4) == hash && isSame(other - 1, from, length)) return;
    at = slots + ((((at - slots) >>> 3) + 1) & (mask as usize)) * 8;
  }
  store<u32>(at, count + 1);
  store<u32>(at, hash, 4);
  for (let index: usize = 0; index < length; index += 8) store<u64>(arena + used + index, load<u64>(from + index));
  store<u16>(labels + (count << 1), label as u16);
  used += length as i32;
  count++;
  store<i32>(starts + (count << 2), used);
}

/** Whether finding a value says anything: as many letters as a name has, or as many digits as a number of somebody's. */
// @ts-ignore: decorator
@inline function tells(from: usize, to: usize): bool {
  if (to - from < leastBytes) return false;
  let digits = 0, sum = 0;
  for (let at = from; at < to; at++) {
    const weight: i32 = load<u8>(weights + load<u8>(at));
    digits += (weight == DIGIT) as i32;
    sum += weight;
    if (sum >= TELLING || digits >= leastDigits) return true;
  }
  return false;
}

const FOLD_EIGHT: u64 = 0x2020202020202020;

/** Up to eight bytes, without those from `length` on. */
// @ts-ignore: decorator
@inline function bytesAt(at: usize, length: usize): u64 {
  return length >= 8 ? load<u64>(at) : load<u64>(at) & (((1 as u64) << (length << 3)) - 1);
}

/** A hash that is the same for small and capital letters. */
// @ts-ignore: decorator
@inline function hashOf(from: usize, length: usize): u32 {
  let hash: u64 = length;
  for (let index: usize = 0; index < length; index += 8) {
    hash = (hash ^ (bytesAt(from + index, length - index) | FOLD_EIGHT)) * 0x9e3779b97f4a7c15;
    hash ^= hash >>> 29;
  }
  return ((hash * 0xbf58476d1ce4e5b9) >>> 32) as u32;
}

function isSame(id: u32, from: usize, length: usize): bool {
  const start: usize = load<u32>(starts + (id << 2));
  if ((load<u32>(starts + (id << 2), 4) as usize) - start != length) return false;
  const at = arena + start;
  for (let index: usize = 0; index < length; index += 8) {
    if (bytesAt(at + index, length - index) == bytesAt(from + index, length - index)) continue;
    for (let byte = index; byte < min(index + 8, length); byte++) if (folded(load<u8>(at + byte)) != folded(load<u8>(from + byte))) return false;
  }
  return true;
}

// @ts-ignore: decorator
@inline function folded(byte: u32): u32 {
  return byte - 0x41 < 26 ? byte | 0x20 : byte;
}

/** Takes up a set that was brought from another memory: who calls has written the originals, and slots are all zero. */
export function takeUp(originals: i32, bytes: i32, tooShort: i32): void {
  count = originals, used = bytes, short = tooShort;
  for (let id = 0; id < count; id++) {
    const start = load<u32>(starts + (id << 2));
    const hash = hashOf(arena + start, load<u32>(starts + (id << 2), 4) - start);
    let at = slots + (((hash & mask) as usize) << 3);
    while (load<u32>(at) != 0) at = slots + ((((at - slots) >>> 3) + 1) & (mask as usize)) * 8;
    store<u32>(at, id + 1);
    store<u32>(at, hash, 4);
  }
}
