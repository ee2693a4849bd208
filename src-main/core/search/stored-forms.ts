import { isIPv4, isIPv6 } from 'node:net';

const [COLON, DASH, DOT] = [0x3a, 0x2d, 0x2e];
const UUID_LENGTH = 36;
/** From so many digits on, the eight bytes of a number say something: shorter ones are what sizes, times and places in files are. */
const LONG_NUMBER = 14;
const LONGEST_NUMBER = 19;
/** What PostgreSQL puts before an address of IPv4: the length of what it stores, in a row and in an array, and the family. */
const LENGTHS = [[0x0f], [0x28, 0, 0, 0]];
const FAMILY = 2;

/**
 * The bytes by which servers store what is written as a text: addresses of networks and devices, UUIDs as MariaDB turns them around, long whole
 * numbers. Forms so short that any file may have them by coincidence are none.
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
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, length).toString('latin1');
  if (kind === 'number') return formsOfNumber(text);
  if (kind === 'uuid') return formsOfUuid(text);
  return kind === 'dots' ? formsOfV4(text) : formsOfColons(text);
}

const NONE: readonly Uint8Array[] = [];

/** Looks at every byte once: there may be millions of values. */
function shapeOf(bytes: Uint8Array, from: number, to: number): 'number' | 'dots' | 'colons' | 'uuid' | 'other' {
  let [digits, letters, colons, dots, dashes] = [0, 0, 0, 0, 0];
  for (let index = from; index < to; index++) {
    const byte = bytes[index] ?? 0;
    const letter = byte | 0x20;
    if (byte >= 0x30 && byte <= 0x39) digits++;
    else if (letter >= 0x61 && letter <= 0x66) letters++;
    else if (byte === COLON) colons++;
    else if (byte === DOT) dots++;
    else if (byte === DASH) dashes++;
    else if (byte !== 0x2f) return 'other';
  }
  const length = to - from;
  if (digits === length) return length >= LONG_NUMBER && length <= LONGEST_NUMBER ? 'number' : 'other';
  if (dashes === 4 && length === UUID_LENGTH) return 'uuid';
  if (dots === 3 && letters + colons + dashes === 0) return 'dots';
  return colons >= 2 && dashes === 0 ? 'colons' : 'other';
}

/** Eight bytes as PostgreSQL has them, and as InnoDB does, which sorts by bytes. */
function formsOfNumber(text: string): readonly Uint8Array[] {
  const number = BigInt(text);
  if (number > 0x7fffffffffffffffn) return NONE;
  const [little, big] = [Buffer.alloc(8), Buffer.alloc(8)];
  little.writeBigInt64LE(number);
  big.writeBigUInt64BE(number | 0x8000000000000000n);
  return [little, big];
}

/** MariaDB has the part that changes least first. */
function formsOfUuid(text: string): readonly Uint8Array[] {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return NONE;
  return [Buffer.from(text.split('-').reverse().join(''), 'hex')];
}

function formsOfV4(text: string): readonly Uint8Array[] {
  const [address = '', prefix = '32'] = text.split('/');
  if (!isIPv4(address) || !/^\d{1,2}$/.test(prefix)) return NONE;
  return LENGTHS.map((length) => Uint8Array.from([...length, FAMILY, Number(prefix), ...address.split('.').map(Number)]));
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
