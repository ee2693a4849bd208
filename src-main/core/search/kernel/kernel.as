// AssemblyScript: the inner loops of the search for originals. `npm run kernel` makes kernel-code.ts of it.
// All addresses are given by who calls (gram-kernel.ts, scan-kernel.ts); nothing here keeps anything.

/** Sets the bit that parts small from capital letters, in four bytes at once. */
const FOLD: i32 = 0x20202020;

// @ts-ignore: decorator
@inline function hashWords(low: i32, high: i32): i32 {
  const hash = ((low * 0x9e3779b1) ^ high) * 0x85ebca6b;
  return (hash ^ (hash >>> 15)) * 0xc2b2ae35;
}

// @ts-ignore: decorator
@inline function secondHash(hash: i32): i32 {
  return (hash ^ (hash >>> 15)) * 0x27d4eb2f;
}

/** 1 where a word of the filter has both bits of a hash. */
// @ts-ignore: decorator
@inline function passes(word: u32, hash: i32): u32 {
  const second = secondHash(hash) as u32;
  return (word >>> (second >>> 27)) & (word >>> ((second >>> 22) & 31)) & 1;
}

// @ts-ignore: decorator
@inline function hashFour(low: v128, high: v128): v128 {
  const hash = i32x4.mul(v128.xor(i32x4.mul(low, i32x4.splat(0x9e3779b1)), high), i32x4.splat(0x85ebca6b));
  return i32x4.mul(v128.xor(hash, i32x4.shr_u(hash, 15)), i32x4.splat(0xc2b2ae35));
}

/** Fetches the words of the filter for hashes, and nothing else: so as many as can be are on their way from memory at once. */
// @ts-ignore: decorator
@inline function gather(hashes: usize, count: i32, bits: usize, shift: i32, fetched: usize): void {
  for (let index = 0; index < count; index += 4) {
    const at = hashes + (index << 2);
    const to = fetched + (index << 2);
    store<u32>(to, load<u32>(bits + ((load<u32>(at) >>> shift) << 2)));
    store<u32>(to, load<u32>(bits + ((load<u32>(at, 4) >>> shift) << 2)), 4);
    store<u32>(to, load<u32>(bits + ((load<u32>(at, 8) >>> shift) << 2)), 8);
    store<u32>(to, load<u32>(bits + ((load<u32>(at, 12) >>> shift) << 2)), 12);
  }
}

/** Notes in `found` (place, hash) those hashes whose bits are set, of which there is one for every `step` bytes. */
// @ts-ignore: decorator
@inline function select(hashes: usize, fetched: usize, count: i32, step: i32, found: usize): i32 {
  let next = found;
  for (let index = 0; index < count; index++) {
    const hash = load<i32>(hashes + (index << 2));
    store<i32>(next, index * step);
    store<i32>(next, hash, 4);
    next += passes(load<u32>(fetched + (index << 2)), hash) << 3;
  }
  return ((next - found) >>> 3) as i32;
}

/** Looks at the gram of eight bytes at each word; notes in `found` (place, hash) those that pass, and answers how many. */
export function lookLong(text: usize, words: i32, bits: usize, shift: i32, hashes: usize, fetched: usize, found: usize): i32 {
  const fold = i32x4.splat(FOLD);
  for (let index = 0; index < words; index += 4) {
    const at = text + (index << 2);
    v128.store(hashes + (index << 2), hashFour(v128.or(v128.load(at), fold), v128.or(v128.load(at + 4), fold)));
  }
  gather(hashes, words, bits, shift, fetched);
  return select(hashes, fetched, words, 4, found);
}

