// AssemblyScript: where in a text something may stand in another writing.

// Masks of a text, a bit for each byte; `masks` holds one after the other, each `room` bytes long.
const WORD: usize = 0;
const HEX: usize = 1;
const NUMBER: usize = 2;
const DIGIT: usize = 3;
const ZERO: usize = 4;
const ESCAPE: usize = 5;

// @ts-ignore: decorator
@inline function lowerHalves(text: usize): v128 {
  return v128.and(v128.load(text), i8x16.splat(15));
}

/** A bit for the upper half of each byte; none from 128 on. */
// @ts-ignore: decorator
@inline function upperBits(text: usize): v128 {
  return i8x16.swizzle(i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0), v128.and(i16x8.shr_u(v128.load(text), 4), i8x16.splat(15)));
}

// @ts-ignore: decorator
@inline function outside(set: v128, lower: v128, upper: v128): u64 {
  return i8x16.bitmask(i8x16.eq(v128.and(i8x16.swizzle(set, lower), upper), i8x16.splat(0))) as u64;
}

/** A bit for each of 64 bytes that is in a set. */
// @ts-ignore: decorator
@inline function within(set: v128, l0: v128, l1: v128, l2: v128, l3: v128, u0: v128, u1: v128, u2: v128, u3: v128): u64 {
  return ~(outside(set, l0, u0) | (outside(set, l1, u1) << 16) | (outside(set, l2, u2) << 32) | (outside(set, l3, u3) << 48));
}

