import { constants, createInflateRaw, inflateRawSync } from 'node:zlib';

/** Packed data in a text: where what comes after its header begins. All but zstd is deflated. */
export type Packed = { readonly at: number; readonly kind: 'gzip' | 'zip' | 'zlib' | 'zstd' };

const GZIP = Buffer.from([0x1f, 0x8b, 0x08]);
const ZIP = Buffer.from([0x50, 0x4b, 0x03, 0x04]);
const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** The header of zlib with the usual window and no dictionary is this and one of four (RFC 1950, section 2.2). So short a one stands in many a text. */
const ZLIB = 0x78;
const ZLIB_LEVELS = [0x01, 0x5e, 0x9c, 0xda];

/** More than this is not unpacked of one part: it says so instead of filling the memory. */
const MOST_UNPACKED = 2 ** 32;
const MOST_AT_ONCE = 2 ** 26;
/** Of what only looks like packed data, hardly ever so much can be unpacked. */
export const DOUBTFUL = 64;

/** Whether bytes begin data that zlib packed. */
export const isZlib = (first: number | undefined, second: number | undefined) => first === ZLIB && second !== undefined && ZLIB_LEVELS.includes(second);

/** Where packed data begins between these positions. */
export function findPacked(bytes: Buffer, from: number, to: number): Packed[] {
  const found: Packed[] = [];
  for (let at = bytes.indexOf(GZIP, from); at !== -1 && at < to; at = bytes.indexOf(GZIP, at + 1)) if (((bytes[at + 3] ?? 0xff) & 0xe0) === 0) found.push({ at: afterGzipHeader(bytes, at), kind: 'gzip' });
  for (let at = bytes.indexOf(ZIP, from); at !== -1 && at < to; at = bytes.indexOf(ZIP, at + 1)) {
    if (at + 30 <= bytes.length && bytes.readUInt16LE(at + 8) === 8) found.push({ at: at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28), kind: 'zip' });
  }
  for (let at = bytes.indexOf(ZSTD, from); at !== -1 && at < to; at = bytes.indexOf(ZSTD, at + 1)) found.push({ at, kind: 'zstd' });
  for (let at = bytes.indexOf(ZLIB, from); at !== -1 && at < to; at = bytes.indexOf(ZLIB, at + 1)) {
    while (bytes[at + 1] === ZLIB) at += 1;
    if (at < to && isZlib(ZLIB, bytes[at + 1]) && mayBeDeflated(bytes, at + 2)) found.push({ at: at + 2, kind: 'zlib' });
  }
  return found;
}

/** How many lengths of codes there are in each order (RFC 1951, section 3.2.7), at most. */
const [MOST_LITERALS, MOST_DISTANCES] = [286, 30];
const LONGEST_CODE = 7;

/**
 * Whether a deflated block can begin there, by the header of the block (RFC 1951, section 3.2.3 to 3.2.7): of bytes that only look like packed data, three of
 * four cannot, and trying to unpack them costs much more. What is cut off is not ruled out.
 */
export function mayBeDeflated(bytes: Uint8Array, at: number): boolean {
  const kind = bitsAt(bytes, at, 1, 2);
  if (kind === 0) return at + 5 > bytes.length || (bitsAt(bytes, at, 8, 16) ^ bitsAt(bytes, at, 24, 16)) === 0xffff;
  if (kind !== 2) return kind === 1;
  if (bitsAt(bytes, at, 3, 5) + 257 > MOST_LITERALS || bitsAt(bytes, at, 8, 5) + 1 > MOST_DISTANCES) return false;
  const lengths = bitsAt(bytes, at, 13, 4) + 4;
  if (at + 12 > bytes.length) return true;
  // The code of the lengths has to be complete.
  let codes = 0;
  for (let index = 0; index < lengths; index++) {
    const length = bitsAt(bytes, at, 17 + index * 3, 3);
    if (length > 0) codes += 1 << (LONGEST_CODE - length);
  }
  return codes === 1 << LONGEST_CODE;
}

/** At most 16 bits from one on, the first of which is the lowest. */
function bitsAt(bytes: Uint8Array, at: number, from: number, count: number): number {
  const byte = at + (from >>> 3);
  const word = (bytes[byte] ?? 0) | ((bytes[byte + 1] ?? 0) << 8) | ((bytes[byte + 2] ?? 0) << 16);
  return (word >>> (from & 7)) & ((1 << count) - 1);
}

/** A file's name, comment and more may stand in the header. */
function afterGzipHeader(bytes: Buffer, at: number): number {
  const flags = bytes[at + 3] ?? 0;
  let end = at + 10;
  if ((flags & 4) !== 0 && end + 2 <= bytes.length) end += 2 + bytes.readUInt16LE(end);
  for (const text of [8, 16]) if ((flags & text) !== 0) end = bytes.indexOf(0, end) === -1 ? bytes.length : bytes.indexOf(0, end) + 1;
  return (flags & 2) !== 0 ? end + 2 : end;
}

/** As much as can be unpacked of what is at hand; `undefined` where it is no packed data. */
export function unpackAtOnce(bytes: Uint8Array): Uint8Array | undefined {
  try {
    return withoutStacks(() => inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MOST_AT_ONCE }));
  } catch {
    return undefined;
  }
}

/** What packed data holds that ends among these bytes; `more` where it goes on after them, `undefined` where it is no packed data. */
export function unpackShort(bytes: Uint8Array): Uint8Array | 'more' | undefined {
  if (bytes.length === 0) return undefined;
  try {
    return withoutStacks(() => inflateRawSync(bytes, { maxOutputLength: MOST_AT_ONCE }));
  } catch (error) {
    const { code } = error as { readonly code?: string };
    return code === 'Z_BUF_ERROR' || code === 'ERR_BUFFER_TOO_LARGE' ? 'more' : undefined;
  }
}

/** What only looks like packed data fails so often that telling where it failed would take most of the time. */
function withoutStacks<Result>(body: () => Result): Result {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return body();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Unpacks a stream piece by piece into `sink`. */
export class Unpacker {
  private readonly stream = createInflateRaw();
  private readonly finished: Promise<'whole' | 'cut' | 'not packed'>;
  private ended = false;
  private bytes = 0;

  constructor(sink: (chunk: Uint8Array) => void, kind: Packed['kind']) {
    const least = kind === 'zlib' ? DOUBTFUL : 0;
    this.finished = new Promise((resolve) => {
      const end = (how: 'whole' | 'cut' | 'not packed') => {
        this.ended = true;
        resolve(how);
      };
      this.stream.on('data', (chunk: Buffer) => {
        this.bytes += chunk.length;
        sink(chunk);
        if (this.bytes > MOST_UNPACKED) this.stream.destroy();
      });
      this.stream.once('end', () => end('whole'));
      this.stream.once('error', () => end(this.bytes > least ? 'cut' : 'not packed'));
      this.stream.once('close', () => end(this.bytes > least ? 'cut' : 'not packed'));
    });
  }

  /** Takes what follows; answers false where nothing more is wanted. Waits while much is still to be unpacked. */
  async push(chunk: Uint8Array): Promise<boolean> {
    if (this.ended) return false;
    if (!this.stream.write(chunk)) await Promise.race([this.finished, new Promise<void>((resolve) => this.stream.once('drain', resolve))]);
    return !this.ended;
  }

  /** Says whether everything was unpacked, or a part, or whether it only looked like packed data. */
  async close(): Promise<'whole' | 'cut' | 'not packed'> {
    if (!this.ended) this.stream.end();
    return this.finished;
  }
}
