import type { Text } from './gram-index.ts';
import type { View } from './view.ts';

/** The shortest run that can hold a value of six letters. */
const LEAST = 6;

/** Decodes the run of letters with a zero byte each that holds this position, and answers where it ends; letters beyond Latin-1 are searched for as they are. */
export function readUtf16({ bytes, length }: Text, position: number, seen: number, view: View): number {
  const parity = bytes[position] === 0 ? 1 : 0;
  let start = position + parity;
  while (start >= 2 && bytes[start - 2] !== 0 && bytes[start - 1] === 0) start -= 2;
  let end = start;
  while (end + 1 < length && bytes[end] !== 0 && bytes[end + 1] === 0) end += 2;
  // With the high byte first, the last letter has no zero after it.
  if (end < length && bytes[end] !== 0) end += 1;
  if (end <= seen || end - start < LEAST * 2 - 1) return end;
  view.begin(start);
  for (let at = start; at < end; at += 2) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) view.push(byte);
    else {
      view.push(0xc0 | (byte >>> 6));
      view.push(0x80 | (byte & 0x3f));
    }
  }
  return end;
}
