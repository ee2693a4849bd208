/** The part of a terminal that takes output. `done` is called once the text is on the screen. */
export type Sink = { write(text: string, done: () => void): void };

/** xterm stays responsive below about half a million characters and throws output away far above. */
const HIGH = 384 * 1024;
const LOW = 96 * 1024;

/** Writes into a terminal no faster than it draws: `write` resolves when more may come. */
export class Flow {
  private readonly sink: Sink;
  private readonly high: number;
  private readonly low: number;
  private pending = 0;
  private wake: (() => void) | undefined;

  constructor(sink: Sink, { high, low } = { high: HIGH, low: LOW }) {
    this.sink = sink;
    this.high = high;
    this.low = low;
  }

  async write(text: string): Promise<void> {
    this.push(text);
    if (this.pending > this.high) await new Promise<void>((resolve) => (this.wake = resolve));
  }

  /** Resolves when this text and everything before it is on the screen. */
  writeAll(text: string): Promise<void> {
    return new Promise((resolve) => this.push(text, resolve));
  }

  private push(text: string, done?: () => void): void {
    this.pending += text.length;
    this.sink.write(text, () => {
      this.pending -= text.length;
      if (this.pending <= this.low) {
        this.wake?.();
        this.wake = undefined;
      }
      done?.();
    });
  }
}
