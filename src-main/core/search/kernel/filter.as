// AssemblyScript: grams in a filter with what stands around them, of more patterns than an index has room for.
import { FOLD, FOLD_EIGHT, gramBits, gramOf, gramsOf, hashAt, kindOf, leastOf, LONG, mostOf, NO_GRAM, secondHash, Table, TINY, wordOf } from './gram';

/** Of how many bytes around its gram every pattern of a kind has at least so many: those are looked at with the gram. */
// @ts-ignore: decorator
@inline function besideOf(kind: i32): i32 {
  return kind == TINY ? 1 : 3;
}

/** The way of a gram with so many bytes of its pattern from its beginning on: how many of the bytes that are looked at stand after it. */
// @ts-ignore: decorator
@inline function wayAt(rest: i32, kind: i32): i32 {
  return min(besideOf(kind), rest - gramOf(kind));
}

/** A gram with what stands around it, of the four bytes before it and the four after it. */
// @ts-ignore: decorator
@inline function besideKey(hash: i32, way: i32, before: i32, after: i32, kind: i32): i32 {
  const count = besideOf(kind);
  const left = way == count ? 0 : ((before as u32) >>> (8 * (4 - count + way))) as i32;
  const right = (after & ((1 << (8 * way)) - 1)) << (8 * (count - way));
  const mixed = (hash ^ (((left | right | FOLD) ^ ((way + 1) * 0x2545f491)) * 0x9e3779b1)) * 0xc2b2ae35;
  return (mixed ^ (mixed >>> 15)) * 0x85ebca6b;
}

/**
 * Where the bits of a key are, the same for its second hash: not far from the word of its gram, which has come into the processor's reach, and
 * elsewhere for each key, since many patterns may share a gram.
 */
// @ts-ignore: decorator
@inline function besideAt(table: Table, hash: i32, key: u32): usize {
  return table.bits + (((((hash as u32) >>> table.shift) ^ (key >>> 22)) & ((-1 as u32) >>> table.shift)) << 2);
}

// @ts-ignore: decorator
@inline function keyBits(key: u32): i32 {
  return (1 << (key & 31)) | (1 << ((key >>> 5) & 31)) | (1 << ((key >>> 10) & 31));
}

// @ts-ignore: decorator
@inline function hasKey(table: Table, hash: i32, key: i32): bool {
  const needed = keyBits(key);
  return (load<i32>(besideAt(table, hash, key)) & needed) == needed;
}

/** Where half of the bits of a last key are: anywhere, because very many patterns may share a gram, and what stands beside it as well. */
// @ts-ignore: decorator
@inline function lastAt(table: Table, key: u32): usize {
  return table.bits + (((key * 0xc2b2ae35) >>> table.shift) << 2);
}

/** More bits than of other keys: a place may lie in many ways in patterns that share a gram. */
// @ts-ignore: decorator
@inline function lastBits(key: u32): i32 {
  return keyBits(key) | (1 << ((key >>> 15) & 31));
}

/** Another key, of the gram as well: of so many patterns, some would have the same one otherwise. */
// @ts-ignore: decorator
@inline function otherKey(key: i32, hash: i32): i32 {
  return secondHash((key * 0x2c1b3c6d) ^ hash);
}

// @ts-ignore: decorator
@inline function hasHalf(table: Table, key: i32): bool {
  const needed = lastBits(key);
  return (load<i32>(lastAt(table, key)) & needed) == needed;
}

// @ts-ignore: decorator
@inline function hasLast(table: Table, hash: i32, key: i32): bool {
  return hasHalf(table, key) && hasHalf(table, otherKey(key, hash));
}

/** Bytes of what is noted of each. */
const KEPT: usize = 12;

// What is looked at as well: four bytes further on, or further back, if the pattern has them, and otherwise all of the pattern.
const WHOLE: i32 = 0;
const FAR_BEFORE: i32 = 1;
const FAR_AFTER: i32 = 2;

/** Bytes before its gram, and from its beginning on, that a pattern has at most of which all are looked at. */
const MOST_BEFORE: i32 = 6;
const MOST_REST: i32 = 14;

/** The key with what stands further away from the gram, which begins at `place`. */
// @ts-ignore: decorator
@inline function farKey(key: i32, far: i32, place: usize): i32 {
  const word = far == FAR_AFTER ? load<i32>(place + 11) : load<i32>(place - 7);
  return secondHash((key + far) ^ ((word | FOLD) * 0x9e3779b1));
}

