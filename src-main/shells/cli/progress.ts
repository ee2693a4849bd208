import type { OperationEvent } from '#contract/operations.ts';
import type { LiveRegion } from './live-region.ts';
import type { Output } from './output.ts';
import { countStates, newsIn, toneOf, withEvent, type ProgressRow } from './progress-rows.ts';
import { drawAmount } from './draw-amount.ts';
import { drawSteps, stepLine, withStep, type StepRow } from './progress-steps.ts';
import { formatSeconds } from './quantity.ts';
import type { Screen } from './screen.ts';
import { padEnd, textWidth } from './text-width.ts';

/** Shows an operation's events to a person while it works. */
export interface ProgressView {
  readonly rows: readonly ProgressRow[];
  show(event: OperationEvent): void;
  /** Says that the operation was asked to end. */
  cancelling(): void;
  /** Leaves the terminal to a question, and comes back after it. */
  pause(): void;
  resume(): void;
  /** Shows the last state and stops. */
  end(): void;
}

const CANCELLING = 'Cancelling; interrupt once more to stop at once.';

/** One row per service, drawn in place. */
export class LiveProgress implements ProgressView {
  rows: readonly ProgressRow[] = [];
  private steps: readonly StepRow[] = [];
  private readonly region: LiveRegion;
  private readonly screen: Screen;
  private readonly draw: (screen: Screen, frame: number) => readonly string[];
  private isCancelling = false;
  private hasEnded = false;

  constructor(region: LiveRegion, screen: Screen) {
    this.region = region;
    this.screen = screen;
    const began = Date.now();
    const footer = (now: Screen) => (this.isCancelling ? now.paint.yellow(`  ${CANCELLING}`) : drawFooter(this.rows, now, Date.now() - began));
    this.draw = (now, frame) => [...drawRows(this.rows, now, frame), ...drawSteps(this.steps, now, frame), footer(now)];
    this.resume();
  }

  pause(): void {
    this.region.stop('wipe');
  }

  resume(): void {
    if (!this.hasEnded) this.region.start(this.draw);
  }

  cancelling(): void {
    this.isCancelling = true;
  }

  show(event: OperationEvent): void {
    this.rows = withEvent(this.rows, event);
    this.steps = withStep(this.steps, event);
    if (event.type === 'message') this.region.print(formatMessage(event, this.screen));
    if (event.type === 'test' && isBad(event)) this.region.print(formatTest(event, this.screen));
  }

  end(): void {
    this.hasEnded = true;
    this.isCancelling = false;
    this.region.stop();
  }
}

/** Milliseconds between two lines about a service whose state did not change. */
const SAME_STATE = 5000;

/** One line for every change, for logs and for terminals that cannot draw. */
export class PlainProgress implements ProgressView {
  rows: readonly ProgressRow[] = [];
  private steps: readonly StepRow[] = [];
  private readonly output: Output;
  private readonly screen: Screen;
  /** When each service was last written about. */
  private readonly told = new Map<string, number>();
  /** What will be written about a service, if that still holds then. */
  private readonly later = new Map<string, NodeJS.Timeout>();

  constructor(output: Output, screen: Screen) {
    this.output = output;
    this.screen = screen;
  }

  show(event: OperationEvent): void {
    if (event.type === 'message') void this.output.write(formatMessage(event, this.screen));
    if (event.type === 'progress') this.showStep(event);
    if (event.type === 'test' && isBad(event)) void this.output.write(formatTest(event, this.screen));
    const name = newsIn(event)?.service;
    if (name === undefined) return;
    const before = this.rows.find((row) => row.service === name);
    this.rows = withEvent(this.rows, event);
    const row = this.rows.find((candidate) => candidate.service === name);
    const sameState = before?.state === row?.state;
    // Every step of a build is a line; of a service only what it now waits for.
    const same = sameState && (event.type === 'build' ? before?.phase === row?.phase : before?.why === row?.why);
    if (!row || same) return;
    clearTimeout(this.later.get(name));
    const wait = sameState && event.type !== 'build' ? (this.told.get(name) ?? 0) + SAME_STATE - Date.parse(event.time) : 0;
    if (wait <= 0) this.write(row, Date.parse(event.time));
    else this.later.set(name, setTimeout(() => this.write(row, Date.now()), wait).unref());
  }

  private write(row: ProgressRow, time: number): void {
    this.told.set(row.service, time);
    const detail = row.why ?? row.phase;
    const took = row.ended === undefined ? '' : ` (${formatSeconds((row.ended - row.began) / 1000)})`;
    void this.output.write(`${row.service}: ${row.state}${took}${detail ? `: ${this.oneLine(detail)}` : ''}\n`);
  }

