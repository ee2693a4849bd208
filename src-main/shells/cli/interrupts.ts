import type { ChildProcess } from 'node:child_process';

const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof CODES;

/** npm passes a terminal's Ctrl-C on to a process that has got it already: one press counts once. */
const SAME_PRESS = 250;

/** The signals that ask this process to end. The first one asks, the second one ends it at once. */
export class Interrupts {
  private readonly controller = new AbortController();
  private readonly restore: () => void;
  private first: { readonly name: Signal; readonly at: number } | undefined;
  private child: ChildProcess | undefined;
  /** Called once, for what a person should be told. */
  onFirst: () => void = () => {};

  /** `restore` puts the terminal back as it was, whatever happens. */
  constructor(restore: () => void) {
    this.restore = restore;
    process.on('exit', restore);
    for (const name of Object.keys(CODES) as Signal[]) process.on(name, () => this.receive(name));
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The exit code of work that a signal ended. */
  get exitCode(): number {
    return CODES[this.first?.name ?? 'SIGINT'];
  }

  /** From now on signals go to this program, and its end is ours. */
  handTo(child: ChildProcess): void {
    this.child = child;
  }

  private receive(name: Signal): void {
    if (this.child) {
      this.child.kill(name);
      return;
    }
    const now = performance.now();
    if (!this.first) {
      this.first = { name, at: now };
      this.controller.abort();
      this.onFirst();
      return;
    }
    if (name === this.first.name && now - this.first.at < SAME_PRESS) return;
    this.restore();
    process.exit(this.exitCode);
  }
}
