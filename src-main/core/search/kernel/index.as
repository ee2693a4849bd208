// AssemblyScript: an index of grams, and what it tells about grams that its filter has found in a text.
import { FOLD, FOLD_EIGHT, gramBits, gramOf, gramsOf, hashAt, secondHash, Table, wordOf } from './gram';

// A mark: bits of the hash, bits of the four bytes beside the gram, which of its neighbours that is, and where the gram begins in the pattern.
const HASH_MARK: i32 = 0xfff00000;
const MARK: i32 = 0xffffff00;
const AFTER: i32 = 0x80;
const BEFORE: i32 = 0x40;
const PLACE: i32 = 0x3f;

// @ts-ignore: decorator
@inline function neighbourMark(word: i32): i32 {
  return (((word | FOLD) * 0x9e3779b1) >>> 12) & 0x000fff00;
}

// @ts-ignore: decorator
@inline function bucketOf(table: Table, hash: i32): usize {
  return table.buckets + (((hash as u32) >>> table.bucketShift) << 2);
}

/** Sets the bits of grams of patterns, and counts them in their buckets. `anchors` says where in each of the patterns the first of its grams begins. */
export function countGrams(table: Table, patterns: usize, anchors: usize, count: i32): void {
  const grams = gramsOf(table.kind);
  for (let index = 0; index < count; index++) {
    const first = table.patterns + load<u32>(table.starts + (load<u32>(patterns + (index << 2)) << 2)) + load<u8>(anchors + index);
    for (let offset = 0; offset < grams; offset++) {
      const hash = hashAt(first + offset, table.kind);
      const word = wordOf(table, hash);
      store<i32>(word, load<i32>(word) | gramBits(hash));
      const bucket = bucketOf(table, hash);
      store<i32>(bucket, load<i32>(bucket) + 1);
    }
  }
}

/** From counts to where the entries of each bucket end. */
export function sumBuckets(table: Table, count: i32): void {
  let sum = 0;
  for (let at = table.buckets; at < table.buckets + (count << 2); at += 4) {
    sum += load<i32>(at);
    store<i32>(at, sum);
  }
}

/** Adds the entries of grams that were counted, the last first and each bucket from its end: so buckets begin where they should when all are there. */
export function placeGrams(table: Table, patterns: usize, anchors: usize, count: i32): void {
  const grams = gramsOf(table.kind);
  for (let index = count - 1; index >= 0; index--) {
    const pattern = load<u32>(patterns + (index << 2));
    const start = table.patterns + load<u32>(table.starts + (pattern << 2));
    const length = load<u32>(table.starts + (pattern << 2), 4) - load<u32>(table.starts + (pattern << 2));
    const first = load<u8>(anchors + index) as i32;
    for (let place = first + grams - 1; place >= first; place--) {
      const hash = hashAt(start + place, table.kind);
      const bucket = bucketOf(table, hash);
      const entry = load<i32>(bucket) - 1;
      store<i32>(bucket, entry);
      const at = table.entries + (entry << 3);
      store<u32>(at, pattern);
      store<i32>(at, (secondHash(hash) & HASH_MARK) | sideMark(start, length, place, table.kind), 4);
    }
  }
}

// @ts-ignore: decorator
@inline function sideMark(start: usize, length: i32, place: i32, kind: i32): i32 {
  const after = place + gramOf(kind);
  if (after + 4 <= length) return neighbourMark(load<i32>(start + after)) | AFTER | place;
  if (place >= 4) return neighbourMark(load<i32>(start + place - 4)) | BEFORE | place;
  return place;
}

/**
 * Notes for grams that were found (place, hash) where the entries of their buckets begin and end, in `work`; answers nothing of use. Here and
 * below, each stage goes over all before the next begins: so as many looks into memory as can be are on their way at once.
 */
export function openBuckets(table: Table, found: usize, count: i32, work: usize): i32 {
  for (let index = 0; index < count; index++) {
    const bucket = bucketOf(table, load<i32>(found + (index << 3), 4));
    store<u64>(work + (index << 3), load<u64>(bucket));
  }
  let touched = 0;
  for (let index = 0; index < count; index++) touched ^= load<i32>(table.entries + ((load<u32>(work + (index << 3)) as usize) << 3));
  return touched;
}

/** How many of the grams that were found `tryEntries` has come through. */
let tried: i32 = 0;
export function triedGrams(): i32 {
  return tried;
}

/**
 * Notes in `matches` (pattern, start in the text, two more) the patterns that are there, small and capital letters alike and with them a few other
 * bytes; answers how many. Takes up with the gram `from`, and ends when there is no more room.
 */
export function tryEntries(table: Table, text: usize, length: i32, found: usize, from: i32, count: i32, work: usize, matches: usize, room: i32): i32 {
  const gram = gramOf(table.kind);
  const end = matches + (room << 4);
  let next = matches;
  let index = from;
  for (; index < count && next < end; index++) {
    let entry = load<i32>(work + (index << 3));
    const last = load<i32>(work + (index << 3), 4);
    if (entry == last) continue;
    const place = load<i32>(found + (index << 3));
    const mark = secondHash(load<i32>(found + (index << 3), 4)) & HASH_MARK;
    const after = mark | neighbourMark(load<i32>(place + gram));
    const before = mark | neighbourMark(load<i32>(place - 4));
    for (; entry < last && next < end; entry++) {
      const at = table.entries + (entry << 3);
      const marked = load<i32>(at, 4);
      const expected = marked & AFTER ? after : marked & BEFORE ? before : mark;
      store<i32>(next, load<i32>(at));
      store<i32>(next, place - (marked & PLACE) - (text as i32), 4);
      next += (((marked ^ expected) & MARK) == 0) as usize << 4;
    }
    store<i32>(work + (index << 3), entry);
    if (entry < last) break;
  }
  tried = index;
  return compareAll(table, text, length, matches, next);
}

/** Keeps of `matches` those that really are there. */
// @ts-ignore: decorator
@inline function compareAll(table: Table, text: usize, length: i32, matches: usize, end: usize): i32 {
  for (let at = matches; at < end; at += 16) {
    store<u64>(at, load<u64>(table.starts + (load<u32>(at) << 2)), 8);
  }
  let touched = 0;
  for (let at = matches; at < end; at += 16) touched ^= load<i32>(table.patterns + load<u32>(at, 8));
  let kept = matches;
  for (let at = matches; at < end; at += 16) {
    const start = load<i32>(at, 4);
    const size = load<i32>(at, 12) - load<i32>(at, 8);
    const isThere = start >= 0 && start + size <= length && isEqual(text + start, table.patterns + load<u32>(at, 8), size);
    store<u64>(kept, load<u64>(at));
    kept += isThere as usize << 3;
  }
  // What was touched is not wanted, but has to seem so.
  return touched == 0x7fffffff && kept == 0 ? 0 : ((kept - matches) >>> 3) as i32;
}

/** Whether so many bytes, five at least, are equal but for a bit that parts small from capital letters. */
// @ts-ignore: decorator
@inline function isEqual(one: usize, other: usize, size: i32): bool {
  let at = 0;
  for (; at + 8 <= size; at += 8) if (((load<u64>(one + at) ^ load<u64>(other + at)) & ~FOLD_EIGHT) != 0) return false;
  return at == size || (((load<u64>(one + at) ^ load<u64>(other + at)) & ~FOLD_EIGHT) << ((8 - (size - at)) << 3)) == 0;
}