  cancelling(): void {
    void this.output.write(`${CANCELLING}\n`);
  }

  pause(): void {}

  resume(): void {}

  end(): void {
    for (const timer of this.later.values()) clearTimeout(timer);
  }

  /** Where a step ends, and now and then before. */
  private showStep(event: OperationEvent & { type: 'progress' }): void {
    this.steps = withStep(this.steps, event);
    const row = this.steps.find(({ phase, about }) => phase === event.phase && about === event.about);
    const name = `${event.phase} ${event.about ?? ''}`;
    const told = this.told.get(name) ?? row?.began ?? 0;
    // Of tables without a row there may be hundreds.
    if (!row || (row.ended !== undefined && row.unit === 'rows' && row.done === 0) || (row.ended === undefined && Date.parse(event.time) - told < SAME_STATE)) return;
    this.told.set(name, Date.parse(event.time));
    void this.output.write(`${stepLine(row, this.screen)}\n`);
  }

  private oneLine(text: string): string {
    return this.screen.clean(text).replace(/\s*\n\s*/g, ' ');
  }
}

/** Shows nothing, and still knows the rows. */
export class SilentProgress implements ProgressView {
  rows: readonly ProgressRow[] = [];

  show(event: OperationEvent): void {
    this.rows = withEvent(this.rows, event);
  }

  cancelling(): void {}

  pause(): void {}

  resume(): void {}

  end(): void {}
}

function formatMessage(event: OperationEvent & { type: 'message' }, { paint, symbols, clean }: Screen): string {
  const text = clean(event.text);
  const line = event.level === 'warning' ? `${paint.yellow(`${symbols.warning} ${text}`)}\n` : `${text}\n`;
  return event.fix ? `${line}  ${clean(event.fix)}\n` : line;
}

function isBad({ state }: OperationEvent & { type: 'test' }): boolean {
  return state === 'failed' || state === 'broken';
}

function formatTest({ stage, suite, name, message }: OperationEvent & { type: 'test' }, { paint, symbols, clean }: Screen): string {
  const test = clean([stage, ...suite, name].join(' › ')).replace(/\s*\n\s*/g, ' ');
  return `${paint.red(`${symbols.bad} ${test}`)}${message === undefined ? '' : `: ${clean(message).replace(/\s*\n\s*/g, ' ')}`}\n`;
}

function drawRows(rows: readonly ProgressRow[], screen: Screen, frame: number): string[] {
  const serviceWidth = Math.max(0, ...rows.map((row) => textWidth(row.service)));
  const stateWidth = Math.max(0, ...rows.map((row) => row.state.length));
  return rows.map((row) => {
    const seconds = ((row.ended ?? Date.now()) - row.began) / 1000;
    const time = toneOf(row.state) === 'idle' ? '' : screen.paint.dim(formatSeconds(Math.max(0, seconds)).padStart(7));
    const cells = [drawSymbol(row, screen, frame), padEnd(row.service, serviceWidth), drawState(row, screen, stateWidth), padEnd(time, 7), drawDetail(row, screen)];
    return `  ${cells.join('  ')}`.trimEnd();
  });
}

function drawSymbol(row: ProgressRow, { paint, symbols }: Screen, frame: number): string {
  const tone = toneOf(row.state);
  switch (tone) {
    case 'good':
      return paint.green(symbols.good);
    case 'bad':
      return paint.red(symbols.bad);
    case 'working':
      return paint.cyan(symbols.spinner[frame % symbols.spinner.length] ?? '');
    case 'idle':
      return paint.dim(symbols.idle);
    default:
      return tone satisfies never;
  }
}

function drawState({ state }: ProgressRow, { paint }: Screen, width: number): string {
  const text = state.padEnd(width);
  const tone = toneOf(state);
  if (tone === 'bad') return paint.red(text);
  return tone === 'idle' ? paint.dim(text) : text;
}

function drawDetail({ state, progress, phase, why }: ProgressRow, screen: Screen): string {
  const { paint, clean } = screen;
  const words = clean(why ?? phase ?? '').replace(/\s*\n\s*/g, ' ');
  if (!progress) return toneOf(state) === 'bad' ? paint.yellow(words) : paint.dim(words);
  return drawAmount(progress, words, screen);
}

function drawFooter(rows: readonly ProgressRow[], { paint, symbols }: Screen, elapsed: number): string {
  const parts = [countStates(rows), formatSeconds(elapsed / 1000)].filter(Boolean);
  return paint.dim(`  ${parts.join(` ${symbols.dot} `)}`);
}
