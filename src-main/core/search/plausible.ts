/** Letters of base64 in order; `-` and `_` stand for the last two in its other alphabet. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Letters of base64 that a value of six bytes fills wholly, wherever it begins. */
const WHOLE = 7;

/** The value of each letter of base64. */
export const base64Values = Uint8Array.from({ length: 256 }, (_, byte) => {
  const letter = String.fromCharCode(byte);
  return Math.max(0, letter === '-' ? 62 : letter === '_' ? 63 : ALPHABET.indexOf(letter));
});

/** Rules out what cannot be a value in another writing, by the bytes that values have: most words of a text are no base64 of anything. */
export class Plausible {
  /** 1 for each byte that some value has, in small or capital letters. */
  readonly bytes: Uint8Array;
  /** For each byte of a text, in which of the four places of base64 it can stand: a bit each. */
  readonly places = new Uint8Array(256);

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    const values = [...bytes.keys()].filter((byte) => bytes[byte] === 1);
    const has = (bits: (byte: number) => number) => new Set(values.map(bits));
    const [top6, low2, top4, low4, top2, low6] = [has((byte) => byte >> 2), has((byte) => byte & 3), has((byte) => byte >> 4), has((byte) => byte & 15), has((byte) => byte >> 6), has((byte) => byte & 63)];
    for (const letter of `${ALPHABET}-_`) {
      const value = base64Values[letter.charCodeAt(0)] ?? 0;
      const can = [top6.has(value), low2.has(value >> 4) && top4.has(value & 15), low4.has(value >> 2) && top2.has(value & 3), low6.has(value)];
      this.places[letter.charCodeAt(0)] = can.reduce((mask, one, place) => mask | (one ? 1 << place : 0), 0);
    }
  }

  /** Whether a run of base64 can hold a value, in any of the four ways that it can be read. */
  canBeBase64(text: Uint8Array, start: number, end: number): boolean {
    const { places } = this;
    // Four counters in one number: how many letters in a row fit, for each way.
    let counters = 0;
    for (let at = start; at < end; at++) {
      const mask = places[text[at] ?? 0] ?? 0;
      counters = (counters + 0x01010101) & (SPREAD[((mask | (mask << 4)) >> ((at - start) & 3)) & 15] ?? 0);
      if (((counters + (0x80 - WHOLE) * 0x01010101) & 0x80808080) !== 0) return true;
    }
    return false;
  }
}

/** For four bits, a number with a whole byte for each that is set. */
const SPREAD = Int32Array.from({ length: 16 }, (_, mask) => [0, 1, 2, 3].reduce((sum, bit) => sum | ((mask >> bit) & 1 ? 0xff << (bit * 8) : 0), 0));
