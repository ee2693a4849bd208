import type { Size } from './terminals-store.ts';

/** Width and height of a cell of the terminal's font, of its size. */
const CELL = { width: 0.6, height: 1.66 };

/** About how many columns and rows fit into a place, for a shell that starts before it is shown. */
export function sizeThatFits(place: { readonly clientWidth: number; readonly clientHeight: number } | null, fontSize: number): Size {
  const fitting = (pixels: number, cell: number, least: number, most: number) => Math.max(least, Math.min(most, Math.floor(pixels / (cell * fontSize))));
  return {
    columns: fitting((place?.clientWidth ?? 960) - 30, CELL.width, 20, 1000),
    rows: fitting((place?.clientHeight ?? 240) - 12, CELL.height, 4, 500),
  };
}
