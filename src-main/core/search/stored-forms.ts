import { isIPv6 } from 'node:net';

const [COLON, DASH, DOT, SLASH] = [0x3a, 0x2d, 0x2e, 0x2f];
const UUID_LENGTH = 36;
/** From so many digits on, the eight bytes of a number say something: shorter ones are what sizes, times and places in files are. */
const LONG_NUMBER = 14;
const LONGEST_NUMBER = 19;
/** What PostgreSQL puts before an address of IPv4: the length of what it stores, in a row and in an array, and the family. */
const LENGTHS = [[0x0f], [0x28, 0, 0, 0]];
const FAMILY = 2;

/**
 * The bytes by which servers store what is written as a text: addresses of networks and devices, UUIDs as MariaDB turns them around, long whole
 * numbers. Forms so short that any file may have them by coincidence are none. What is answered lasts until the next call.
 */
export function storedForms(bytes: Uint8Array, from: number, to: number): readonly Uint8Array[] {
  const length = to - from;
  // Few values come further than this.
  if (length < 7 || length > 43) return NONE;
  const byte = bytes[from] ?? 0;
  const isHex = (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66) || byte === COLON;
  if (!isHex) return NONE;
  const kind = shapeOf(bytes, from, to);
  if (kind === 'other') return NONE;
  if (kind === 'number') return formsOfNumber(bytes, from, to);
  if (kind === 'dots') return formsOfV4(bytes, from, to);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, length).toString('latin1');
  return kind === 'uuid' ? formsOfUuid(text) : formsOfColons(text);
}

const NONE: readonly Uint8Array[] = [];

/** Looks at every byte once: there may be millions of values. */
function shapeOf(bytes: Uint8Array, from: number, to: number): 'number' | 'dots' | 'colons' | 'uuid' | 'other' {
  let [numerals, letters, colons, dots, dashes] = [0, 0, 0, 0, 0];
  for (let index = from; index < to; index++) {
    const byte = bytes[index] ?? 0;
    const letter = byte | 0x20;
    if (byte >= 0x30 && byte <= 0x39) numerals++;
    else if (letter >= 0x61 && letter <= 0x66) letters++;
    else if (byte === COLON) colons++;
    else if (byte === DOT) dots++;
    else if (byte === DASH) dashes++;
    else if (byte !== SLASH) return 'other';
  }
  const length = to - from;
  if (numerals === length) return length >= LONG_NUMBER && length <= LONGEST_NUMBER ? 'number' : 'other';
  if (dashes === 4 && length === UUID_LENGTH) return 'uuid';
  if (dots === 3 && letters + colons + dashes === 0) return 'dots';
  return colons >= 2 && dashes === 0 ? 'colons' : 'other';
}

const LITTLE = Buffer.alloc(8);
const BIG = Buffer.alloc(8);
const NUMBERS: readonly Uint8Array[] = [LITTLE, BIG];
const [HALF, WHOLE] = [0x10000, 0x1_0000_0000];

/** Eight bytes as PostgreSQL has them, and as InnoDB does, which sorts by bytes. There may be millions: no big integer is made for them. */
function formsOfNumber(bytes: Uint8Array, from: number, to: number): readonly Uint8Array[] {
  const [front, back] = [digits(bytes, from, to - 9), digits(bytes, to - 9, to)];
  const upper = Math.floor(front / HALF) * 1e9;
  const lower = (upper % HALF) * HALF + (front % HALF) * 1e9 + back;
  const high = Math.floor(upper / HALF) + Math.floor(lower / WHOLE);
  if (high > 0x7fffffff) return NONE;
  LITTLE.writeUInt32LE(lower % WHOLE, 0);
  LITTLE.writeUInt32LE(high, 4);
  BIG.writeUInt32BE(high + 0x80000000, 0);
  BIG.writeUInt32BE(lower % WHOLE, 4);
  return NUMBERS;
}

function digits(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let index = from; index < to; index++) value = value * 10 + ((bytes[index] ?? 0) - 0x30);
  return value;
}

/** MariaDB has the part that changes least first. */
function formsOfUuid(text: string): readonly Uint8Array[] {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return NONE;
  return [Buffer.from(text.split('-').reverse().join(''), 'hex')];
}

/** Each form, and where in it the prefix and the address stand. */
const V4 = LENGTHS.map((length) => Uint8Array.from([...length, FAMILY, 32, 0, 0, 0, 0]));
const WIDEST = 32;

function formsOfV4(bytes: Uint8Array, from: number, to: number): readonly Uint8Array[] {
  let slash = from;
  while (slash < to && bytes[slash] !== SLASH) slash++;
  const prefix = slash === to ? WIDEST : part(bytes, slash + 1, to);
  if (prefix < 0 || prefix > WIDEST) return NONE;
  let begin = from;
  for (let place = 4; place > 0; place--) {
    let end = begin;
    while (end < slash && bytes[end] !== DOT) end++;
    const value = part(bytes, begin, end);
    if (value < 0 || value > 0xff || (end === slash) !== (place === 1)) return NONE;
    for (const form of V4) form[form.length - place] = value;
    begin = end + 1;
  }
  for (const form of V4) form[form.length - 5] = prefix;
  return V4;
}

/** A number of one to three digits, which begins with no needless zero; -1 for anything else. */
function part(bytes: Uint8Array, from: number, to: number): number {
  if (to <= from || to - from > 3 || (bytes[from] === 0x30 && to - from > 1)) return -1;
  for (let index = from; index < to; index++) if ((bytes[index] ?? 0) < 0x30 || (bytes[index] ?? 0) > 0x39) return -1;
  return digits(bytes, from, to);
}

/** An address of a device, or of IPv6. */
function formsOfColons(text: string): readonly Uint8Array[] {
  if (/^(?:[0-9a-f]{2}:){5,7}[0-9a-f]{2}$/i.test(text)) {
    const device = Buffer.from(text.replaceAll(':', ''), 'hex');
    return telling(device) >= 5 ? [device] : NONE;
  }
  const [address = ''] = text.split('/');
  if (!isIPv6(address)) return NONE;
  const bytes = bytesOfV6(address);
  return telling(bytes) >= 6 ? [bytes] : NONE;
}

/** Bytes that are not those that fill files everywhere. */
const telling = (bytes: Uint8Array) => bytes.reduce((sum, byte) => sum + (byte === 0 || byte === 0xff ? 0 : 1), 0);

function bytesOfV6(address: string): Uint8Array {
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.map(Number);
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = '', tail] = plain.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const groups = tail === undefined ? [...head] : [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => '0'), ...tail];
  return Uint8Array.from(groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]));
}