/** The key with all of a pattern, of the eight bytes before its gram and the eight after it. */
// @ts-ignore: decorator
@inline function wholeKey(key: i32, before: i32, after: i32, left: u64, right: u64): i32 {
  const first = before == 0 ? 0 : (left >>> (64 - 8 * before)) * 0x9e3779b97f4a7c15;
  const last = after == 0 ? 0 : (right << (64 - 8 * after)) * 0xc2b2ae3d27d4eb4f;
  const mixed = (first ^ (last >>> 29) ^ ((key as u64) << 32)) * 0x165667b19e3779f9;
  return secondHash((mixed >>> 32) as i32 ^ (key + (before << 3) + after) * 0x85ebca6b);
}

// @ts-ignore: decorator
@inline function eightAt(place: usize): u64 {
  return load<u64>(place) | FOLD_EIGHT;
}

/** Which of them a gram has with so many bytes of its pattern before it, and so many from its beginning on. */
// @ts-ignore: decorator
@inline function farAt(before: i32, rest: i32): i32 {
  return rest > MOST_REST ? FAR_AFTER : before > MOST_BEFORE ? FAR_BEFORE : WHOLE;
}

/** The last key of a gram that has so many bytes of its pattern before it, and so many from its beginning on. */
// @ts-ignore: decorator
@inline function lastKey(key: i32, before: i32, rest: i32, place: usize, kind: i32): i32 {
  const far = farAt(before, rest);
  return far == WHOLE ? wholeKey(key, before, rest - gramOf(kind), eightAt(place - 8), eightAt(place + gramOf(kind))) : farKey(key, far, place);
}

/** The key of a gram of a pattern that has so many bytes from its beginning on. */
// @ts-ignore: decorator
@inline function keyOf(hash: i32, place: usize, rest: i32, kind: i32): i32 {
  return besideKey(hash, wayAt(rest, kind), load<i32>(place - 4), load<i32>(place + gramOf(kind)), kind);
}

// @ts-ignore: decorator
@inline function noteKept(next: usize, hash: i32, key: i32, place: usize, isThere: bool): usize {
  store<i32>(next, hash);
  store<i32>(next, key, 4);
  store<i32>(next, place as i32, 8);
  return next + (isThere as usize) * KEPT;
}

// @ts-ignore: decorator
@inline function tryFar(table: Table, hash: i32, key: i32, far: i32, place: usize, next: usize): usize {
  const last = farKey(key, far, place);
  return noteKept(next, hash, last, place, hasLast(table, hash, last));
}

/** Tries all lengths that a pattern can have of which all is looked at. */
function tryWhole(table: Table, kind: i32, way: i32, hash: i32, key: i32, place: usize, kept: usize): usize {
  const gram = gramOf(kind);
  const most = mostOf(kind);
  const least = leastOf(kind);
  const left = eightAt(place - 8);
  const right = eightAt(place + gram);
  const longest = way < besideOf(kind) ? gram + way : min(MOST_REST, most);
  let next = kept;
  for (let rest = gram + way; rest <= longest; rest++) {
    for (let before = max(0, least - rest); before <= min(MOST_BEFORE, most - rest); before++) {
      const last = wholeKey(key, before, rest - gram, left, right);
      next = noteKept(next, hash, last, place, hasLast(table, hash, last));
    }
  }
  return next;
}

// @ts-ignore: decorator
@inline function tryWay(table: Table, kind: i32, way: i32, hash: i32, before: i32, after: i32, place: usize, next: usize): usize {
  const key = besideKey(hash, way, before, after, kind);
  if (!hasKey(table, hash, key)) return next;
  next = tryWhole(table, table.kind, way, hash, key, place, next);
  if (table.kind != LONG) return next;
  next = tryFar(table, hash, key, FAR_BEFORE, place, next);
  return way == 3 ? tryFar(table, hash, key, FAR_AFTER, place, next) : next;
}

