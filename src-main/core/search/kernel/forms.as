// AssemblyScript: other writings of originals, of which there may be as many as originals: the bytes of servers, and digits alone.

/** What else an original needs that is made elsewhere: a bit each. */
const WIDE: u32 = 1;
const NUMBER: u32 = 2;
const STORED: u32 = 4;
/** It is one of IPv4, of which all is made here. */
const ADDRESS: u32 = 8;

/** Bytes one after the other, where each form ends, and the original that it is of. */
let bytes: usize = 0, ends: usize = 0, originals: usize = 0;
let count: i32 = 0, used: i32 = 0;

/** Begins an empty list of forms. */
export function openForms(bytesAt: usize, endsAt: usize, originalsAt: usize): void {
  bytes = bytesAt, ends = endsAt, originals = originalsAt;
  count = 0, used = 0;
}

export function formCount(): i32 {
  return count;
}

export function formBytes(): i32 {
  return used;
}

/** What was written at the end is a form of `original`. */
export function noteForm(original: i32, length: i32): void {
  used += length;
  store<i32>(ends + (count << 2), used);
  store<i32>(originals + (count << 2), original);
  count++;
}

// Bytes of each class in an original, in eight bits each of one number: it has at most 64.
const DIGITS: u64 = 0, HEX: u64 = 8, COLONS: u64 = 16, DOTS: u64 = 24, DASHES: u64 = 32, SLASHES: u64 = 40, LETTERS: u64 = 48, WIDES: u64 = 56;

// @ts-ignore: decorator
@inline function amount(sum: u64, place: u64): i32 {
  return ((sum >>> place) & 0xff) as i32;
}

/**
 * Looks at every original: which bytes there are (1 for each in `seen`), what else it needs (`flags`), and adds the bytes by which servers store whole
 * numbers and addresses of IPv4. `classes` has a number of eight bytes for each byte.
 */
export function addStoredForms(arena: usize, starts: usize, size: i32, classes: usize, seen: usize, flags: usize): void {
  for (let original = 0; original < size; original++) {
    const start = load<i32>(starts + (original << 2));
    const length = load<i32>(starts + (original << 2), 4) - start;
    const from = arena + start;
    let sum: u64 = 0;
    for (let at = from; at < from + length; at++) {
      const byte: usize = load<u8>(at);
      sum += load<u64>(classes + (byte << 3));
      store<u8>(seen + byte, 1);
    }
    const stored = storedFormOf(original, from, length, sum);
    // Nobody writes an address by its digits alone.
    store<u8>(flags + original, (stored == ADDRESS ? 0 : otherWritings(sum, length) | stored) as u8);
  }
}

/** Wide: letters beyond ASCII. Number: digits with at most a few letters, and something else between. */
// @ts-ignore: decorator
@inline function otherWritings(sum: u64, length: i32): u32 {
  if (amount(sum, WIDES) > 0) return WIDE;
  const digits = amount(sum, DIGITS);
  return digits > 0 && digits < length && amount(sum, LETTERS) <= 2 ? NUMBER : 0;
}

/** From so many digits on, the eight bytes of a number say something: shorter ones are what sizes, times and places in files are. */
const LONG_NUMBER: i32 = 14;
const LONGEST_NUMBER: i32 = 19;
const UUID_LENGTH: i32 = 36;

/** Adds what servers store of a number or an address of IPv4; answers whether it is such an address, or may have such a form otherwise. */
// @ts-ignore: decorator
@inline function storedFormOf(original: i32, from: usize, length: i32, sum: u64): u32 {
  if (length < 7 || length > 43) return 0;
  const digits = amount(sum, DIGITS);
  if (digits == length) {
    if (length >= LONG_NUMBER && length <= LONGEST_NUMBER) addNumber(original, from, length);
    return 0;
  }
  const hex = amount(sum, HEX);
  const colons = amount(sum, COLONS);
  const dots = amount(sum, DOTS);
  const dashes = amount(sum, DASHES);
  if (digits + hex + colons + dots + dashes + amount(sum, SLASHES) != length) return 0;
  if (dots == 3 && hex + colons + dashes == 0) {
    return addAddress(original, from, from + length) ? ADDRESS : 0;
  }
  return (dashes == 4 && length == UUID_LENGTH) || (colons >= 2 && dashes == 0) ? STORED : 0;
}

/** Eight bytes as PostgreSQL has them, and as InnoDB does, which sorts by bytes. */
function addNumber(original: i32, from: usize, length: i32): void {
  let value: u64 = 0;
  for (let at = from; at < from + length; at++) value = value * 10 + (load<u8>(at) - 0x30);
  if ((value as i64) < 0) return;
  store<u64>(bytes + used, value);
  noteForm(original, 8);
  store<u64>(bytes + used, bswap<u64>(value ^ 0x8000000000000000));
  noteForm(original, 8);
}

const DOT: u32 = 0x2e;
const SLASH: u32 = 0x2f;
const NO_PART: i32 = 0x1000;
const WIDEST: i32 = 32;
const FAMILY: u64 = 2;

/** Adds what PostgreSQL stores of an address of IPv4, behind the length, in a row and in an array, and the family; answers whether it is one. */
function addAddress(original: i32, from: usize, to: usize): bool {
  let address: u32 = 0;
  let at = from;
  for (let place = 0; place < 4; place++) {
    const end = endOfDigits(at, to);
    const value = partOf(at, end);
    if (value > 0xff || (place < 3 && (end == to || load<u8>(end) != DOT))) return false;
    address = (address >>> 8) | (value << 24);
    at = place < 3 ? end + 1 : end;
  }
  const prefix = at == to ? WIDEST : load<u8>(at) == SLASH && endOfDigits(at + 1, to) == to ? partOf(at + 1, to) : NO_PART;
  if (prefix > WIDEST) return false;
  const all = FAMILY | ((prefix as u64) << 8) | ((address as u64) << 16);
  store<u64>(bytes + used, 0x0f | (all << 8));
  noteForm(original, 7);
  store<u32>(bytes + used, 0x28);
  store<u64>(bytes + used, all, 4);
  noteForm(original, 10);
  return true;
}

function endOfDigits(from: usize, to: usize): usize {
  let at = from;
  while (at < to && (load<u8>(at) as u32) - 0x30 < 10) at++;
  return at;
}

/** A number of one to three digits, which begins with no needless zero. */
function partOf(from: usize, to: usize): i32 {
  if (to == from || to - from > 3 || (load<u8>(from) == 0x30 && to - from > 1)) return NO_PART;
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + (load<u8>(at) - 0x30);
  return value;
}

/** Adds the digits alone of numbers that are written in groups. Without leading zeros: a number of one country, with that country's code before it, goes without them. */
export function addDigits(arena: usize, starts: usize, size: i32, flags: usize, least: i32): void {
  for (let original = 0; original < size; original++) {
    if ((load<u8>(flags + original) & NUMBER) == 0) continue;
    let end = bytes + used;
    const to = arena + load<i32>(starts + (original << 2), 4);
    for (let at = arena + load<i32>(starts + (original << 2)); at < to; at++) {
      const byte: u32 = load<u8>(at);
      store<u8>(end, byte as u8);
      end += (byte - 0x30 < 10 && (byte != 0x30 || end > bytes + used)) as usize;
    }
    const length = (end - bytes) as i32 - used;
    if (length >= least) noteForm(original, length);
  }
}
