const BACKSLASH = 0x5c;
const TAB = 0x09;
const NEWLINE = 0x0a;
const LETTER_N = 0x4e;
const LETTER_X = 0x78;
const HEX = Uint8Array.from(Buffer.from('0123456789abcdef'));

/** What follows a backslash, for each byte that parts values or lines. */
const ESCAPED = new Uint8Array(256);
for (const [byte, letter] of [[0x08, 'b'], [0x09, 't'], [0x0a, 'n'], [0x0d, 'r'], [0x5c, '\\']] as const) ESCAPED[byte] = letter.charCodeAt(0);

/** Length codes of a value in a row as the server sends it. */
const NULL = 0xfb;
const TWO_BYTES = 0xfc;
const THREE_BYTES = 0xfd;

/** Turns rows as the server sends them into lines of fields (ports/database.ts), gathered into pieces. */
export class RowText {
  #bytes = new Uint8Array(1 << 17);
  #at = 0;
  readonly #binary: Uint8Array;

  /** `binary` says which columns hold bytes: they become `\x` and hexadecimal digits. */
  constructor(binary: readonly boolean[]) {
    this.#binary = Uint8Array.from(binary, Number);
  }

  get length(): number {
    return this.#at;
  }

  /** What was gathered since the last time; the caller's to keep. */
  take(): Uint8Array {
    const piece = this.#bytes.slice(0, this.#at);
    this.#at = 0;
    return piece;
  }

  /** Appends the row that stands at [from, to). */
  add(row: Uint8Array, from: number, to: number): void {
    // Every byte becomes two at most, beside what parts fields and marks binary ones.
    this.#reserve((to - from) * 2 + this.#binary.length * 4 + 2);
    const bytes = this.#bytes;
    const columns = this.#binary.length;
    let at = this.#at;
    let read = from;
    for (let column = 0; column < columns; column++) {
      if (column > 0) bytes[at++] = TAB;
      let length = row[read++] ?? 0;
      if (length === NULL) {
        bytes[at++] = BACKSLASH;
        bytes[at++] = LETTER_N;
        continue;
      }
      if (length >= TWO_BYTES) {
        const size = length === TWO_BYTES ? 2 : length === THREE_BYTES ? 3 : 8;
        length = lengthAt(row, read, size);
        read += size;
      }
      const end = read + length;
      if (this.#binary[column] === 1) {
        bytes[at++] = BACKSLASH;
        bytes[at++] = BACKSLASH;
        bytes[at++] = LETTER_X;
        for (; read < end; read++) {
          const byte = row[read] ?? 0;
          bytes[at++] = HEX[byte >> 4] ?? 0;
          bytes[at++] = HEX[byte & 15] ?? 0;
        }
        continue;
      }
      for (; read < end; read++) {
        const byte = row[read] ?? 0;
        const letter = ESCAPED[byte] ?? 0;
        if (letter === 0) bytes[at++] = byte;
        else {
          bytes[at++] = BACKSLASH;
          bytes[at++] = letter;
        }
      }
    }
    bytes[at++] = NEWLINE;
    this.#at = at;
  }

  #reserve(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#at + more));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }
}

function lengthAt(row: Uint8Array, from: number, size: number): number {
  let length = 0;
  for (let index = size - 1; index >= 0; index--) length = length * 256 + (row[from + index] ?? 0);
  return length;
}