/** The same for the grams of five bytes at each word and in its middle. */
export function lookShort(text: usize, words: i32, bits: usize, shift: i32, hashes: usize, fetched: usize, found: usize): i32 {
  const fold = i32x4.splat(FOLD);
  const last = i32x4.splat(0xff);
  for (let index = 0; index < words; index += 4) {
    const at = text + (index << 2);
    const even = hashFour(v128.or(v128.load(at), fold), v128.and(v128.or(v128.load(at + 4), fold), last));
    const odd = hashFour(v128.or(v128.load(at + 2), fold), v128.and(v128.or(v128.load(at + 6), fold), last));
    v128.store(hashes + (index << 3), i8x16.shuffle(even, odd, 0, 1, 2, 3, 16, 17, 18, 19, 4, 5, 6, 7, 20, 21, 22, 23));
    v128.store(hashes + (index << 3) + 16, i8x16.shuffle(even, odd, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31));
  }
  gather(hashes, words * 2, bits, shift, fetched);
  return select(hashes, fetched, words * 2, 2, found);
}

// How many of the bytes around a gram count, and how many of those stand after it: count * 8 + after.
// Short patterns have ways of their own, from 64 on.
const SHORT_AFTER: i32 = 64 + 4 * 8 + 4;
const SHORT_BEFORE: i32 = 64 + 4 * 8;
const SHORT_ALONE: i32 = 64;
const LONG_GRAM: i32 = 8;
const SHORT_GRAM: i32 = 5;

