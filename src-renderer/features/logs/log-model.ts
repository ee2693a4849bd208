import type { LogBatch, LogLine } from '#contract/stack.ts';
import { compileFilter, EVERYTHING, type CompiledFilter, type LogFilter } from './log-filter.ts';
import { textOf } from './line-text.ts';
import { LogRing, type LogEntry, type RingLimits } from './log-ring.ts';
import type { Matcher } from './matcher.ts';
import { countLater, mergeOrdered, orderByTime } from './merge.ts';
import { Positions } from './positions.ts';
import type { Ranges } from './query.ts';

const LIMITS: RingLimits = { lines: 100_000, characters: 32 * 1024 * 1024 };

/** Characters of one line that are held, however long it came. */
const LINE_HELD = 256 * 1024;
const CHUNK = 2000;
/** Milliseconds of filtering before the page gets to draw. */
const SLICE = 8;

/** What a list that shows the model needs to hear beside "there is more". */
export interface ModelListener {
  onChange(): void;
  /** So many visible lines left at the start. */
  onDropped(count: number): void;
  /** The visible lines from this index on were taken back. */
  onTruncated(count: number): void;
  /** Everything is another: the filter changed or the view was cleared. */
  onReset(): void;
}

/** The lines of one view: held within limits, in order of time, and filtered as they come. */
export class LogModel {
  readonly ring: LogRing;
  /** Lines that the filter lets through, as far as it has looked. */
  readonly visible = new Positions();
  /** Lines that match the query. */
  readonly hits = new Positions();
  /** A pattern that took too long; it is not tried again. */
  stuck = false;
  private readonly matcher: Matcher;
  private readonly listeners = new Set<ModelListener>();
  private compiled: CompiledFilter = compileFilter(EVERYTHING);
  /** Handed to the filter up to here. */
  private scanned = 0;
  /** Answered by the filter up to here. */
  private settled = 0;
  private cleared = 0;
  private generation = 0;
  private pumping = false;

  constructor(matcher: Matcher, limits: RingLimits = LIMITS) {
    this.matcher = matcher;
    this.ring = new LogRing(limits);
    matcher.onStuck = () => {
      this.stuck = true;
      this.restart();
    };
  }

  /** Lines that came and are held no longer, apart from those that the person cleared away. */
  get dropped(): number {
    return Math.max(0, this.ring.first - this.cleared);
  }

  get filter(): CompiledFilter {
    return this.compiled;
  }

  get scanning(): boolean {
    return this.settled < this.ring.end;
  }

  subscribe(listener: ModelListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  append({ lines, note }: LogBatch): void {
    const entries = orderByTime(lines.map(toEntry));
    const time = entries[0]?.time ?? this.ring.at(this.ring.end - 1)?.time ?? new Date().toISOString();
    const noted = note ? [noteEntry(note, time), ...entries] : entries;
    if (noted.length === 0) return;
    for (const entry of this.withLater(noted)) this.ring.append(entry);
    this.forgetDropped();
    this.pump();
    this.tell((listener) => listener.onChange());
  }

  setFilter(filter: LogFilter): void {
    this.compiled = compileFilter(filter);
    this.stuck = false;
    this.restart();
  }

  /** Empties the view. What comes later is shown. */
  clear(): void {
    this.ring.clear();
    this.cleared = this.ring.first;
    this.restart();
  }

  /** Where these texts match the query; undefined when there is nothing to mark. */
  async rangesIn(texts: readonly string[]): Promise<readonly Ranges[] | undefined> {
    const { query } = this.compiled;
    return query.kind === 'pattern' && !this.stuck && texts.length > 0 ? this.matcher.ranges(query, texts) : undefined;
  }

  dispose(): void {
    this.generation += 1;
    this.matcher.reset();
  }

  /** Takes back the lines that are later than the first of `entries`, and answers both in order. */
  private withLater(entries: readonly LogEntry[]): readonly LogEntry[] {
    const later = countLater((position) => this.ring.at(position)?.time, this.ring.end, entries[0]?.time ?? '');
    if (later === 0) return entries;
    const from = this.ring.end - later;
    const taken = this.ring.truncate(from);
    if (this.scanned > from) {
      this.scanned = this.settled = Math.min(this.settled, from);
      this.generation += 1;
      this.pumping = false;
    }
    this.hits.truncate(from);
    const kept = this.visible.indexOf(from);
    this.visible.truncate(from);
    this.tell((listener) => listener.onTruncated(kept));
    return mergeOrdered(taken, entries);
  }

  private forgetDropped(): void {
    this.hits.dropBefore(this.ring.first);
    const count = this.visible.dropBefore(this.ring.first);
    if (count > 0) this.tell((listener) => listener.onDropped(count));
  }

  private restart(): void {
    this.generation += 1;
    this.pumping = false;
    this.matcher.reset();
    this.visible.clear();
    this.hits.clear();
    this.scanned = this.settled = this.ring.first;
    this.tell((listener) => listener.onReset());
    this.pump();
    this.tell((listener) => listener.onChange());
  }

  /** Filters what has not been looked at: at once while that is quick, else in slices between which the page draws. */
  private pump(): void {
    if (this.pumping) return;
    this.pumping = true;
    void this.scan(this.generation);
  }

  private async scan(generation: number): Promise<void> {
    let sliceStart = performance.now();
    while (this.scanned < this.ring.end) {
      const candidates = this.takeChunk();
      const { query } = this.compiled;
      if (query.kind !== 'pattern' || this.stuck) {
        for (const position of candidates) this.visible.push(position);
        this.settled = this.scanned;
        if (performance.now() - sliceStart < SLICE) continue;
        await nextTask();
      } else {
        const indexes = await this.matcher.lines(query, candidates.map((position) => this.ring.at(position)?.text ?? ''));
        if (generation === this.generation) this.admit(candidates, indexes);
      }
      if (generation !== this.generation) return;
      sliceStart = performance.now();
      this.tell((listener) => listener.onChange());
    }
    // Only now: what is appended meanwhile is taken by the loop above.
    this.pumping = false;
  }

  private takeChunk(): number[] {
    const candidates: number[] = [];
    const from = Math.max(this.scanned, this.ring.first);
    const until = Math.min(from + CHUNK, this.ring.end);
    for (let position = from; position < until; position++) {
      const entry = this.ring.at(position);
      if (entry && (this.compiled.admitsAll || this.compiled.admits(entry))) candidates.push(position);
    }
    this.scanned = until;
    return candidates;
  }

  private admit(candidates: readonly number[], indexes: readonly number[]): void {
    const matched = indexes.map((index) => candidates[index] ?? -1).filter((position) => position >= this.ring.first);
    for (const position of matched) this.hits.push(position);
    const shown = this.compiled.onlyMatches ? matched : candidates;
    for (const position of shown) if (position >= this.ring.first) this.visible.push(position);
    this.settled = this.scanned;
  }

  private tell(what: (listener: ModelListener) => void): void {
    for (const listener of this.listeners) what(listener);
  }
}

function toEntry({ service, stream, time, line, cut }: LogLine): LogEntry {
  const raw = line.length > LINE_HELD ? line.slice(0, LINE_HELD) : line;
  const full = cut ?? (line.length > LINE_HELD ? line.length : undefined);
  return { service, kind: stream, time, raw, text: textOf(raw), ...(full !== undefined && { cut: full }) };
}

function noteEntry({ service, text }: { service: string; text: string }, time: string): LogEntry {
  return { service, kind: 'note', time, raw: text, text: textOf(text) };
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
