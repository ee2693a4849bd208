import type { Level } from './level.ts';

/** One line of the view. `position` grows by one from line to line and is never given twice, except after `truncate`. */
export type LogEntry = {
  readonly service: string;
  readonly kind: 'stdout' | 'stderr' | 'note';
  readonly time: string;
  /** As the service wrote it, colours included. */
  readonly raw: string;
  /** As it is shown and searched. */
  readonly text: string;
  /** The full length, where the line was longer than what is held. */
  readonly cut?: number;
  /** Kept once somebody asked. */
  level?: Level;
  cells?: number;
};

export type RingLimits = { readonly lines: number; readonly characters: number };

/** What one entry costs beside its characters. */
const ENTRY_COST = 80;

/** The latest lines, within limits of count and size. The oldest leave in blocks, so that a view is seldom moved. */
export class LogRing {
  private readonly limits: RingLimits;
  private readonly slots: (LogEntry | undefined)[];
  private from = 0;
  private to = 0;
  private held = 0;

  constructor(limits: RingLimits) {
    this.limits = limits;
    this.slots = new Array<LogEntry | undefined>(limits.lines);
  }

  /** Position of the oldest line. */
  get first(): number {
    return this.from;
  }

  /** Position that the next line will have. */
  get end(): number {
    return this.to;
  }

  get characters(): number {
    return this.held;
  }

  at(position: number): LogEntry | undefined {
    return position < this.from || position >= this.to ? undefined : this.slots[position % this.limits.lines];
  }

  append(entry: LogEntry): void {
    const cost = costOf(entry);
    if (this.to - this.from >= this.limits.lines) this.evict(Math.ceil(this.limits.lines / 32));
    while (this.held + cost > this.limits.characters && this.from < this.to) this.evict(Math.ceil((this.to - this.from) / 32));
    this.slots[this.to % this.limits.lines] = entry;
    this.to += 1;
    this.held += cost;
  }

  /** Takes back every line from `position` on, oldest first, so that late lines can be put before them. */
  truncate(position: number): LogEntry[] {
    const taken: LogEntry[] = [];
    while (this.to > position && this.to > this.from) {
      this.to -= 1;
      const slot = this.to % this.limits.lines;
      const entry = this.slots[slot];
      this.slots[slot] = undefined;
      if (!entry) continue;
      this.held -= costOf(entry);
      taken.push(entry);
    }
    return taken.reverse();
  }

  clear(): void {
    this.evict(this.to - this.from);
  }

  private evict(count: number): void {
    const until = Math.min(this.from + count, this.to);
    for (; this.from < until; this.from++) {
      const slot = this.from % this.limits.lines;
      const entry = this.slots[slot];
      this.slots[slot] = undefined;
      if (entry) this.held -= costOf(entry);
    }
  }
}

function costOf(entry: LogEntry): number {
  return ENTRY_COST + entry.raw.length + (entry.text === entry.raw ? 0 : entry.text.length);
}
