import type { KeyRow } from './key-rows.ts';

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\b': '\\b', '\f': '\\f', '\v': '\\v' };
const MEANT: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', b: '\b', f: '\f', v: '\v', '0': '\0' };

/** A row as a line of fields (ports/database.ts), each character one byte. */
export function lineOf(row: KeyRow, columns: readonly string[]): string {
  return `${columns.map((column) => field(row[column] ?? null)).join('\t')}\n`;
}

function field(value: string | null): string {
  return value === null ? '\\N' : value.replace(/[\\\t\n\r\b\f\v]/g, (character) => ESCAPES[character] ?? character);
}

/** The rows of pieces that end anywhere. */
export async function* rowsOf(pieces: AsyncIterable<Uint8Array>, columns: readonly string[]): AsyncGenerator<KeyRow> {
  /** Of a line that has not ended: a long one is joined once, not with each piece. */
  let begun: string[] = [];
  for await (const piece of pieces) {
    const lines = Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString('latin1').split('\n');
    const rest = lines.pop() ?? '';
    if (lines.length > 0) {
      lines[0] = [...begun, lines[0] ?? ''].join('');
      begun = [];
    }
    begun.push(rest);
    for (const line of lines) {
      const fields = line.split('\t');
      yield Object.fromEntries(columns.map((column, index) => [column, meaning(fields[index] ?? '\\N')]));
    }
  }
}

function meaning(text: string): string | null {
  return text === '\\N' ? null : text.replace(/\\(.)/gs, (_, letter: string) => MEANT[letter] ?? letter);
}
