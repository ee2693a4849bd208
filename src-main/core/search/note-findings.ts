import type { Found } from './byte-search.ts';
import type { OriginalSet } from './original-set.ts';
import { endOfDigits, isOfText, isPart, startOfNumber } from './part-of-value.ts';
import type { Encoding } from './view.ts';

/** Where originals were found: in a stream (a file, a table), at an offset, in a writing. Never the value itself. */
type Place = { readonly stream: string; readonly offset: number; readonly encoding: Encoding; readonly packed: boolean };

/**
 * What was found of an original: how often, how often in a mix of small and capital letters that nobody writes, where first, and of a number what stands around
 * each of the first places. That is for nobody to see.
 */
export type Finding = { times: number; mixed: number; first: Place; readonly around?: Uint8Array[] };

export type SearchReport = {
  /** By the number of the original. */
  readonly findings: Map<number, Finding>;
  /** Bytes that were read, and bytes that came out of packed parts. */
  bytes: number;
  unpacked: number;
  /** Packed parts that could not be looked into, or not wholly. */
  readonly closed: Map<string, number>;
  /** Places where an original is only a part of a longer value that means nothing. */
  parts: number;
  readonly meansNothing: ((value: Uint8Array) => boolean) | undefined;
};

/** A report of nothing yet. `meansNothing` knows values that may well have an original in them: `10.0.0.7` within `110.0.0.73`. */
export const newReport = (meansNothing?: (value: Uint8Array) => boolean): SearchReport => ({ findings: new Map(), bytes: 0, unpacked: 0, closed: new Map(), parts: 0, meansNothing });

/** A text that was searched: of which stream it is, and at which offset it begins there. */
export type At = { readonly stream: string; readonly base: number; readonly packed: boolean; readonly text: Uint8Array };

/** Adds what was found in a text to the report. */
export function noteFinding(report: SearchReport, originals: OriginalSet, found: Found, at: At): void {
  const { original, encoding } = found;
  if (report.meansNothing && isOfLonger(found, at.text, originals.value(original), report.meansNothing)) {
    report.parts += 1;
    return;
  }
  const known = report.findings.get(original);
  const isNumber = (encoding === 'plain' || encoding === 'digits' || encoding === 'escaped') && namesByDigits(originals.value(original));
  const place: Place = { stream: at.stream, offset: at.base + found.at, encoding, packed: at.packed };
  const mixed = encoding === 'plain' && isMixed(at.text.subarray(found.at, found.to), originals.value(original)) ? 1 : 0;
  if (!known) report.findings.set(original, { times: 1, mixed, first: place, ...(isNumber && { around: [] }) });
  else {
    known.times += 1;
    known.mixed += mixed;
    // Places of a block are not told in their order.
    const { stream, packed, offset } = known.first;
    if (stream === place.stream && packed === place.packed && known.first.encoding === encoding && place.offset < offset) known.first = place;
  }
  const around = report.findings.get(original)?.around;
  if (isNumber && around && around.length < MOST_AROUND) around.push(encoding === 'escaped' && found.within ? textAround(found.within.text, found.within.from) : textAround(at.text, found.at));
}

/** Places of which it is kept what stands around them, and how far that reaches to both sides. */
const MOST_AROUND = 8;
const [BEFORE, AFTER] = [96, 192];

/** Whether letters are neither as the value has them nor all small, all capital, nor capital where words begin. */
function isMixed(there: Uint8Array, value: Uint8Array): boolean {
  const [text, own] = [there, value].map((bytes) => Buffer.from(bytes).toString('latin1')) as [string, string];
  const small = text.toLowerCase();
  return ![own, small, text.toUpperCase(), small.replace(/(?<![a-z\x80-\xff])[a-z]/g, (letter) => letter.toUpperCase())].includes(text);
}

/** Digits and what people write between them, nothing else. */
const namesByDigits = (value: Uint8Array) => value.every((byte) => byte >= 0x20 && byte <= 0x39);

/** A copy of the text around a place, up to bytes that no text has. */
function textAround(text: Uint8Array, at: number): Uint8Array {
  let [start, end] = [at, at];
  while (start > 0 && at - start < BEFORE && isOfText(text[start - 1] ?? 0)) start -= 1;
  while (end < text.length && end - at < AFTER && isOfText(text[end] ?? 0)) end += 1;
  return text.slice(start, end);
}

/** Whether it stands in a longer value that means nothing. Where escapes were undone nearby, the same value is found there once more. */
function isOfLonger({ at, encoding, within }: Found, text: Uint8Array, value: Uint8Array, meansNothing: (value: Uint8Array) => boolean): boolean {
  if (encoding === 'escaped' && within) return isPart(within.text, within.from, within.to, meansNothing);
  if (encoding === 'plain') return isPart(text, at, at + value.length, meansNothing);
  if (encoding !== 'digits') return false;
  const start = startOfNumber(text, at);
  return isPart(text, start, endOfDigits(text, start, value), meansNothing);
}
