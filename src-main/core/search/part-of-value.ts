/** Bytes of the longest value that is looked at around a place. */
const LONGEST = 256;
const NUMBER_SIGNS = new Set(Buffer.from(' +()./-'));
const PLUS = 0x2b;

/**
 * Whether what stands in a text from one place to another is only a part of a longer value that means nothing: of a number with
 * what people write between its digits, of a word, or of the text between two bytes that no value has.
 */
export function isPart(text: Uint8Array, from: number, to: number, meansNothing: (value: Uint8Array) => boolean): boolean {
  for (const belongs of [isOfNumber, isOfWord, isOfText]) {
    let [start, end] = [from, to];
    // A number begins at its plus sign, and ends before that of the next one.
    const isEnd = (byte: number) => belongs === isOfNumber && byte === PLUS;
    while (start > 0 && from - start < LONGEST && belongs(text[start - 1] ?? 0) && !isEnd(text[start] ?? 0)) start -= 1;
    while (end < text.length && end - to < LONGEST && belongs(text[end] ?? 0) && !isEnd(text[end] ?? 0)) end += 1;
    if ((start < from || end > to) && meansNothing(text.subarray(start, end))) return true;
  }
  return false;
}

function isOfNumber(byte: number): boolean {
  return isDigit(byte) || NUMBER_SIGNS.has(byte);
}

/** Letters, digits, what joins them in numbers and addresses, and everything beyond ASCII. */
function isOfWord(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte >= 0x80 || (byte >= 0x2b && byte <= 0x2e && byte !== 0x2c) || byte === 0x3a || byte === 0x40 || byte === 0x5f;
}

/** Bytes that a text goes on with. */
export function isOfText(byte: number): boolean {
  return byte >= 0x20 && byte !== 0x7f;
}

/** Where a number begins at or after a place: with its plus sign or a digit, not with what a server puts before values. */
export function startOfNumber(text: Uint8Array, from: number): number {
  let start = from;
  while (start < text.length && start - from < LONGEST && text[start] !== PLUS && !isDigit(text[start] ?? 0)) start += 1;
  return start;
}

/** Where as many digits end as a value has, whatever stands between them. */
export function endOfDigits(text: Uint8Array, from: number, value: Uint8Array): number {
  let left = value.reduce((sum, byte) => sum + (isDigit(byte) ? 1 : 0), 0);
  let end = from;
  for (; left > 0 && end < text.length && end - from < LONGEST; end++) if (isDigit(text[end] ?? 0)) left -= 1;
  return end;
}

const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;
