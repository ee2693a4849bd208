import { cellsOf, isExact } from './cells.ts';
import type { LogModel } from './log-model.ts';
import { SHOWN } from './log-row.ts';
import { RowTops } from './row-tops.ts';

/** Height of one row of text, in pixels, as in the style sheet. */
export const ROW = 20;

/** Where each visible line of a model lies: all rows alike, or, wrapped, as high as their text needs. */
export class LogGeometry {
  private readonly model: LogModel;
  private readonly tops = new RowTops();
  private columns: number | undefined;

  constructor(model: LogModel) {
    this.model = model;
  }

  get total(): number {
    if (this.columns === undefined) return this.model.visible.count * ROW;
    this.catchUp(this.columns);
    return this.tops.total;
  }

  /** Wraps at this many columns; undefined does not wrap. Answers whether anything changed. */
  wrapAt(columns: number | undefined): boolean {
    if (columns === this.columns) return false;
    this.columns = columns;
    this.tops.clear();
    return true;
  }

  topOf(index: number): number {
    return this.columns === undefined ? index * ROW : this.tops.topOf(index);
  }

  indexAt(top: number): number {
    if (this.columns !== undefined) return this.tops.indexAt(top);
    return Math.max(0, Math.min(Math.floor(top / ROW), this.model.visible.count - 1));
  }

  /** Whether the height of this line is a guess that has to be measured once it is drawn. */
  isGuess(text: string): boolean {
    return this.columns !== undefined && (text.length > SHOWN || !isExact(text));
  }

  /** Takes a measured height. Answers whether it is another than was thought. */
  correct(index: number, height: number): boolean {
    const before = this.topOf(index + 1) - this.topOf(index);
    if (height === 0 || height === before) return false;
    this.tops.set(index, height);
    return true;
  }

  dropFirst(count: number): void {
    this.tops.dropFirst(count);
  }

  truncate(count: number): void {
    this.tops.truncate(count);
  }

  reset(): void {
    this.tops.clear();
  }

  private catchUp(columns: number): void {
    const { visible, ring } = this.model;
    for (let index = this.tops.count; index < visible.count; index++) {
      const entry = ring.at(visible.at(index) ?? -1);
      if (entry) entry.cells ??= cellsOf(entry.text.slice(0, SHOWN));
      this.tops.push(Math.max(1, Math.ceil((entry?.cells ?? 0) / columns)) * ROW);
    }
  }
}
