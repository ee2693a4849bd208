const BACKSLASH = 0x5c;
const LETTERS: Readonly<Record<number, number>> = { 0x76: 0x0b, 0x66: 0x0c };

/**
 * Lines of fields (ports/database.ts) as LOAD DATA reads them: it knows no `\v` and `\f`, which stand for themselves there.
 * Pieces end anywhere; few have such an escape at all.
 */
export class LoadText {
  #held = false;

  transform(piece: Uint8Array): Buffer {
    let bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    if (this.#held) bytes = Buffer.concat([Buffer.of(BACKSLASH), bytes]);
    this.#held = endsWithin(bytes);
    if (this.#held) bytes = bytes.subarray(0, -1);
    return bytes.includes('\\v') || bytes.includes('\\f') ? replaced(bytes) : bytes;
  }
}

/** Whether an escape is cut off at the end. */
function endsWithin(bytes: Buffer): boolean {
  let from = bytes.length;
  while (from > 0 && bytes[from - 1] === BACKSLASH) from--;
  return (bytes.length - from) % 2 === 1;
}

function replaced(bytes: Buffer): Buffer {
  const result = Buffer.allocUnsafe(bytes.length);
  let to = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte !== BACKSLASH) result[to++] = byte;
    else {
      const next = bytes[++at] ?? 0;
      const meant = LETTERS[next];
      if (meant !== undefined) result[to++] = meant;
      else {
        result[to++] = byte;
        result[to++] = next;
      }
    }
  }
  return result.subarray(0, to);
}
