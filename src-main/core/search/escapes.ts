import type { Text } from './gram-index.ts';
import type { View } from './view.ts';

/** How far around an escape its value may reach, in bytes of the text. */
const AROUND = 448;

/** Escapes within escapes that are undone: JSON in a row of text, and that once more. */
const DEPTH = 3;

/** Undoes \n, \\, \", \x41, \u0041, \101, %41, =41, &amp;, &#65; and doubled quotes, around every place where there is one. */
export function findEscapes(text: Text, seen: number, view: View): void {
  const bytes = Buffer.from(text.bytes.buffer, 0, text.length);
  let from = 0;
  for (;;) {
    const first = nextEscape(bytes, from);
    if (first === -1) return;
    let last = first;
    for (let next = first; next !== -1 && next - last <= AROUND; next = nextEscape(bytes, next + 1)) last = next;
    const start = Math.max(from, first - AROUND);
    const end = Math.min(bytes.length, last + AROUND);
    if (end > seen) undoAll(bytes.subarray(start, end), start, view);
    if (last + 1 >= bytes.length) return;
    from = last + 1;
  }
}

function undoAll(bytes: Uint8Array, origin: number, view: View): void {
  let current = bytes;
  for (let depth = 0; depth < DEPTH; depth++) {
    const undone = undo(current);
    if (undone.length === current.length) return;
    view.begin(origin);
    for (const byte of undone) view.push(byte);
    current = undone;
  }
}

/** What may follow each byte that an escape begins with. */
const FOLLOWERS: Readonly<Record<number, RegExp>> = { 0x5c: /[\\"'/nrtbfvux0-7]/, 0x25: /[0-9a-f]/i, 0x3d: /[0-9A-F\r\n]/, 0x26: /[#a-zA-Z]/, 0x27: /'/ };

const starts = Uint8Array.from({ length: 256 }, (_, byte) => (FOLLOWERS[byte] === undefined ? 0 : 1));
const pairs = new Set(
  Object.entries(FOLLOWERS).flatMap(([byte, followers]) => Array.from({ length: 256 }, (_, next) => next).flatMap((next) => (followers.test(String.fromCharCode(next)) ? [Number(byte) * 256 + next] : []))),
);

function nextEscape(bytes: Buffer, from: number): number {
  for (let index = from; index < bytes.length; index++) if (starts[bytes[index] ?? 0] === 1 && pairs.has((bytes[index] ?? 0) * 256 + (bytes[index + 1] ?? 0))) return index;
  return -1;
}

const SIMPLE: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', '0': '\0' };
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', auml: 'ä', ouml: 'ö', uuml: 'ü', Auml: 'Ä', Ouml: 'Ö', Uuml: 'Ü', szlig: 'ß', eacute: 'é', egrave: 'è' };
const PATTERN = /\\u([0-9a-f]{4})|\\x([0-9a-f]{2})|%([0-9a-f]{2})|=([0-9a-f]{2})|=\r?\n|\\([0-7]{3})|\\([\s\S])|&#x([0-9a-f]{1,6});|&#(\d{1,7});|&([a-z]{2,6});|''/gi;

/** One layer of escapes undone. Bytes are read as Latin-1, so that each keeps its place. */
function undo(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1');
  const undone = text.replace(PATTERN, (whole: string, ...parts: (string | undefined)[]) => {
    const [unicode, hex, percent, quoted, octal, simple, entityHex, entityDecimal, named] = parts;
    if (unicode !== undefined) return utf16Unit(parseInt(unicode, 16));
    const byte = hex ?? percent ?? quoted;
    if (byte !== undefined) return String.fromCharCode(parseInt(byte, 16));
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8) & 0xff);
    if (simple !== undefined) return SIMPLE[simple] ?? simple;
    if (entityHex !== undefined) return utf8(parseInt(entityHex, 16));
    if (entityDecimal !== undefined) return utf8(Number(entityDecimal));
    if (named !== undefined) return NAMED[named] === undefined ? whole : latin1(NAMED[named]);
    return whole === "''" ? "'" : '';
  });
  return Buffer.from(undone, 'latin1');
}

/** Halves of a pair lose their partner here: what they stand for is not found, what stands around them is. */
const utf16Unit = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff ? '?' : utf8(unit));
const utf8 = (code: number) => (code <= 0x10ffff ? latin1(String.fromCodePoint(code)) : '?');
const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
