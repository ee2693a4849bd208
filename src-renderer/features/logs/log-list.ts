import { cellsOf } from './cells.ts';
import { LogCursor } from './log-cursor.ts';
import { LogGeometry, ROW } from './log-geometry.ts';
import css from './LogList.module.css';
import type { LogModel, ModelListener } from './log-model.ts';
import type { LogEntry } from './log-ring.ts';
import { fillRow, WIDEST_SERVICE } from './log-row.ts';
import type { Timestamps } from './log-time.ts';
import { MarkedRanges } from './marked-ranges.ts';

export type LogListOptions = {
  readonly timestamps: Timestamps;
  readonly wrap: boolean;
  /** Names of the services, for the width of their column and their tones. */
  readonly services: readonly string[];
};

export type LogListEvents = {
  /** Follow was switched on or off, or the number of new lines below changed. */
  onFollow(following: boolean): void;
  /** Somebody wants to see the whole of a line. */
  onOpen(entry: LogEntry): void;
  /** The current line moved, by keyboard. */
  onCurrent(entry: LogEntry): void;
};

type Drawn = { readonly row: HTMLElement; readonly entry: LogEntry; readonly position: number };

const OVERSCAN = 12;
const TONES = 10;

/** A window of rows over a model of any length, drawn once a frame without React. */
export class LogList implements ModelListener {
  readonly cursor: LogCursor;
  private readonly model: LogModel;
  private readonly events: LogListEvents;
  private readonly geometry: LogGeometry;
  private readonly marks: MarkedRanges;
  readonly scroller: HTMLElement;
  private readonly canvas = document.createElement('div');
  private readonly window = document.createElement('div');
  private readonly probe = document.createElement('span');
  private readonly resizes: ResizeObserver;
  private readonly pool: HTMLElement[] = [];
  private readonly unsubscribe: () => void;
  private drawn: readonly Drawn[] = [];
  private options: LogListOptions = { timestamps: 'off', wrap: false, services: [] };
  private size = { width: 0, height: 0, cell: 7.5 };
  private following = true;
  /** The line at the top edge while not following, and how far it is scrolled out. */
  private anchor = { position: 0, offset: 0 };
  private ownTop = -1;
  private widest = 0;
  private frame: number | undefined;
  private allStale = true;
  private moved = true;
  private endWhenLeft = 0;

  constructor(scroller: HTMLElement, model: LogModel, events: LogListEvents) {
    this.scroller = scroller;
    this.model = model;
    this.events = events;
    this.geometry = new LogGeometry(model);
    this.cursor = new LogCursor(model, this);
    this.marks = new MarkedRanges(model, () => this.redraw());
    this.canvas.className = css.canvas ?? '';
    this.window.className = css.window ?? '';
    this.probe.textContent = '0'.repeat(100);
    this.probe.className = css.probe ?? '';
    this.canvas.append(this.probe, this.window);
    scroller.replaceChildren(this.canvas);
    this.resizes = new ResizeObserver(() => this.measure());
    this.resizes.observe(scroller);
    scroller.addEventListener('scroll', this.onScroll, { passive: true });
    scroller.addEventListener('wheel', this.onWheel, { passive: true });
    document.addEventListener('selectionchange', this.onSelection);
    this.unsubscribe = model.subscribe(this);
  }

  dispose(): void {
    this.unsubscribe();
    this.resizes.disconnect();
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.scroller.removeEventListener('scroll', this.onScroll);
    this.scroller.removeEventListener('wheel', this.onWheel);
    document.removeEventListener('selectionchange', this.onSelection);
    this.scroller.replaceChildren();
  }

  configure(options: LogListOptions): void {
    this.options = options;
    const width = Math.min(WIDEST_SERVICE, Math.max(4, ...options.services.map((name) => name.length)));
    this.scroller.dataset.wrap = String(options.wrap);
    this.scroller.dataset.timestamps = options.timestamps;
    this.scroller.style.setProperty('--service-width', String(width));
    this.widest = 0;
    this.measure();
  }

