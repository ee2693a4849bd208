import { BacklotError, type FailureCode } from '#contract/errors.ts';

/** Bytes of the largest file that is read. */
export const SOURCE_LIMIT = 1024 * 1024;

/** A file that people write, and the code of the failure that its faults are. */
export type SourceName = { readonly file: string; readonly code: Extract<FailureCode, 'config-invalid' | 'compose-invalid'> };

/** The text of a file in UTF-8, with or without a byte order mark; anything else fails with the byte where it ends to be text. */
export function decodeSource(bytes: Uint8Array, { file, code }: SourceName): string {
  if (bytes.length > SOURCE_LIMIT) throw tooLarge({ file, code }, bytes.length);
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (utf16) {
    throw new BacklotError(code, 'The file is in UTF-16 (byte order mark at byte 0)', { where: { file, line: 1, column: 1 }, fix: 'Save it as UTF-8.' });
  }
  const zero = bytes.indexOf(0);
  if (zero !== -1) {
    throw new BacklotError(code, `The file holds a zero byte (at byte ${zero})`, { where: placeOf(bytes, zero, file), fix: 'Save it as UTF-8 text.' });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const offset = firstInvalidByte(bytes);
    throw new BacklotError(code, `The file is not valid UTF-8 (at byte ${offset})`, { where: placeOf(bytes, offset, file), fix: 'Save it as UTF-8.', cause });
  }
}

/** The failure of a file over the limit. */
export function tooLarge({ file, code }: SourceName, size: number): BacklotError {
  return new BacklotError(code, `The file has ${size} bytes; the most that is read is ${SOURCE_LIMIT} (1 MiB)`, {
    where: { file },
    fix: 'Check that it is the file you meant, or split it.',
  });
}

/** The end of the longest prefix that decodes, by halving. */
function firstInvalidByte(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (decodes(bytes.subarray(0, middle))) valid = middle;
    else invalid = middle;
  }
  return valid;
}

function decodes(bytes: Uint8Array): boolean {
  try {
    // A character that is cut at the end is no fault of the prefix.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function placeOf(bytes: Uint8Array, offset: number, file: string): { file: string; line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let index = 0; index < offset; index++) {
    if (bytes[index] !== 0x0a) continue;
    line++;
    start = index + 1;
  }
  return { file, line, column: offset - start + 1 };
}
