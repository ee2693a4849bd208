import { cut, padEnd, padStart, textWidth, wrap } from './text-width.ts';
import type { Screen } from './screen.ts';

export type Column = {
  readonly title: string;
  readonly align?: 'right';
  /** Gives up room where the terminal is narrow; the last such column first. */
  readonly yields?: boolean;
};

export type TableRow = {
  readonly cells: readonly string[];
  /** Text of any length, after the cells where it fits, else below them. */
  readonly note?: string;
};

const GAP = '  ';
const LEAST_YIELDING = 12;

/** A table in aligned columns, as wide as the screen at most. Every line ends with a line end. */
export function layOutTable(columns: readonly Column[], rows: readonly TableRow[], screen: Screen): string {
  const widths = fitWidths(columns, rows, screen.width);
  const line = (cells: readonly string[]) =>
    columns
      .map((column, index) => {
        const width = widths[index] ?? 0;
        const cell = cut(cells[index] ?? '', width, screen.symbols.ellipsis);
        return column.align === 'right' ? padStart(cell, width) : padEnd(cell, width);
      })
      .join(GAP)
      .trimEnd();
  const head = screen.paint.dim(line(columns.map((column) => column.title)));
  return [head, ...rows.flatMap((row) => withNote(line(row.cells), row.note, screen))].map((text) => `${text}\n`).join('');
}

function withNote(line: string, note: string | undefined, screen: Screen): string[] {
  if (!note) return [line];
  const whole = note.replace(/\s*\n\s*/g, ' ');
  if (textWidth(line) + GAP.length + textWidth(whole) <= screen.width) return [`${line}${GAP}${screen.paint.yellow(whole)}`];
  return [line, ...wrap(whole, screen.width - 4).map((part) => `    ${screen.paint.yellow(part)}`)];
}

function fitWidths(columns: readonly Column[], rows: readonly TableRow[], room: number): number[] {
  const widths = columns.map(({ title }, index) => Math.max(textWidth(title), ...rows.map((row) => textWidth(row.cells[index] ?? ''))));
  let surplus = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) - room;
  for (const [index, column] of [...columns.entries()].reverse()) {
    if (surplus <= 0) break;
    const width = widths[index] ?? 0;
    if (!column.yields || width <= LEAST_YIELDING) continue;
    const given = Math.min(surplus, width - LEAST_YIELDING);
    widths[index] = width - given;
    surplus -= given;
  }
  return widths;
}
