import { constants } from 'node:os';
import type { TerminalOutput, TerminalView } from '#contract/terminals.ts';
import type { OpenTerminal } from '#ports/terminal-host.ts';
import { Reader } from './reader.ts';
import type { Screen } from './screen.ts';

/** Characters waiting to be read or shown, at which the program has to wait, and at which it goes on. */
const HIGH = 256 * 1024;
const LOW = 32 * 1024;
/** Milliseconds that the program waits for a reader which does not read; then that reader misses what it did not read. */
const PATIENCE = 5_000;

type SessionParts = {
  readonly view: TerminalView;
  readonly terminal: OpenTerminal;
  readonly screen: Screen;
  /** Ends what the program leaves running elsewhere. */
  readonly cleanUp: (() => Promise<void>) | undefined;
};

/** One terminal with its screen and its readers. Its memory is bounded, whatever its program prints and whoever reads. */
export class Session {
  private readonly terminal: OpenTerminal;
  private readonly screen: Screen;
  private readonly cleanUp: (() => Promise<void>) | undefined;
  private readonly readers = new Set<Reader>();
  private readonly over: Promise<void>;
  private current: TerminalView;
  /** Characters that came and do not stand on the screen yet. */
  private unshown = 0;
  private waiting: NodeJS.Timeout | undefined;

  constructor({ view, terminal, screen, cleanUp }: SessionParts) {
    this.current = view;
    this.terminal = terminal;
    this.screen = screen;
    this.cleanUp = cleanUp;
    screen.onAnswer((text) => terminal.write(text));
    terminal.onOutput((text) => this.show(text));
    this.over = new Promise((resolve) =>
      terminal.onEnd((exitCode) => {
        this.end(exitCode);
        resolve();
      }),
    );
  }

  get view(): TerminalView {
    return this.current;
  }

  write(text: string): void {
    this.terminal.write(text);
  }

  resize(columns: number, rows: number): void {
    if (columns === this.current.columns && rows === this.current.rows) return;
    this.current = { ...this.current, columns, rows };
    this.terminal.resize(columns, rows);
    this.screen.resize(columns, rows);
  }

  async *output(signal: AbortSignal): AsyncGenerator<TerminalOutput> {
    const reader = new Reader((answer) => this.screen.capture(answer));
    this.readers.add(reader);
    if (this.current.state === 'ended') reader.end(this.ending());
    try {
      yield* reader.items(signal, () => this.balance());
    } finally {
      this.readers.delete(reader);
      this.balance();
    }
  }

  /** Ends the program, and waits until it has ended. */
  async close(): Promise<void> {
    if (this.current.state === 'ended') return;
    this.terminal.end();
    await Promise.all([this.over, this.cleanUp?.()]);
  }

  private show(text: string): void {
    this.unshown += text.length;
    this.screen.write(text, () => {
      this.unshown -= text.length;
      this.balance();
    });
    for (const reader of this.readers) reader.add(text);
    this.balance();
  }

  /** Lets the program wait while too much waits for the screen or for a reader. */
  private balance(): void {
    const most = Math.max(this.unshown, ...[...this.readers].map((reader) => reader.lag));
    if (this.waiting === undefined && most > HIGH) {
      this.terminal.pause();
      this.waiting = setInterval(() => this.leaveBehind(), PATIENCE);
    } else if (this.waiting !== undefined && most < LOW) {
      this.goOn();
    }
  }

  private leaveBehind(): void {
    for (const reader of this.readers) if (reader.lag >= LOW) reader.fallBehind();
    this.balance();
  }

  private goOn(): void {
    clearInterval(this.waiting);
    this.waiting = undefined;
    this.terminal.resume();
  }

  private end(exitCode: number): void {
    this.goOn();
    const why = reasonOf(exitCode);
    this.current = { ...this.current, state: 'ended', exitCode, ...(why && { why }) };
    for (const reader of this.readers) reader.end(this.ending());
  }

  private ending(): Extract<TerminalOutput, { type: 'ended' }> {
    const { exitCode, why } = this.current;
    return { type: 'ended', ...(exitCode !== undefined && { exitCode }), ...(why && { why }) };
  }
}

function reasonOf(exitCode: number): string | undefined {
  const signal = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)?.[0];
  return signal && `ended by ${signal}`;
}