  /** Lines that came below what is in view, since it stopped following. */
  get news(): number {
    return this.following ? 0 : this.model.visible.count - this.model.visible.indexOf(this.endWhenLeft);
  }

  get isFollowing(): boolean {
    return this.following;
  }

  /** How many rows fit into the view. */
  get pageRows(): number {
    return Math.max(1, Math.floor(this.size.height / ROW) - 1);
  }

  setFollowing(following: boolean): void {
    if (following === this.following) return;
    this.following = following;
    this.endWhenLeft = this.model.ring.end;
    this.events.onFollow(following);
    this.schedule();
  }

  /** Brings a line into view, a third down from the top unless it is in view already. */
  reveal(position: number): void {
    const index = this.model.visible.indexOf(position);
    const top = this.geometry.topOf(index);
    const inView = top >= this.scroller.scrollTop && this.geometry.topOf(index + 1) <= this.scroller.scrollTop + this.size.height;
    this.setFollowing(false);
    if (!inView) this.scrollTo(top - this.size.height / 3);
    this.redraw();
  }

  /** Goes to the first line, or to the last and follows. */
  goTo(end: 'first' | 'last'): void {
    this.setFollowing(end === 'last');
    if (end === 'first') this.scrollTo(0);
    this.schedule();
  }

  announce(entry: LogEntry): void {
    this.events.onCurrent(entry);
  }

  open(entry: LogEntry): void {
    this.events.onOpen(entry);
  }

  /** The line that a row of the page shows. */
  positionOf(target: EventTarget | null): number | undefined {
    return this.drawn.find(({ row }) => target instanceof Node && row.contains(target))?.position;
  }

  /** First position in view. */
  get topPosition(): number {
    return this.model.visible.at(this.geometry.indexAt(this.scroller.scrollTop)) ?? this.model.ring.first;
  }

  redraw(): void {
    this.allStale = true;
    this.schedule();
  }

  onChange(): void {
    this.schedule();
  }

  onDropped(count: number): void {
    this.geometry.dropFirst(count);
    this.moved = true;
  }

  onTruncated(count: number): void {
    this.geometry.truncate(count);
  }

  onReset(): void {
    this.geometry.reset();
    this.marks.clear();
    this.widest = 0;
    this.moved = true;
    this.allStale = true;
  }

