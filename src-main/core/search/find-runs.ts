import type { Text } from './gram-index.ts';
import type { Plausible } from './plausible.ts';
import { decodeBase64, decodeHex, HEX_LEAST } from './runs.ts';
import { readUtf16 } from './utf16.ts';
import type { View } from './view.ts';

/** The views that runs of a text are decoded into. */
export type RunViews = { readonly utf16: View; readonly hex: View; readonly base64: View; readonly digits: View };

/** What is known of all originals: how many digits a number has at least, and which bytes they have. */
export type Known = { readonly digits: number; readonly plausible: Plausible };

const BASE64 = 1;
const HEX = 2;
const NUMBER = 4;
const DIGIT = 8;
const classes = classTable();

/** The shortest run of base64 that can hold a value of six bytes. */
const BASE64_LEAST = 8;
/** A line of base64 is at least so long before it is taken to go on in the next line. */
const LINE = 60;

/**
 * Finds what may be values in another writing and decodes it: UTF-16, hexadecimal, base64 (each way that a value can lie in it), and numbers
 * that are written in groups. Only every eighth byte is looked at, for no such run is shorter. Runs that end before `seen` are left out.
 */
export function findRuns(text: Text, seen: number, known: Known, views: RunViews): void {
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
    if ((kinds & BASE64) !== 0 && position >= word8) word8 = readWord(text, position, seen, known, views);
    if ((kinds & NUMBER) !== 0 && position >= number) number = readNumber(text, position, seen, known.digits, views.digits);
  }
}

/** Whether every other byte is zero and none between. */
const isUtf16 = (word: number) =>
  ((word & 0xff00ff00) === 0 && (word & 0xff) !== 0 && (word & 0xff0000) !== 0) || ((word & 0x00ff00ff) === 0 && (word & 0xff00) !== 0 && word >>> 24 !== 0);

/** Reads the run of letters and digits around a position; answers where it ends. */
// eslint-disable-next-line max-params -- called for every eighth byte
function readWord({ bytes, length }: Text, position: number, seen: number, known: Known, views: RunViews): number {
  let start = position;
  while (start > 0 && ((classes[bytes[start - 1] ?? 0] ?? 0) & BASE64) !== 0) start -= 1;
  let end = position + 1;
  while (end < length && ((classes[bytes[end] ?? 0] ?? 0) & BASE64) !== 0) end += 1;
  if (end - start >= LINE && afterLineBreak(bytes, end, length) !== end) return readLines({ bytes, length }, start, seen, known, views);
  if (end <= seen || end - start < BASE64_LEAST) return end;
  decodeBase64({ bytes, start, end, origin: start, plausible: known.plausible }, views.base64);
  if (end - start >= HEX_LEAST) readHex(bytes, start, end, known, views.hex);
  return end;
}

/** Reads base64 that goes on over lines: without their ends. */
// eslint-disable-next-line max-params -- as above
function readLines({ bytes, length }: Pick<Text, 'bytes' | 'length'>, start: number, seen: number, known: Known, views: RunViews): number {
  const lines: Uint8Array[] = [];
  let line = start;
  let end = start;
  for (;;) {
    while (end < length && ((classes[bytes[end] ?? 0] ?? 0) & BASE64) !== 0) end += 1;
    lines.push(bytes.subarray(line, end));
    if (end > seen) readHex(bytes, line, end, known, views.hex);
    const next = end - line >= LINE ? afterLineBreak(bytes, end, length) : end;
    if (next === end) break;
    line = end = next;
  }
  const whole = Buffer.concat(lines);
  if (end > seen) decodeBase64({ bytes: whole, start: 0, end: whole.length, origin: start, plausible: known.plausible }, views.base64);
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

// eslint-disable-next-line max-params -- as above
function readHex(bytes: Uint8Array, start: number, end: number, { plausible }: Known, view: View): void {
  for (let from = start; from + HEX_LEAST <= end; from++) {
    let to = from;
    while (to < end && ((classes[bytes[to] ?? 0] ?? 0) & HEX) !== 0) to += 1;
    if (to - from >= HEX_LEAST) decodeHex({ bytes, start: from, end: to, origin: from, plausible }, view);
    from = to;
  }
}

/** Reads digits with whatever parts their groups, where there are enough; answers where they end. */
// eslint-disable-next-line max-params -- as above
function readNumber({ bytes, length }: Text, position: number, seen: number, least: number, view: View): number {
  let start = position;
  while (start > 0 && ((classes[bytes[start - 1] ?? 0] ?? 0) & NUMBER) !== 0) start -= 1;
  let digits = 0;
  let end = start;
  for (; end < length; end++) {
    const kinds = classes[bytes[end] ?? 0] ?? 0;
    if ((kinds & NUMBER) === 0) break;
    digits += (kinds & DIGIT) >> 3;
  }
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
