// AssemblyScript: grams in a filter with what stands around them, of more patterns than an index has room for.
import { FOLD, gramBits, gramOf, gramsOf, hashAt, LONG, SHORT, Table, TINY, wordOf } from './gram';

// How many of the bytes around a gram count, and how many of those stand after it: count * 8 + after.
// Short patterns have ways of their own, from 64 on.
const SHORT_AFTER: i32 = 64 + 4 * 8 + 4;
const SHORT_BEFORE: i32 = 64 + 4 * 8;
const SHORT_ALONE: i32 = 64;

/** The way of a gram with so many bytes of its pattern before it, and so many from its beginning on. */
// @ts-ignore: decorator
@inline function wayAt(before: i32, rest: i32, kind: i32): i32 {
  const after = rest - gramOf(kind);
  if (kind != LONG) return after >= 4 ? SHORT_AFTER : before >= 4 ? SHORT_BEFORE : SHORT_ALONE;
  const count = min(4, before + after);
  return count * 8 + min(count, after);
}

/** A gram with what stands around it: the four bytes before it and the four after it, as far as they count. */
// @ts-ignore: decorator
@inline function besideKey(hash: i32, way: i32, before: i32, after: i32): i32 {
  const count = (way >> 3) & 7;
  const later = way & 7;
  const left = later == count ? 0 : ((before as u32) >>> (8 * (4 - count + later))) as i32;
  const right = later == 0 ? 0 : (later == 4 ? after : after & ((1 << (8 * later)) - 1)) << (8 * (count - later));
  const mixed = (hash ^ (((left | right | FOLD) ^ ((way + 1) * 0x2545f491)) * 0x9e3779b1)) * 0xc2b2ae35;
  return (mixed ^ (mixed >>> 15)) * 0x85ebca6b;
}

/**
 * Where the bits of a key are: not far from the word of its gram, which has come into the processor's reach, and elsewhere for each key, since
 * many patterns may share a gram.
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
@inline function tryWay(table: Table, way: i32, hash: i32, before: i32, after: i32, next: usize): usize {
  const key = besideKey(hash, way, before, after);
  const needed = keyBits(key);
  const word = load<i32>(besideAt(table, hash, key));
  store<i32>(next, hash);
  store<i32>(next, key, 4);
  return next + (((word & needed) == needed) as usize << 3);
}

/** Of what was found, notes in `kept` (hash, key) each way in which a pattern of the filter can have the gram with what stands around it; answers how many. */
export function lookCloser(table: Table, found: usize, count: i32, kept: usize): i32 {
  let next = kept;
  for (let index = 0; index < count; index++) {
    const place = load<usize>(found + (index << 3));
    const hash = load<i32>(found + (index << 3), 4);
    const before = load<i32>(place - 4);
    const after = load<i32>(place + gramOf(table.kind));
    if (table.kind != LONG) {
      next = tryWay(table, SHORT_AFTER, hash, before, after, next);
      next = tryWay(table, SHORT_BEFORE, hash, before, after, next);
      next = tryWay(table, SHORT_ALONE, hash, before, after, next);
    } else {
      next = tryWay(table, 4 * 8 + 4, hash, before, after, next);
      next = tryWay(table, 4 * 8 + 3, hash, before, after, next);
      next = tryWay(table, 4 * 8 + 2, hash, before, after, next);
      next = tryWay(table, 4 * 8 + 1, hash, before, after, next);
      next = tryWay(table, 4 * 8, hash, before, after, next);
      next = tryWay(table, 3 * 8 + 3, hash, before, after, next);
      next = tryWay(table, 3 * 8 + 2, hash, before, after, next);
      next = tryWay(table, 3 * 8 + 1, hash, before, after, next);
      next = tryWay(table, 3 * 8, hash, before, after, next);
    }
  }
  return ((next - kept) >>> 3) as i32;
}

const NO_GRAM: i32 = 0xff;
const LONG_LEAST: i32 = 11;
const SHORT_LEAST: i32 = 8;

/** The kind of a pattern by its length. */
// @ts-ignore: decorator
@inline function kindOf(length: i32): i32 {
  return length < SHORT_LEAST ? TINY : length < LONG_LEAST ? SHORT : LONG;
}

/**
 * Adds to the filter the grams of those patterns that are of its kind; answers how many. `starts` counts from `base`. What has to be set where is
 * noted in `sets` first, so that no change to memory waits for the next gram.
 */
export function addGrams(table: Table, bytes: usize, starts: usize, anchors: usize, count: i32, base: i32, sets: usize): i32 {
  const grams = gramsOf(table.kind);
  let next = sets;
  for (let pattern = 0; pattern < count; pattern++) {
    const anchor = load<u8>(anchors + pattern) as i32;
    const start = load<i32>(starts + (pattern << 2)) - base;
    const length = load<i32>(starts + (pattern << 2), 4) - base - start;
    if (anchor == NO_GRAM || kindOf(length) != table.kind) continue;
    for (let offset = anchor; offset < anchor + grams; offset++) {
      const place = bytes + start + offset;
      const hash = hashAt(place, table.kind);
      const key = besideKey(hash, wayAt(offset, length - offset, table.kind), load<i32>(place - 4), load<i32>(place + gramOf(table.kind)));
      store<u32>(next, wordOf(table, hash) as u32);
      store<i32>(next, gramBits(hash), 4);
      store<u32>(next, besideAt(table, hash, key) as u32, 8);
      store<i32>(next, keyBits(key), 12);
      next += 16;
    }
  }
  for (let set = sets; set < next; set += 16) {
    const own = load<u32>(set) as usize;
    store<i32>(own, load<i32>(own) | load<i32>(set, 4));
    const beside = load<u32>(set, 8) as usize;
    store<i32>(beside, load<i32>(beside) | load<i32>(set, 12));
  }
  return ((next - sets) >>> 4) as i32;
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
      const key = besideKey(hash, wayAt(offset, length - offset, table.kind), load<i32>(place - 4), load<i32>(place + gramOf(table.kind)));
      const bit = seenBit(hash, key);
      store<i32>(next, pattern);
      store<i32>(next, hash, 4);
      store<i32>(next, key, 8);
      next += ((load<u32>(seen + ((bit >>> 5) << 2)) >>> (bit & 31)) & 1) * 12;
    }
  }
  return ((next - marked) / 12) as i32;
}

/** Sets the bits of what was kept (hash, key) in `seen`. */
export function noteSeen(kept: usize, count: i32, seen: usize): void {
  for (let index = 0; index < count; index++) {
    const bit = seenBit(load<i32>(kept + (index << 3)), load<i32>(kept + (index << 3), 4));
    const at = seen + ((bit >>> 5) << 2);
    store<i32>(at, load<i32>(at) | (1 << (bit & 31)));
  }
}

// @ts-ignore: decorator
@inline function seenBit(hash: i32, key: i32): u32 {
  return ((hash ^ (key << 7)) as u32) >>> 9;
}