  private schedule(): void {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.draw();
    });
  }

  private measure(): void {
    const cell = this.probe.getBoundingClientRect().width / 100 || this.size.cell;
    this.size = { width: this.scroller.clientWidth, height: this.scroller.clientHeight, cell };
    const gutter = { off: 0, relative: 9, absolute: 14 }[this.options.timestamps] + Number(this.scroller.style.getPropertyValue('--service-width') || 12);
    const columns = Math.max(20, Math.floor((this.size.width - gutter * cell - 26 - 22 - 1) / cell));
    if (this.geometry.wrapAt(this.options.wrap ? columns : undefined)) this.moved = true;
    this.redraw();
  }

  private draw(): void {
    const total = this.geometry.total;
    this.canvas.style.height = `${total}px`;
    const top = this.placeScroll(total);
    const first = Math.max(0, this.geometry.indexAt(top) - OVERSCAN);
    const last = Math.min(this.model.visible.count, this.geometry.indexAt(top + this.size.height) + 1 + OVERSCAN);
    this.window.style.transform = `translateY(${this.geometry.topOf(first)}px)`;
    this.place(first, last);
    this.allStale = false;
    if (this.correctGuesses(first)) this.schedule();
    this.marks.want(this.drawn);
  }

  /** Answers the top edge of what is to be drawn, after moving it where following or lost lines ask for it. */
  private placeScroll(total: number): number {
    const lowest = Math.max(0, total - this.size.height);
    if (this.following) return this.scrollTo(lowest);
    if (!this.moved) return Math.min(this.scroller.scrollTop, lowest);
    this.moved = false;
    const index = this.model.visible.indexOf(this.anchor.position);
    const isThere = this.model.visible.at(index) === this.anchor.position;
    return this.scrollTo(Math.min(lowest, this.geometry.topOf(index) + (isThere ? this.anchor.offset : 0)));
  }

  private scrollTo(top: number): number {
    const bounded = Math.max(0, top);
    if (Math.abs(bounded - this.ownTop) >= 1 || !this.following) this.scroller.scrollTop = bounded;
    this.ownTop = bounded;
    return bounded;
  }

  private place(first: number, last: number): void {
    const before = new Map(this.drawn.map((drawn) => [drawn.position, drawn]));
    const wanted = Array.from({ length: Math.max(0, last - first) }, (_, offset) => this.model.visible.at(first + offset) ?? -1);
    const keep = new Set(wanted);
    for (const { position, row } of this.drawn) if (!keep.has(position)) this.pool.push(row);
    let next = this.window.firstChild;
    const drawn: Drawn[] = [];
    for (const position of wanted) {
      const entry = this.model.ring.at(position);
      if (!entry) continue;
      const old = before.get(position);
      const row = old?.row ?? this.pool.pop() ?? document.createElement('div');
      if (this.allStale || old?.entry !== entry) this.fill(row, entry, position);
      if (row === next) next = next.nextSibling;
      else this.window.insertBefore(row, next);
      drawn.push({ row, entry, position });
    }
    while (next) {
      const after: ChildNode | null = next.nextSibling;
      next.remove();
      next = after;
    }
    this.drawn = drawn;
    this.canvas.style.minWidth = this.options.wrap ? '' : `${this.widest * this.size.cell + 60}px`;
  }

  private fill(row: HTMLElement, entry: LogEntry, position: number): void {
    const { services, timestamps, wrap } = this.options;
    fillRow(row, entry, {
      timestamps,
      now: Date.now(),
      ranges: this.marks.of(entry),
      selected: this.cursor.has(position),
      toneOf: (service) => toneOf(service, services),
    });
    if (!wrap) this.widest = Math.max(this.widest, cellsOf(entry.text.slice(0, 2000)) + 40);
  }

  private correctGuesses(first: number): boolean {
    const guesses = this.drawn.map(({ entry, row }, offset) => ({ entry, row, index: first + offset })).filter(({ entry }) => this.geometry.isGuess(entry.text));
    const heights = guesses.map(({ row }) => row.offsetHeight);
    return guesses.map(({ index }, at) => this.geometry.correct(index, heights[at] ?? 0)).includes(true);
  }

  private readonly onScroll = (): void => {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    const isOwn = Math.abs(scrollTop - this.ownTop) < 2;
    this.ownTop = scrollTop;
    const index = this.geometry.indexAt(scrollTop);
    this.anchor = { position: this.model.visible.at(index) ?? 0, offset: scrollTop - this.geometry.topOf(index) };
    if (!isOwn) this.setFollowing(scrollTop + clientHeight >= scrollHeight - ROW / 2);
    this.schedule();
  };

  private readonly onWheel = ({ deltaY }: WheelEvent): void => {
    if (deltaY < 0 && this.scroller.scrollTop > 0) this.setFollowing(false);
  };

  private readonly onSelection = (): void => {
    const selection = document.getSelection();
    if (selection && !selection.isCollapsed && this.window.contains(selection.anchorNode)) this.setFollowing(false);
  };
}

/** Which tone a service has: its place in the list, so that neighbours differ; strangers by their name. */
export function toneOf(service: string, services: readonly string[]): number {
  const index = services.indexOf(service);
  if (index >= 0) return index % TONES;
  return [...service].reduce((sum, character) => (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973, 7) % TONES;
}
