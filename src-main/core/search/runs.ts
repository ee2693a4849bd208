import { base64Values, type Plausible } from './plausible.ts';
import { isZlib } from './unpack.ts';
import type { View } from './view.ts';

/** Bytes that are decoded at once, and how much of them again with the next ones: more than a value has. */
const PIECE = 3 * (1 << 13);
const AGAIN = 96;
const LEAST = 6;

const decoded = new Uint8Array(PIECE + 8);
const hexValues = Uint8Array.from({ length: 256 }, (_, byte) => Math.max(0, '0123456789abcdef'.indexOf(String.fromCharCode(byte).toLowerCase())));

/** A run of a text, where it began, and what can be in it at all. */
export type Run = { readonly bytes: Uint8Array; readonly start: number; readonly end: number; readonly origin: number; readonly plausible: Plausible };

/** Decodes a run of base64 in each of the four ways that a value can lie in it. */
export function decodeBase64(run: Run, view: View): void {
  const { bytes, start, end } = run;
  const packed = isPacked(base64Into(bytes, start, Math.min(end, start + 8)), end - start);
  if (!packed && !run.plausible.canBeBase64(bytes, start, end)) return;
  const step = ((packed ? PIECE : PIECE - AGAIN) / 3) * 4;
  for (let phase = 0; phase < 4; phase++) {
    for (let from = start + phase; from < end; from += step) {
      handOn(base64Into(bytes, from, Math.min(end, from + (PIECE / 3) * 4)), run, placeOf(packed, from > start + phase), view);
    }
  }
}

function base64Into(bytes: Uint8Array, from: number, to: number): number {
  let length = 0;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    const bits =
      ((base64Values[bytes[at] ?? 0] ?? 0) << 18) | ((base64Values[bytes[at + 1] ?? 0] ?? 0) << 12) | ((base64Values[bytes[at + 2] ?? 0] ?? 0) << 6) | (base64Values[bytes[at + 3] ?? 0] ?? 0);
    decoded[length] = bits >>> 16;
    decoded[length + 1] = bits >>> 8;
    decoded[length + 2] = bits;
    length += 3;
  }
  if (to - at < 2) return length;
  const one = base64Values[bytes[at] ?? 0] ?? 0;
  const two = base64Values[bytes[at + 1] ?? 0] ?? 0;
  decoded[length++] = (one << 2) | (two >>> 4);
  if (to - at === 3) decoded[length++] = (two << 4) | ((base64Values[bytes[at + 2] ?? 0] ?? 0) >>> 2);
  return length;
}

/** Decodes a run of hexadecimal digits, beginning with the first and with the second. */
export function decodeHex(run: Run, view: View): void {
  const { bytes, start, end } = run;
  for (let phase = 0; phase < 2; phase++) {
    let packed = false;
    for (let from = start + phase; from + 1 < end; from += (packed ? PIECE : PIECE - AGAIN) * 2) {
      const to = Math.min(end, from + PIECE * 2);
      let length = 0;
      for (let at = from; at + 1 < to; at += 2) decoded[length++] = ((hexValues[bytes[at] ?? 0] ?? 0) << 4) | (hexValues[bytes[at + 1] ?? 0] ?? 0);
      const goesOn = from > start + phase;
      if (!goesOn) packed = isPacked(length, (end - start) >> 1);
      handOn(length, run, placeOf(packed, goesOn), view);
    }
  }
}

/** What was decoded: the beginning of packed data, more of it, or anything else. */
type Place = 'packed' | 'more of it' | 'other';
const placeOf = (packed: boolean, goesOn: boolean): Place => (packed ? (goesOn ? 'more of it' : 'packed') : 'other');

/** Hands on what was decoded: packed data whole and in one piece, of all else only what can be a value. What is no base64 hardly ever looks so. */
function handOn(length: number, { plausible: { bytes }, origin }: Run, place: Place, view: View): void {
  if (place === 'more of it') return view.pushPart(decoded, 0, length);
  if (place === 'packed') return passOn(0, length, origin, view);
  let start = 0;
  for (let at = 0; at < length; at++) {
    if (bytes[decoded[at] ?? 0] === 1) continue;
    if (at - start >= LEAST) passOn(start, at, origin, view);
    start = at + 1;
  }
  if (length - start >= LEAST) passOn(start, length, origin, view);
}

/** Whether packed data begins here, or after four bytes, in which MySQL's COMPRESS() gives its length: it is unpacked elsewhere. */
function isPacked(length: number, whole: number): boolean {
  if (length < 2 || whole < 18) return false;
  const magic = ((decoded[0] ?? 0) << 8) | (decoded[1] ?? 0);
  return magic === 0x1f8b || magic === 0x504b || magic === 0x28b5 || isZlib(decoded[0], decoded[1]) || (length >= 6 && isZlib(decoded[4], decoded[5]));
}

function passOn(start: number, end: number, origin: number, view: View): void {
  view.begin(origin);
  view.pushPart(decoded, start, end);
}
