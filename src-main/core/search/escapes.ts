import type { Scanned } from './kernel/scan-kernel.ts';
import { isOfText } from './part-of-value.ts';
import type { View } from './view.ts';

/** How far around an escape its value may reach without another one: the longest pattern, and what the escape itself takes. */
const REACH = 160;
/** How far a text is looked at around an escape, so that what stands there is seen whole. Where bytes are no text, accidental escapes are many. */
const CONTEXT = 448;

/** Escapes within escapes that are undone: JSON in a row of text, and that once more. */
const DEPTH = 3;

/** Undoes \n, \\, \", \x41, \u0041, \101, %41 with + for a space, =41, &amp;, &#65; and doubled quotes, around every place where there is one. */
export function findEscapes({ text, seen, scan }: Scanned, view: View): void {
  const { list, count } = scan.escapes(begins, follows, REACH);
  let from = 0;
  for (let group = 0; group < count; group++) {
    const [first, last] = [list[group * 2] ?? 0, list[group * 2 + 1] ?? 0];
    const to = group + 1 < count ? (list[group * 2 + 2] ?? 0) : text.length;
    const start = startOfText(text.bytes, first, from);
    const end = endOfText(text.bytes, last, to);
    if (end > seen) undoAll(text.bytes.subarray(start, end), start, view);
    from = last + 1;
  }
}

function startOfText(bytes: Uint8Array, escape: number, from: number): number {
  const least = Math.max(from, escape - CONTEXT);
  let start = Math.max(from, escape - REACH);
  while (start > least && isOfText(bytes[start - 1] ?? 0)) start -= 1;
  return start;
}

function endOfText(bytes: Uint8Array, escape: number, to: number): number {
  const most = Math.min(to, escape + CONTEXT);
  let end = Math.min(to, escape + REACH);
  while (end < most && isOfText(bytes[end] ?? 0)) end += 1;
  return end;
}

function undoAll(bytes: Uint8Array, origin: number, view: View): void {
  let current = bytes;
  for (let depth = 0; depth < DEPTH; depth++) {
    const undone = undo(current);
    if (undone.length === current.length) return;
    view.begin(origin);
    view.pushPart(undone, 0, undone.length);
    current = undone;
  }
}

/** What may follow each byte that an escape begins with. */
const FOLLOWERS: Readonly<Record<number, RegExp>> = { 0x5c: /[\\"'/nrtbfvux0-7]/, 0x25: /[0-9a-f]/i, 0x3d: /[0-9A-F\r\n]/, 0x26: /[#a-zA-Z]/, 0x27: /'/ };

/** A bit for each escape: in the byte that it begins with, and in each that may follow there. */
const begins = Uint8Array.from({ length: 256 }, (_, byte) => bitsOf(([start]) => Number(start) === byte));
const follows = Uint8Array.from({ length: 256 }, (_, byte) => bitsOf(([, followers]) => followers.test(String.fromCharCode(byte))));

function bitsOf(isMeant: (escape: readonly [string, RegExp]) => boolean): number {
  return Object.entries(FOLLOWERS).reduce((bits, escape, index) => bits | (isMeant(escape) ? 1 << index : 0), 0);
}

const SIMPLE: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', '0': '\0' };
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', auml: 'ä', ouml: 'ö', uuml: 'ü', Auml: 'Ä', Ouml: 'Ö', Uuml: 'Ü', szlig: 'ß', eacute: 'é', egrave: 'è' };
const PATTERN = /\\u([0-9a-f]{4})|\\x([0-9a-f]{2})|%([0-9a-f]{2})|=([0-9a-f]{2})|=\r?\n|\\([0-7]{3})|\\([\s\S])|&#x([0-9a-f]{1,6});|&#(\d{1,7});|&([a-z]{2,6});|''|\+/gi;

const PERCENT = /%[0-9a-f]{2}/i;

/** One layer of escapes undone. Bytes are read as Latin-1, so that each keeps its place. */
function undo(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1');
  let space: string | undefined;
  const undone = text.replace(PATTERN, (whole: string, ...parts: (string | undefined)[]) => {
    const [unicode, hex, percent, quoted, octal, simple, entityHex, entityDecimal, named] = parts;
    if (unicode !== undefined) return utf16Unit(parseInt(unicode, 16));
    // Of an address, `name=bart` is not quoted.
    if (quoted !== undefined && quoted !== quoted.toUpperCase()) return whole;
    const byte = hex ?? percent ?? quoted;
    if (byte !== undefined) return String.fromCharCode(parseInt(byte, 16));
    if (octal !== undefined) return String.fromCharCode(parseInt(octal, 8) & 0xff);
    if (simple !== undefined) return SIMPLE[simple] ?? simple;
    if (entityHex !== undefined) return utf8(parseInt(entityHex, 16));
    if (entityDecimal !== undefined) return utf8(Number(entityDecimal));
    if (named !== undefined) return NAMED[named] === undefined ? whole : latin1(NAMED[named]);
    return whole === "''" ? "'" : whole === '+' ? (space ??= PERCENT.test(text) ? ' ' : '+') : '';
  });
  return Buffer.from(undone, 'latin1');
}

/** Halves of a pair lose their partner here: what they stand for is not found, what stands around them is. */
const utf16Unit = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff ? '?' : utf8(unit));
const utf8 = (code: number) => (code <= 0x10ffff ? latin1(String.fromCodePoint(code)) : '?');
const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