/** The way of a gram with so many bytes of its pattern before it, and so many from its beginning on. */
// @ts-ignore: decorator
@inline function wayAt(before: i32, rest: i32, isShort: bool): i32 {
  if (isShort) return rest - SHORT_GRAM >= 4 ? SHORT_AFTER : before >= 4 ? SHORT_BEFORE : SHORT_ALONE;
  const after = rest - LONG_GRAM;
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
 * Where the bits of a key are, in bytes: not far from the word of its gram, which has come into the processor's reach, and elsewhere for each key, since
 * many patterns may share a gram.
 */
// @ts-ignore: decorator
@inline function besideAt(hash: i32, key: u32, shift: i32): u32 {
  return ((((hash as u32) >>> shift) ^ (key >>> 22)) & ((-1 as u32) >>> shift)) << 2;
}

// @ts-ignore: decorator
@inline function keyBits(key: u32): i32 {
  return (1 << (key & 31)) | (1 << ((key >>> 5) & 31)) | (1 << ((key >>> 10) & 31));
}

// @ts-ignore: decorator
@inline function tryWay(way: i32, bits: usize, shift: i32, hash: i32, before: i32, after: i32, next: usize): usize {
  const key = besideKey(hash, way, before, after);
  const needed = keyBits(key);
  const word = load<i32>(bits + besideAt(hash, key, shift));
  store<i32>(next, hash);
  store<i32>(next, key, 4);
  return next + (((word & needed) == needed) as usize << 3);
}

/** Of what was found, notes in `kept` (hash, key) each way in which a pattern of the filter can have the gram with what stands around it; answers how many. */
export function lookCloser(text: usize, found: usize, count: i32, bits: usize, shift: i32, isShort: bool, kept: usize): i32 {
  let next = kept;
  for (let index = 0; index < count; index++) {
    const place = text + (load<i32>(found + (index << 3)) as usize);
    const hash = load<i32>(found + (index << 3), 4);
    const before = load<i32>(place - 4);
    if (isShort) {
      const after = load<i32>(place + SHORT_GRAM);
      next = tryWay(SHORT_AFTER, bits, shift, hash, before, after, next);
      next = tryWay(SHORT_BEFORE, bits, shift, hash, before, after, next);
      next = tryWay(SHORT_ALONE, bits, shift, hash, before, after, next);
    } else {
      const after = load<i32>(place + LONG_GRAM);
      next = tryWay(4 * 8 + 4, bits, shift, hash, before, after, next);
      next = tryWay(4 * 8 + 3, bits, shift, hash, before, after, next);
      next = tryWay(4 * 8 + 2, bits, shift, hash, before, after, next);
      next = tryWay(4 * 8 + 1, bits, shift, hash, before, after, next);
      next = tryWay(4 * 8, bits, shift, hash, before, after, next);
      next = tryWay(3 * 8 + 3, bits, shift, hash, before, after, next);
      next = tryWay(3 * 8 + 2, bits, shift, hash, before, after, next);
      next = tryWay(3 * 8 + 1, bits, shift, hash, before, after, next);
      next = tryWay(3 * 8, bits, shift, hash, before, after, next);
    }
  }
  return ((next - kept) >>> 3) as i32;
}

const NO_GRAM: i32 = 0xff;
const LONG_LEAST: i32 = 11;

/**
 * Adds to the filter the grams of those patterns that are of its kind; answers how many. `starts` counts from `base`. What has to be set where is
 * noted in `sets` first, so that no change to memory waits for the next gram.
 */
export function addGrams(bytes: usize, starts: usize, anchors: usize, count: i32, base: i32, bits: usize, shift: i32, isShort: bool, sets: usize): i32 {
  const stride = isShort ? 2 : 4;
  const mask = isShort ? 0xff : -1;
  let next = sets;
  for (let pattern = 0; pattern < count; pattern++) {
    const anchor = load<u8>(anchors + pattern) as i32;
    const start = load<i32>(starts + (pattern << 2)) - base;
    const length = load<i32>(starts + (pattern << 2), 4) - base - start;
    if (anchor == NO_GRAM || length < LONG_LEAST != isShort) continue;
    for (let offset = anchor; offset < anchor + stride; offset++) {
      const place = bytes + start + offset;
      const hash = hashWords(load<i32>(place) | FOLD, (load<i32>(place, 4) | FOLD) & mask);
      const key = besideKey(hash, wayAt(offset, length - offset, isShort), load<i32>(place - 4), load<i32>(place + (isShort ? SHORT_GRAM : LONG_GRAM)));
      const second = secondHash(hash) as u32;
      store<u32>(next, ((hash as u32) >>> shift) << 2);
      store<i32>(next, (1 << (second >>> 27)) | (1 << ((second >>> 22) & 31)), 4);
      store<u32>(next, besideAt(hash, key, shift), 8);
      store<i32>(next, keyBits(key), 12);
      next += 16;
    }
  }
  for (let set = sets; set < next; set += 16) {
    const own = bits + load<u32>(set);
    store<i32>(own, load<i32>(own) | load<i32>(set, 4));
    const beside = bits + load<u32>(set, 8);
    store<i32>(beside, load<i32>(beside) | load<i32>(set, 12));
  }
  return ((next - sets) >>> 4) as i32;
}

/** Notes in `marked` (pattern, hash, key) the grams of patterns whose bit is set in `seen`; answers how many. */
export function markGrams(bytes: usize, starts: usize, anchors: usize, count: i32, base: i32, seen: usize, isShort: bool, marked: usize): i32 {
  const stride = isShort ? 2 : 4;
  const mask = isShort ? 0xff : -1;
  let next = marked;
  for (let pattern = 0; pattern < count; pattern++) {
    const anchor = load<u8>(anchors + pattern) as i32;
    const start = load<i32>(starts + (pattern << 2)) - base;
    const length = load<i32>(starts + (pattern << 2), 4) - base - start;
    if (anchor == NO_GRAM || length < LONG_LEAST != isShort) continue;
    for (let offset = anchor; offset < anchor + stride; offset++) {
      const place = bytes + start + offset;
      const hash = hashWords(load<i32>(place) | FOLD, (load<i32>(place, 4) | FOLD) & mask);
      const key = besideKey(hash, wayAt(offset, length - offset, isShort), load<i32>(place - 4), load<i32>(place + (isShort ? SHORT_GRAM : LONG_GRAM)));
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

// Masks of a text, a bit for each byte; `masks` holds one after the other, each `room` bytes long.
const WORD: usize = 0;
const HEX: usize = 1;
const NUMBER: usize = 2;
const DIGIT: usize = 3;
const ZERO: usize = 4;
const ESCAPE: usize = 5;

// @ts-ignore: decorator
@inline function isOne(text: v128, byte: i8): v128 {
  return i8x16.eq(text, i8x16.splat(byte));
}

// @ts-ignore: decorator
@inline function isWithin(text: v128, first: i8, count: i8): v128 {
  return i8x16.lt_u(i8x16.sub(text, i8x16.splat(first)), i8x16.splat(count));
}

/** Tells for each byte of a text which kinds of run it can belong to. Text is read to a multiple of 64 bytes. */
export function classify(text: usize, length: i32, masks: usize, room: usize): void {
  for (let at: usize = 0; at < (((length + 63) & ~63) as usize); at += 16) {
    const piece = v128.load(text + at);
    const small = v128.or(piece, i8x16.splat(0x20));
    const digit = isWithin(piece, 0x30, 10);
    const slash = isOne(piece, 0x2f);
    const dash = isOne(piece, 0x2d);
    const plus = isOne(piece, 0x2b);
    const joins = v128.or(v128.or(slash, dash), plus);
    const word = v128.or(v128.or(isWithin(small, 0x61, 26), digit), v128.or(joins, isOne(piece, 0x5f)));
    const hex = v128.or(isWithin(small, 0x61, 6), digit);
    // Space, brackets, full stop.
    const number = v128.or(v128.or(digit, joins), v128.or(v128.or(isOne(piece, 0x20), isOne(piece, 0x2e)), isWithin(piece, 0x28, 2)));
    const zero = isOne(piece, 0);
    // Backslash, per cent, equals, ampersand, apostrophe.
    const escape = v128.or(v128.or(isOne(piece, 0x5c), isOne(piece, 0x3d)), isWithin(piece, 0x25, 3));
    const to = masks + (at >>> 3);
    store<u16>(to + WORD * room, i8x16.bitmask(word) as u16);
    store<u16>(to + HEX * room, i8x16.bitmask(hex) as u16);
    store<u16>(to + NUMBER * room, i8x16.bitmask(number) as u16);
    store<u16>(to + DIGIT * room, i8x16.bitmask(digit) as u16);
    store<u16>(to + ZERO * room, i8x16.bitmask(zero) as u16);
    store<u16>(to + ESCAPE * room, i8x16.bitmask(escape) as u16);
  }
}

/** Where the run that holds a place ends. */
// @ts-ignore: decorator
@inline function endOf(mask: usize, place: i32, length: i32): i32 {
  let index = place >>> 6;
  const last = (length - 1) >>> 6;
  let others = ~load<u64>(mask + (index << 3)) >>> (place & 63) << (place & 63);
  while (others == 0) {
    if (++index > last) return length;
    others = ~load<u64>(mask + (index << 3));
  }
  return min(length, (index << 6) + (ctz(others) as i32));
}

/** The places of 64 bytes where eight in a row begin. */
// @ts-ignore: decorator
@inline function eights(own: u64, next: u64): u64 {
  const two = own & ((own >>> 1) | (next << 63));
  const twoNext = next & (next >>> 1);
  const four = two & ((two >>> 2) | (twoNext << 62));
  const fourNext = twoNext & (twoNext >>> 2);
  return four & ((four >>> 4) | (fourNext << 60));
}

/** Leaves out the places before one. */
// @ts-ignore: decorator
@inline function from64(places: u64, first: i32, base: i32): u64 {
  const skipped = first - base;
  return skipped <= 0 ? places : skipped >= 64 ? 0 : (places >>> skipped) << skipped;
}

const WORD_LINE: i32 = 60;
const HEX_LEAST: i32 = 12;
const PACKED_LEAST: i32 = 18;

/**
 * Notes in `runs` (start, end) the runs of letters and digits that can be base64 of a value, or begin packed data, or are so long that they may
 * go on in the next line; answers how many. `table` has the value of each letter of base64, then in which of the four places it can stand.
 */
export function wordRuns(text: usize, length: i32, seen: i32, mask: usize, table: usize, runs: usize): i32 {
  let found: usize = 0;
  let resume = 0;
  for (let base = 0; base < length; base += 64) {
    const at = mask + (base >>> 3);
    const own = load<u64>(at);
    if (own == 0) continue;
    let places = from64(eights(own, load<u64>(at, 8)), resume, base);
    while (places != 0) {
      const start = base + (ctz(places) as i32);
      resume = endOf(mask, start, length);
      if (resume - start >= WORD_LINE || (resume > seen && (isPacked(text, start, resume, table) || canBeBase64(text, start, resume, table)))) {
        store<i32>(runs + (found << 3), start);
        store<i32>(runs + (found << 3), resume, 4);
        found++;
      }
      places = from64(places, resume, base);
    }
  }
  return found as i32;
}

// @ts-ignore: decorator
@inline function isPacked(text: usize, start: i32, end: i32, table: usize): bool {
  if (end - start < PACKED_LEAST) return false;
  const magic = ((load<u8>(table + load<u8>(text + start)) as i32) << 10) | ((load<u8>(table + load<u8>(text + start, 1)) as i32) << 4) | ((load<u8>(table + load<u8>(text + start, 2)) as i32) >>> 2);
  return magic == 0x1f8b || magic == 0x504b || magic == 0x28b5;
}

/** Whether seven letters in a row fit, for one of the four ways to read them; four counters in one number. */
// @ts-ignore: decorator
@inline function canBeBase64(text: usize, start: i32, end: i32, table: usize): bool {
  let counters = 0;
  for (let at = start; at < end; at++) {
    const mask = load<u8>(table + load<u8>(text + at), 256) as i32;
    const bits = ((mask | (mask << 4)) >> ((at - start) & 3)) & 15;
    const spread = ((bits * 0x00204081) & 0x01010101) * 0xff;
    counters = (counters + 0x01010101) & spread;
    if (((counters + 0x79797979) & 0x80808080) != 0) return true;
  }
  return false;
}

/** Notes in `runs` (start, end) the runs of hexadecimal digits that can hold a value, or begin packed data. `table` has for each byte whether values have it. */
export function hexRuns(text: usize, length: i32, seen: i32, mask: usize, table: usize, runs: usize): i32 {
  let found: usize = 0;
  let resume = 0;
  for (let base = 0; base < length; base += 64) {
    const at = mask + (base >>> 3);
    const own = load<u64>(at);
    if (own == 0) continue;
    let places = from64(eights(own, load<u64>(at, 8)), resume, base);
    while (places != 0) {
      const start = base + (ctz(places) as i32);
      resume = endOf(mask, start, length);
      if (resume > seen && resume - start >= HEX_LEAST && (canBeHex(text, start, resume, table) || canBeHex(text, start + 1, resume, table))) {
        store<i32>(runs + (found << 3), start);
        store<i32>(runs + (found << 3), resume, 4);
        found++;
      }
      places = from64(places, resume, base);
    }
  }
  return found as i32;
}

const VALUE_LEAST: i32 = 6;

/** Whether six bytes in a row are ones that values have, or the first two begin packed data. */
// @ts-ignore: decorator
@inline function canBeHex(text: usize, start: i32, end: i32, table: usize): bool {
  const magic = (hexByte(text, start) << 8) | hexByte(text, start + 2);
  if (magic == 0x1f8b || magic == 0x504b || magic == 0x28b5) return true;
  let row = 0;
  for (let at = start; at + 1 < end; at += 2) {
    row = load<u8>(table + hexByte(text, at)) != 0 ? row + 1 : 0;
    if (row == VALUE_LEAST) return true;
  }
  return false;
}

/** Letters of either case have the lowest four bits of their value, less nine. */
// @ts-ignore: decorator
@inline function hexByte(text: usize, at: i32): i32 {
  const pair = load<u16>(text + at) as i32;
  const high = (pair & 15) + ((pair >> 6) & 1) * 9;
  const low = ((pair >> 8) & 15) + ((pair >> 14) & 1) * 9;
  return (high << 4) | low;
}

/** Notes in `runs` (start, end of its digits in `digits`) where digits stand in groups, so many at least, and in `digits` those of all, one after the other. */
export function numberRuns(text: usize, length: i32, seen: i32, least: i32, mask: usize, digitMask: usize, digits: usize, runs: usize): i32 {
  let found: usize = 0;
  let written: usize = 0;
  let resume = 0;
  for (let base = 0; base < length; base += 64) {
    const at = mask + (base >>> 3);
    const own = load<u64>(at);
    if (own == 0) continue;
    let places = from64(eights(own, load<u64>(at, 8)), resume, base);
    while (places != 0) {
      const start = base + (ctz(places) as i32);
      resume = endOf(mask, start, length);
      if (resume > seen && resume - start > least) {
        const count = bitsBetween(digitMask, start, resume);
        if (count >= least && count != resume - start) {
          for (let at = start; at < resume; at++) {
            const byte: u32 = load<u8>(text + at);
            store<u8>(digits + written, byte as u8);
            written += (byte - 0x30 < 10) as usize;
          }
          store<i32>(runs + (found << 3), start);
          store<i32>(runs + (found << 3), written as i32, 4);
          found++;
        }
      }
      places = from64(places, resume, base);
    }
  }
  return found as i32;
}

function bitsBetween(mask: usize, start: i32, end: i32): i32 {
  let sum = 0;
  for (let base = start & ~63; base < end; base += 64) {
    let bits = from64(load<u64>(mask + (base >>> 3)), start, base);
    if (end - base < 64) bits &= ((1 as u64) << (end - base)) - 1;
    sum += popcnt(bits) as i32;
  }
  return sum;
}

const UTF16_LEAST: i32 = 11;

/** Notes in `runs` (start, end) where every other byte is zero and none between. Only every eighth byte is looked at, for no such run is shorter. */
export function utf16Runs(text: usize, length: i32, seen: i32, mask: usize, runs: usize): i32 {
  let found: usize = 0;
  let resume = 0;
  for (let base = 0; base < length; base += 64) {
    const zeros = load<u64>(mask + (base >>> 3));
    if (zeros == 0 || zeros == -1) continue;
    const nibbles = zeros & 0x0f0f0f0f0f0f0f0f;
    let places = (isNibble(nibbles, 0x0a0a0a0a0a0a0a0a) | isNibble(nibbles, 0x0505050505050505)) >>> 7;
    places = from64(places, resume, base);
    while (places != 0) {
      const place = base + (ctz(places) as i32);
      let start = place + (load<u8>(text + place) == 0 ? 1 : 0);
      while (start >= 2 && load<u8>(text + start - 2) != 0 && load<u8>(text + start - 1) == 0) start -= 2;
      let end = start;
      while (end + 1 < length && load<u8>(text + end) != 0 && load<u8>(text + end, 1) == 0) end += 2;
      // With the high byte first, the last letter has no zero after it.
      if (end < length && load<u8>(text + end) != 0) end += 1;
      resume = max(end, place + 1);
      if (end > seen && end - start >= UTF16_LEAST) {
        store<i32>(runs + (found << 3), start);
        store<i32>(runs + (found << 3), end, 4);
        found++;
      }
      places = from64(places, resume, base);
    }
  }
  return found as i32;
}

/** The highest bit of each byte that is this one; bytes are below 16. */
// @ts-ignore: decorator
@inline function isNibble(bytes: u64, nibble: u64): u64 {
  return (((bytes ^ nibble) + 0x7f7f7f7f7f7f7f7f) & 0x8080808080808080) ^ 0x8080808080808080;
}

/**
 * Notes in `runs` (first, last) the escapes that stand no further from each other than `around`; answers how many such groups. `table` has for each
 * byte which escapes it begins, then which it can go on with, a bit each.
 */
export function escapeGroups(text: usize, length: i32, around: i32, mask: usize, table: usize, runs: usize): i32 {
  let found: usize = 0;
  let last = -around - 1;
  for (let base = 0; base < length; base += 64) {
    let places = load<u64>(mask + (base >>> 3));
    while (places != 0) {
      const place = base + (ctz(places) as i32);
      places &= places - 1;
      if (place >= length || (load<u8>(table + load<u8>(text + place)) & load<u8>(table + load<u8>(text + place, 1), 256)) == 0) continue;
      if (place - last > around) {
        store<i32>(runs + (found << 3), place);
        found++;
      }
      last = place;
      store<i32>(runs + (found << 3) - 4, place);
    }
  }
  return found as i32;
}
