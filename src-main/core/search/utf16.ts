import type { View } from './view.ts';

/** Decodes letters with a zero byte each; letters beyond Latin-1 are searched for as they are. */
export function readUtf16(bytes: Uint8Array, start: number, end: number, view: View): void {
  view.begin(start);
  for (let at = start; at < end; at += 2) {
    const byte = bytes[at] ?? 0;
    if (byte < 0x80) view.push(byte);
    else {
      view.push(0xc0 | (byte >>> 6));
      view.push(0x80 | (byte & 0x3f));
    }
  }
}