/** Of what was found, notes in `kept` (hash, key, place) each way in which a pattern of the filter can have the gram with what stands around it; answers how many. */
export function lookCloser(table: Table, found: usize, count: i32, kept: usize): i32 {
  let next = kept;
  for (let index = 0; index < count; index++) {
    const place = load<usize>(found + (index << 3));
    const hash = load<i32>(found + (index << 3), 4);
    const before = load<i32>(place - 4);
    const after = load<i32>(place + gramOf(table.kind));
    if (table.kind == TINY) {
      next = tryWay(table, TINY, 1, hash, before, after, place, next);
      next = tryWay(table, TINY, 0, hash, before, after, place, next);
    } else {
      next = tryWay(table, LONG, 3, hash, before, after, place, next);
      next = tryWay(table, LONG, 2, hash, before, after, place, next);
      next = tryWay(table, LONG, 1, hash, before, after, place, next);
      next = tryWay(table, LONG, 0, hash, before, after, place, next);
    }
  }
  return ((next - kept) / KEPT) as i32;
}

/**
 * Adds to the filter the grams of those patterns that are of its kind; answers how many. `starts` counts from `base`. What has to be set where is
 * noted in `sets` first, so that no change to memory waits for the next gram.
 */
export function addGrams(table: Table, bytes: usize, starts: usize, anchors: usize, count: i32, base: i32, sets: usize): i32 {
  const grams = gramsOf(table.kind);
  let added = 0;
  let next = sets;
  for (let pattern = 0; pattern < count; pattern++) {
    const anchor = load<u8>(anchors + pattern) as i32;
    const start = load<i32>(starts + (pattern << 2)) - base;
    const length = load<i32>(starts + (pattern << 2), 4) - base - start;
    if (anchor == NO_GRAM || kindOf(length) != table.kind) continue;
    for (let offset = anchor; offset < anchor + grams; offset++) {
      const place = bytes + start + offset;
      const hash = hashAt(place, table.kind);
      const key = keyOf(hash, place, length - offset, table.kind);
      const last = lastKey(key, offset, length - offset, place, table.kind);
      const other = otherKey(last, hash);
      store<u32>(next, wordOf(table, hash) as u32);
      store<i32>(next, gramBits(hash), 4);
      store<u32>(next, besideAt(table, hash, key) as u32, 8);
      store<i32>(next, keyBits(key), 12);
      store<u32>(next, lastAt(table, last) as u32, 16);
      store<i32>(next, lastBits(last), 20);
      store<u32>(next, lastAt(table, other) as u32, 24);
      store<i32>(next, lastBits(other), 28);
      next += 32;
      added++;
    }
  }
  for (let set = sets; set < next; set += 8) {
    const word = load<u32>(set) as usize;
    store<i32>(word, load<i32>(word) | load<i32>(set, 4));
  }
  return added;
}

/** Notes in `marked` (pattern, hash, key) the grams of patterns whose bit is set in `seen`; answers how many. */
export function markGrams(table: Table, bytes: usize, starts: usize, anchors: usize, count: i32, base: i32, seen: usize, marked: usize): i32 {
  const grams = gramsOf(table.kind);
  let next = marked;
  for (let pattern = 0; pattern < count; pattern++) {
    const anchor = load<u8>(anchors + pattern) as i32;
    const start = load<i32>(starts + (pattern << 2)) - base;
    const length = load<i32>(starts + (pattern << 2), 4) - base - start;
    if (anchor == NO_GRAM || kindOf(length) != table.kind) continue;
    for (let offset = anchor; offset < anchor + grams; offset++) {
      const place = bytes + start + offset;
      const hash = hashAt(place, table.kind);
      const key = lastKey(keyOf(hash, place, length - offset, table.kind), offset, length - offset, place, table.kind);
      const bit = seenBit(hash, key);
      store<i32>(next, pattern);
      store<i32>(next, hash, 4);
      store<i32>(next, key, 8);
      next += ((load<u32>(seen + ((bit >>> 5) << 2)) >>> (bit & 31)) & 1) * 12;
    }
  }
  return ((next - marked) / 12) as i32;
}

/** Sets the bits of what was kept in `seen`. */
export function noteSeen(kept: usize, count: i32, seen: usize): void {
  for (let index = 0; index < count; index++) {
    const one = kept + (index as usize) * KEPT;
    const bit = seenBit(load<i32>(one), load<i32>(one, 4));
    const at = seen + ((bit >>> 5) << 2);
    store<i32>(at, load<i32>(at) | (1 << (bit & 31)));
  }
}

// @ts-ignore: decorator
@inline function seenBit(hash: i32, key: i32): u32 {
  return ((hash ^ (key << 7)) as u32) >>> 9;
}

