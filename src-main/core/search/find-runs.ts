import type { Text } from './gram-index.ts';
import { readUtf16 } from './utf16.ts';
import type { View } from './view.ts';

/** The views that runs of a text are decoded into. */
export type RunViews = { readonly utf16: View; readonly hex: View; readonly base64: View; readonly digits: View };

const BASE64 = 1;
const HEX = 2;
const NUMBER = 4;
const DIGIT = 8;

const classes = classTable();
const hexValues = valueTable('0123456789abcdef', 'ABCDEF', 10);
const base64Values = valueTable('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', '-_', 62);

/** The shortest run of each kind that can hold a value of six bytes. */
const LEAST = { base64: 8, hex: 12 } as const;
/** A line of base64 is at least so long before it is taken to go on in the next line. */
const LINE = 60;

/**
 * Finds what may be values in another writing and decodes it: UTF-16, hexadecimal, base64 (each way that a value can lie in it), and numbers
 * that are written in groups. Only every eighth byte is looked at, for no such run is shorter. Runs that end before `seen` are left out.
 */
export function findRuns(text: Text, seen: number, least: { readonly digits: number }, views: RunViews): void {
  const { words, length } = text;
  let [word16, word8, number] = [0, 0, 0];
  for (let position = 0; position < length; position += 8) {
    const word = words[position >> 2] ?? 0;
    if (word === 0) continue;
    // Each kind of run is read once: what lies before its end has been.
    if (isUtf16(word)) {
      if (position >= word16) word16 = readUtf16(text, position, seen, views.utf16);
      continue;
    }
    const kinds = classes[word & 0xff] ?? 0;
    if ((kinds & BASE64) !== 0 && position >= word8) word8 = readWord(text, position, seen, views);
    if ((kinds & NUMBER) !== 0 && position >= number) number = readNumber(text, position, seen, least.digits, views.digits);
  }
}

/** Whether every other byte is zero and none between. */
const isUtf16 = (word: number) =>
  ((word & 0xff00ff00) === 0 && (word & 0xff) !== 0 && (word & 0xff0000) !== 0) || ((word & 0x00ff00ff) === 0 && (word & 0xff00) !== 0 && word >>> 24 !== 0);

/** Reads the run of letters and digits around a position; answers where it ends. */
function readWord({ bytes, length }: Text, position: number, seen: number, views: RunViews): number {
  let start = position;
  while (start > 0 && ((classes[bytes[start - 1] ?? 0] ?? 0) & BASE64) !== 0) start -= 1;
  let end = position + 1;
  let line = start;
  const lines = [start];
  for (;;) {
    while (end < length && ((classes[bytes[end] ?? 0] ?? 0) & BASE64) !== 0) end += 1;
    const next = end - line >= LINE ? afterLineBreak(bytes, end, length) : end;
    if (next === end) break;
    lines.push(end, next);
    line = end = next;
  }
  lines.push(end);
  if (end > seen && end - start >= LEAST.base64) {
    for (let phase = 0; phase < 4; phase++) decodeBase64(bytes, lines, phase, views.base64);
    if (end - start >= LEAST.hex) readHex(bytes, start, end, views.hex);
  }
  return end;
}

function afterLineBreak(bytes: Uint8Array, at: number, length: number): number {
  let next = at;
  if (bytes[next] === 0x0d) next += 1;
  if (bytes[next] === 0x0a) next += 1;
  // As rows of text write it.
  if (next === at && bytes[at] === 0x5c && bytes[at + 1] === 0x6e) next += 2;
  return next < length && ((classes[bytes[next] ?? 0] ?? 0) & BASE64) !== 0 ? next : at;
}

/** `lines` are where each line begins and ends. */
function decodeBase64(bytes: Uint8Array, lines: readonly number[], phase: number, view: View): void {
  view.begin(lines[0] ?? 0);
  let bits = 0;
  let count = 0;
  let skip = phase;
  for (let line = 0; line < lines.length; line += 2) {
    const end = lines[line + 1] ?? 0;
    for (let position = lines[line] ?? 0; position < end; position++) {
      if (skip > 0) {
        skip -= 1;
        continue;
      }
      bits = (bits << 6) | (base64Values[bytes[position] ?? 0] ?? 0);
      if (++count < 4) continue;
      view.push((bits >>> 16) & 0xff);
      view.push((bits >>> 8) & 0xff);
      view.push(bits & 0xff);
      bits = count = 0;
    }
  }
  if (count === 3) view.push((bits >>> 10) & 0xff);
  if (count === 3) view.push((bits >>> 2) & 0xff);
  if (count === 2) view.push((bits >>> 4) & 0xff);
}

function readHex(bytes: Uint8Array, start: number, end: number, view: View): void {
  for (let from = start; from < end; from++) {
    if (((classes[bytes[from] ?? 0] ?? 0) & HEX) === 0) continue;
    let to = from + 1;
    while (to < end && ((classes[bytes[to] ?? 0] ?? 0) & HEX) !== 0) to += 1;
    for (let phase = 0; phase < 2 && to - from >= LEAST.hex; phase++) {
      view.begin(from);
      for (let position = from + phase; position + 1 < to; position += 2) view.push(((hexValues[bytes[position] ?? 0] ?? 0) << 4) | (hexValues[bytes[position + 1] ?? 0] ?? 0));
    }
    from = to;
  }
}

/** Reads digits with whatever parts their groups, where there are enough; answers where they end. */
// eslint-disable-next-line max-params -- called for every eighth byte of numbers
function readNumber({ bytes, length }: Text, position: number, seen: number, least: number, view: View): number {
  let start = position;
  while (start > 0 && ((classes[bytes[start - 1] ?? 0] ?? 0) & NUMBER) !== 0) start -= 1;
  let digits = 0;
  let end = start;
  for (; end < length && ((classes[bytes[end] ?? 0] ?? 0) & NUMBER) !== 0; end++) digits += ((classes[bytes[end] ?? 0] ?? 0) & DIGIT) >> 3;
  if (end <= seen || digits < least || digits === end - start) return end;
  view.begin(start);
  for (let at = start; at < end; at++) if (((classes[bytes[at] ?? 0] ?? 0) & DIGIT) !== 0) view.push(bytes[at] ?? 0);
  return end;
}

function classTable(): Uint8Array {
  const table = new Uint8Array(256);
  const mark = (characters: string, kind: number) => {
    for (const character of characters) table[character.charCodeAt(0)] = (table[character.charCodeAt(0)] ?? 0) | kind;
  };
  mark('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_', BASE64);
  mark('0123456789abcdefABCDEF', HEX);
  mark('0123456789 -./()+', NUMBER);
  mark('0123456789', DIGIT);
  return table;
}

function valueTable(characters: string, others: string, from: number): Uint8Array {
  const table = new Uint8Array(256);
  [...characters].forEach((character, value) => (table[character.charCodeAt(0)] = value));
  [...others].forEach((character, index) => (table[character.charCodeAt(0)] = from + index));
  return table;
}
