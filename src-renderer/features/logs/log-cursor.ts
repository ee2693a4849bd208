import { exportLine } from './export-lines.ts';
import type { LogModel } from './log-model.ts';
import type { LogEntry } from './log-ring.ts';

/** What the cursor needs of the list that it moves in. */
export interface CursorList {
  readonly pageRows: number;
  readonly topPosition: number;
  reveal(position: number): void;
  redraw(): void;
  announce(entry: LogEntry): void;
}

/** The current line and the lines selected with it. */
export class LogCursor {
  private readonly model: LogModel;
  private readonly list: CursorList;
  private from: number | undefined;
  private to: number | undefined;

  constructor(model: LogModel, list: CursorList) {
    this.model = model;
    this.list = list;
  }

  get current(): LogEntry | undefined {
    return this.to === undefined ? undefined : this.model.ring.at(this.to);
  }

  has(position: number): boolean {
    if (this.from === undefined || this.to === undefined) return false;
    return position >= Math.min(this.from, this.to) && position <= Math.max(this.from, this.to);
  }

  /** Makes a line the current one; `extend` selects everything from where the selection began. */
  put(position: number, extend = false): void {
    if (!extend || this.from === undefined) this.from = position;
    this.to = position;
    this.list.redraw();
  }

  selectAll(): void {
    this.from = this.model.visible.at(0);
    this.to = this.model.visible.at(this.model.visible.count - 1);
    this.list.redraw();
  }

  clear(): void {
    this.from = this.to = undefined;
    this.list.redraw();
  }

  /** Moves by so many visible lines and brings the line into view. */
  move(by: number, extend = false): void {
    const { visible } = this.model;
    const start = this.to === undefined ? visible.indexOf(this.list.topPosition) - Math.sign(by) : visible.indexOf(this.to);
    this.goTo(visible.at(Math.max(0, Math.min(visible.count - 1, start + by))), extend);
  }

  /** Moves to the next or the previous match, around the ends. Answers whether there was one. */
  moveToHit(by: 1 | -1): boolean {
    const { hits } = this.model;
    if (hits.count === 0) return false;
    const at = this.to ?? this.list.topPosition - (by > 0 ? 1 : 0);
    const index = hits.indexOf(at);
    const next = by < 0 ? index - 1 : hits.at(index) === at ? index + 1 : index;
    this.goTo(hits.at((next + hits.count) % hits.count));
    return true;
  }

  /** Which match the current line is, from 1; 0 when it is none. */
  get hitNumber(): number {
    return this.to !== undefined && this.model.hits.has(this.to) ? this.model.hits.indexOf(this.to) + 1 : 0;
  }

  /** The selected lines as text. */
  text(): string {
    if (this.from === undefined || this.to === undefined) return '';
    const { visible, ring } = this.model;
    const last = Math.max(this.from, this.to);
    let text = '';
    for (let index = visible.indexOf(Math.min(this.from, this.to)); index < visible.count; index++) {
      const position = visible.at(index) ?? last + 1;
      const entry = ring.at(position);
      if (position > last) break;
      if (entry) text += this.from === this.to ? entry.text : exportLine(entry, 'text');
    }
    return text;
  }

  private goTo(position: number | undefined, extend = false): void {
    if (position === undefined) return;
    this.put(position, extend);
    this.list.reveal(position);
    const entry = this.model.ring.at(position);
    if (entry) this.list.announce(entry);
  }
}
