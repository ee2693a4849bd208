import type { Text } from './gram-index.ts';
import type { Runs, Scanned } from './kernel/scan-kernel.ts';
import { base64Values, type Plausible } from './plausible.ts';
import { decodeBase64, decodeHex } from './runs.ts';
import { readUtf16 } from './utf16.ts';
import type { View } from './view.ts';

/** The views that runs of a text are decoded into. */
export type RunViews = { readonly utf16: View; readonly hex: View; readonly base64: View; readonly digits: View };

/** What is known of all originals: how many digits a number has at least, and which bytes they have. */
export type Known = { readonly digits: number; readonly plausible: Plausible };

/** A line of base64 is at least so long before it is taken to go on in the next line. */
const LINE = 60;

/**
 * Decodes what may be values in another writing: UTF-16, hexadecimal, base64 (each way that a value can lie in it), and numbers
 * that are written in groups.
 */
export function findRuns({ text, seen, scan }: Scanned, known: Known, views: RunViews): void {
  const { bytes } = text;
  const { plausible } = known;
  eachRun(scan.utf16(), (start, end) => readUtf16(bytes, start, end, views.utf16));
  eachRun(scan.hexadecimal(plausible.bytes), (start, end) => decodeHex({ bytes, start, end, origin: start, plausible }, views.hex));
  views.digits.takeRow(scan.digits, scan.numbers(known.digits));
  let read = 0;
  eachRun(scan.words(base64Values, plausible.places), (start, end) => {
    // Lines that belong together were read with the first of them.
    if (start >= read) read = readWord(text, start, end, seen, plausible, views.base64);
  });
}

function eachRun({ list, count }: Runs, onRun: (start: number, end: number) => void): void {
  for (let index = 0; index < count * 2; index += 2) onRun(list[index] ?? 0, list[index + 1] ?? 0);
}

/** Reads a run of letters and digits, with the lines that go on with it; answers where it ends. */
// eslint-disable-next-line max-params -- called for every run
function readWord({ bytes, length }: Text, start: number, end: number, seen: number, plausible: Plausible, view: View): number {
  if (end - start >= LINE && afterLineBreak(bytes, end, length) !== end) return readLines({ bytes, length }, start, seen, plausible, view);
  if (end > seen) decodeBase64({ bytes, start, end, origin: start, plausible }, view);
  return end;
}

/** Reads base64 that goes on over lines: without their ends. */
// eslint-disable-next-line max-params -- as above
function readLines({ bytes, length }: Pick<Text, 'bytes' | 'length'>, start: number, seen: number, plausible: Plausible, view: View): number {
  const lines: Uint8Array[] = [];
  let line = start;
  let end = start;
  for (;;) {
    while (end < length && isLetter[bytes[end] ?? 0] === 1) end += 1;
    lines.push(bytes.subarray(line, end));
    const next = end - line >= LINE ? afterLineBreak(bytes, end, length) : end;
    if (next === end) break;
    line = end = next;
  }
  const whole = Buffer.concat(lines);
  if (end > seen) decodeBase64({ bytes: whole, start: 0, end: whole.length, origin: start, plausible }, view);
  return end;
}

function afterLineBreak(bytes: Uint8Array, at: number, length: number): number {
  let next = at;
  if (bytes[next] === 0x0d) next += 1;
  if (bytes[next] === 0x0a) next += 1;
  // As rows of text write it.
  if (next === at && bytes[at] === 0x5c && bytes[at + 1] === 0x6e) next += 2;
  return next < length && isLetter[bytes[next] ?? 0] === 1 ? next : at;
}

/** 1 for letters of base64, in both of its alphabets. */
const isLetter = Uint8Array.from({ length: 256 }, (_, byte) => (/[A-Za-z0-9+/_-]/.test(String.fromCharCode(byte)) ? 1 : 0));
