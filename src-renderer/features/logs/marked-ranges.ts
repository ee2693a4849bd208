import type { LogModel } from './log-model.ts';
import type { LogEntry } from './log-ring.ts';
import { SHOWN } from './log-row.ts';
import type { Ranges } from './query.ts';

const NONE: Ranges = [];
const MOST_KEPT = 2000;

/** Where the lines in view match the query; asked of the matcher for what is in view only. */
export class MarkedRanges {
  private readonly model: LogModel;
  private readonly onArrived: () => void;
  private known = new Map<LogEntry, Ranges>();
  private asking = false;
  private generation = 0;

  constructor(model: LogModel, onArrived: () => void) {
    this.model = model;
    this.onArrived = onArrived;
  }

  of(entry: LogEntry): Ranges {
    return this.known.get(entry) ?? NONE;
  }

  clear(): void {
    this.known = new Map();
    this.asking = false;
    this.generation += 1;
  }

  /** Asks for what is not known yet of these lines. */
  want(lines: readonly { readonly entry: LogEntry }[]): void {
    if (this.asking || this.model.filter.query.kind !== 'pattern') return;
    const entries = lines.map(({ entry }) => entry).filter((entry) => !this.known.has(entry));
    if (entries.length === 0) return;
    this.asking = true;
    void this.ask(entries, this.generation);
  }

  private async ask(entries: readonly LogEntry[], generation: number): Promise<void> {
    const ranges = await this.model.rangesIn(entries.map(({ text }) => text.slice(0, SHOWN)));
    if (generation !== this.generation) return;
    this.asking = false;
    if (!ranges) return;
    if (this.known.size > MOST_KEPT) this.known = new Map();
    entries.forEach((entry, index) => this.known.set(entry, ranges[index] ?? NONE));
    this.onArrived();
  }
}