/** Tells for each byte of a text which kinds of run it can belong to. Text is read to a multiple of 64 bytes. */
export function classify(text: usize, length: i32, masks: usize, room: usize): void {
  // Sets of bytes below 128, by their lower halves: a bit for each upper half.
  const wordSet = i8x16(-88, -8, -8, -8, -8, -8, -8, -8, -8, -8, -16, 84, 80, 84, 80, 116);
  const hexSet = i8x16(8, 88, 88, 88, 88, 88, 88, 8, 8, 8, 0, 0, 0, 0, 0, 0);
  // Digits and + - / . ( ) and space.
  const numberSet = i8x16(12, 8, 8, 8, 8, 8, 8, 8, 12, 12, 0, 4, 0, 4, 4, 4);
  const digitSet = i8x16(8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 0, 0, 0, 0, 0, 0);
  const zeroSet = i8x16(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  // Backslash, per cent, equals, ampersand, apostrophe.
  const escapeSet = i8x16(0, 0, 0, 0, 0, 4, 4, 4, 0, 0, 0, 0, 32, 8, 0, 0);
  for (let index = 0; index < length; index += 64) {
    const at = text + index;
    const l0 = lowerHalves(at), l1 = lowerHalves(at + 16), l2 = lowerHalves(at + 32), l3 = lowerHalves(at + 48);
    const u0 = upperBits(at), u1 = upperBits(at + 16), u2 = upperBits(at + 32), u3 = upperBits(at + 48);
    const to = masks + (index >>> 3);
    store<u64>(to + WORD * room, within(wordSet, l0, l1, l2, l3, u0, u1, u2, u3));
    store<u64>(to + HEX * room, within(hexSet, l0, l1, l2, l3, u0, u1, u2, u3));
    store<u64>(to + NUMBER * room, within(numberSet, l0, l1, l2, l3, u0, u1, u2, u3));
    store<u64>(to + DIGIT * room, within(digitSet, l0, l1, l2, l3, u0, u1, u2, u3));
    store<u64>(to + ZERO * room, within(zeroSet, l0, l1, l2, l3, u0, u1, u2, u3));
    store<u64>(to + ESCAPE * room, within(escapeSet, l0, l1, l2, l3, u0, u1, u2, u3));
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

/** Where the run that holds a place begins. */
// @ts-ignore: decorator
@inline function startOf(mask: usize, place: i32): i32 {
  let index = place >>> 6;
  const later = 63 - (place & 63);
  let others = ~load<u64>(mask + (index << 3)) << later >>> later;
  while (others == 0) {
    if (--index < 0) return 0;
    others = ~load<u64>(mask + (index << 3));
  }
  return (index << 6) + 64 - (clz(others) as i32);
}

/** Leaves out the places before one. */
// @ts-ignore: decorator
@inline function from64(places: u64, first: i32, base: i32): u64 {
  const skipped = first - base;
  return skipped <= 0 ? places : skipped >= 64 ? 0 : (places >>> skipped) << skipped;
}

const WORD_LINE: i32 = 60;
const WORD_LEAST: i32 = 8;
const HEX_LEAST: i32 = 12;
const PACKED_LEAST: i32 = 18;
/** Where the sets of letters are in a table. */
const SETS: usize = 512;

/** Of the letters that can stand in each of the four places of base64, sets by the lower half of their bytes: a bit for each upper half. */
function makeSets(table: usize): void {
  memory.fill(table + SETS, 0, 64);
  for (let byte = 0; byte < 128; byte++) {
    const places = load<u8>(table + byte, 256) as i32;
    for (let place = 0; place < 4; place++) {
      const at = table + SETS + (place << 4) + (byte & 15);
      if ((places >> place) & 1) store<u8>(at, ((load<u8>(at) as i32) | (1 << (byte >> 4))) as u8);
    }
  }
}

/** Moves bits up, with those of the 64 before that come in. */
// @ts-ignore: decorator
@inline function moved(own: u64, before: u64, by: u64): u64 {
  return (own << by) | (before >>> (64 - by));
}

/**
 * Notes in `runs` (start, end) the runs of letters and digits that can be base64 of a value, or begin packed data, or are so long that they may
 * go on in the next line; answers how many. `table` has the value of each letter of base64, then in which of the four places it can stand, then room.
 * Only those runs are looked at that have sixteen letters, or four in a row that fit the four places.
 */
export function wordRuns(text: usize, length: i32, seen: i32, mask: usize, table: usize, runs: usize): i32 {
  makeSets(table);
  const first = v128.load(table + SETS);
  const second = v128.load(table + SETS, 16);
  const third = v128.load(table + SETS, 32);
  const fourth = v128.load(table + SETS, 48);
  let found: usize = 0;
  let resume = 0;
  let fits1: u64 = 0, fits2: u64 = 0, fits3: u64 = 0;
  let one: u64 = 0, two: u64 = 0, four: u64 = 0, eight: u64 = 0;
  for (let base = 0; base < length; base += 64) {
    const own = load<u64>(mask + (base >>> 3));
    const at = text + base;
    const l0 = lowerHalves(at), l1 = lowerHalves(at + 16), l2 = lowerHalves(at + 32), l3 = lowerHalves(at + 48);
    const u0 = upperBits(at), u1 = upperBits(at + 16), u2 = upperBits(at + 32), u3 = upperBits(at + 48);
    const own1 = within(first, l0, l1, l2, l3, u0, u1, u2, u3);
    const own2 = within(second, l0, l1, l2, l3, u0, u1, u2, u3);
    const own3 = within(third, l0, l1, l2, l3, u0, u1, u2, u3);
    const own4 = within(fourth, l0, l1, l2, l3, u0, u1, u2, u3);
    const ownTwo = own & moved(own, one, 1);
    const ownFour = ownTwo & moved(ownTwo, two, 2);
    const ownEight = ownFour & moved(ownFour, four, 4);
    let places = (ownEight & moved(ownEight, eight, 8)) | (own4 & moved(own3, fits3, 1) & moved(own2, fits2, 2) & moved(own1, fits1, 3));
    one = own, two = ownTwo, four = ownFour, eight = ownEight;
    fits1 = own1, fits2 = own2, fits3 = own3;
    places = from64(places, resume, base);
    while (places != 0) {
      const place = base + (ctz(places) as i32);
      const start = startOf(mask, place);
      resume = endOf(mask, place, length);
      if (resume - start >= WORD_LINE || (resume - start >= WORD_LEAST && resume > seen && (isPacked(text, start, resume, table) || canBeBase64(text, start, resume, table)))) {
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
  if (magic == 0x1f8b || magic == 0x504b || magic == 0x28b5 || isZlib(magic)) return true;
  // MySQL's COMPRESS() has four bytes of length before it.
  const later = text + start + 5;
  return isZlib((((load<u8>(table + load<u8>(later)) as i32) & 15) << 12) | ((load<u8>(table + load<u8>(later, 1)) as i32) << 6) | (load<u8>(table + load<u8>(later, 2)) as i32));
}

/** Whether two bytes are a header of zlib with the usual window. */
// @ts-ignore: decorator
@inline function isZlib(magic: i32): bool {
  return magic == 0x7801 || magic == 0x785e || magic == 0x789c || magic == 0x78da;
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

/** Notes in `runs` (start, end) the runs of hexadecimal digits that can hold a value, or begin packed data. `table` has for each byte whether values have it, then room. */
export function hexRuns(text: usize, length: i32, seen: i32, mask: usize, table: usize, runs: usize): i32 {
  memory.fill(table + SETS, 0, 32);
  for (let byte = 0; byte < 256; byte++) {
    const at = table + SETS + ((byte >> 7) << 4) + (byte & 15);
    if (load<u8>(table + byte) != 0) store<u8>(at, ((load<u8>(at) as i32) | (1 << ((byte >> 4) & 7))) as u8);
  }
  const low = v128.load(table + SETS);
  const high = v128.load(table + SETS, 16);
  let found: usize = 0;
  let resume = 0;
  for (let base = 0; base < length; base += 64) {
    const at = mask + (base >>> 3);
    const own = load<u64>(at);
    if (own == 0) continue;
    const next = load<u64>(at, 8);
    // Twelve in a row.
    let places = from64(eights(own, next) & eights(moved(next, own, 60), next >>> 4), resume, base);
    while (places != 0) {
      const start = base + (ctz(places) as i32);
      resume = endOf(mask, start, length);
      if (resume > seen && resume - start >= HEX_LEAST && (isPackedHex(text + start) || isPackedHex(text + start + 1) || isZlibHex(text + start + 8) || canBeHex(text, start, resume, low, high))) {
        store<i32>(runs + (found << 3), start);
        store<i32>(runs + (found << 3), resume, 4);
        found++;
      }
      places = from64(places, resume, base);
    }
  }
  return found as i32;
}

/** Whether digits begin packed data. */
// @ts-ignore: decorator
@inline function isPackedHex(digits: usize): bool {
  const four = load<u32>(digits) | 0x20202020;
  // 1f8b, 504b, 28b5.
  return four == 0x62386631 || four == 0x62343035 || four == 0x35623832 || isZlibHex(digits);
}

// @ts-ignore: decorator
@inline function isZlibHex(digits: usize): bool {
  const four = load<u32>(digits) | 0x20202020;
  // 7801, 785e, 789c, 78da.
  return four == 0x31303837 || four == 0x65353837 || four == 0x63393837 || four == 0x61643837;
}

/** Whether, beginning with the first digit or the second, six bytes in a row are ones that values have. `low` and `high` are the sets of those below 128 and of the others. */
// @ts-ignore: decorator
@inline function canBeHex(text: usize, start: i32, end: i32, low: v128, high: v128): bool {
  let before: u32 = 0;
  for (let at = start; at + 1 < end; at += 16) {
    const known = (knownPairs(text + at, low, high) & ((1 << min(16, end - 1 - at)) - 1)) as u32;
    // A bit for each digit, and one of two that follow each other stands for the byte.
    const both = before | (known << 16);
    const two = both & (both >>> 2);
    if ((two & (two >>> 4) & (two >>> 8)) != 0) return true;
    before = known;
  }
  return false;
}

/** A bit for each of sixteen digits that begins, with the next one, a byte of the sets. */
// @ts-ignore: decorator
@inline function knownPairs(digits: usize, low: v128, high: v128): i32 {
  const upper = hexValues(v128.load(digits));
  const lower = hexValues(v128.load(digits, 1));
  const lowBit = i8x16.swizzle(i8x16(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0), upper);
  const highBit = i8x16.swizzle(i8x16(0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, -128), upper);
  const found = v128.or(v128.and(i8x16.swizzle(low, lower), lowBit), v128.and(i8x16.swizzle(high, lower), highBit));
  return ~i8x16.bitmask(i8x16.eq(found, i8x16.splat(0)));
}

/** Letters of either case have the lowest four bits of their value, less nine. */
// @ts-ignore: decorator
@inline function hexValues(digits: v128): v128 {
  return i8x16.add(v128.and(digits, i8x16.splat(15)), v128.and(i8x16.gt_s(digits, i8x16.splat(0x40)), i8x16.splat(9)));
}

/** Notes in `runs` (start, end of its digits in `digits`) where digits stand in groups, so many at least, and in `digits` those of all, each followed by a zero. */
export function numberRuns(text: usize, length: i32, seen: i32, least: i32, mask: usize, digitMask: usize, digits: usize, runs: usize): i32 {
  let found: usize = 0;
  let written: usize = 0;
  let resume = 0;
  for (let base = 0; base < length; base += 64) {
    const at = mask + (base >>> 3);
    const own = load<u64>(at);
    if (own == 0) continue;
    const next = load<u64>(at, 8);
    // Digits and what groups them are more than so many.
    let places = from64(eights(own, next) & (least < 9 ? -1 : moved(next, own, 56) & moved(next, own, 55)), resume, base);
    while (places != 0) {
      const start = base + (ctz(places) as i32);
      resume = endOf(mask, start, length);
      if (resume > seen && resume - start > least && isGrouped(digitMask, start, resume, least)) {
        for (let at = start; at < resume; at++) {
          const byte: u32 = load<u8>(text + at);
          store<u8>(digits + written, byte as u8);
          written += (byte - 0x30 < 10) as usize;
        }
        store<i32>(runs + (found << 3), start);
        store<i32>(runs + (found << 3), written as i32, 4);
        store<u8>(digits + written++, 0);
        found++;
      }
      places = from64(places, resume, base);
    }
  }
  return found as i32;
}

/** Whether there are so many digits, and something between them: a number in one piece is found where it stands. */
function isGrouped(mask: usize, start: i32, end: i32, least: i32): bool {
  let digits = 0;
  let groups = 0;
  let before: u64 = 0;
  for (let base = start & ~63; base < end; base += 64) {
    let bits = from64(load<u64>(mask + (base >>> 3)), start, base);
    if (end - base < 64) bits &= ((1 as u64) << (end - base)) - 1;
    digits += popcnt(bits) as i32;
    groups += popcnt(bits & ~moved(bits, before, 1)) as i32;
    before = bits;
  }
  return digits >= least && groups > 1;
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
