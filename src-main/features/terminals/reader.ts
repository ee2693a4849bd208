import { setTimeout as delay } from 'node:timers/promises';
import type { TerminalOutput } from '#contract/terminals.ts';
import type { Capture } from './screen.ts';

/** Characters of one item, at most. */
const LARGEST_ITEM = 64 * 1024;
/** Milliseconds in which small pieces are gathered into one item. */
const GATHER = 8;

type Ended = Extract<TerminalOutput, { type: 'ended' }>;

/** Where a reader stands: without a screen, waiting for the one it asked for, or reading on from it. */
type Position = 'behind' | 'asking' | 'following';

/** One reader of a terminal: first the screen, then all that comes after it. When it was too slow, the screen again. */
export class Reader {
  private readonly ask: (answer: (capture: Capture) => void) => void;
  private position: Position = 'behind';
  /** Counts the screens asked for: an answer to an earlier question is not taken. */
  private asked = 0;
  private screen: Capture | undefined;
  private text = '';
  private ended: Ended | undefined;
  private wake = () => {};

  constructor(ask: (answer: (capture: Capture) => void) => void) {
    this.ask = ask;
  }

  /** Characters that wait to be read. */
  get lag(): number {
    return this.text.length;
  }

  add(text: string): void {
    if (this.position === 'behind') return;
    this.text += text;
    this.wake();
  }

  /** Nothing comes any more. */
  end(ended: Ended): void {
    this.ended = ended;
    this.wake();
  }

  /** Gives up what waits to be read; the screen will stand in for it. */
  fallBehind(): void {
    this.position = 'behind';
    this.screen = undefined;
    this.text = '';
    this.wake();
  }

  /** `onRead` is called whenever less waits than before. */
  async *items(signal: AbortSignal, onRead: () => void): AsyncGenerator<TerminalOutput> {
    let last = -Infinity;
    while (!signal.aborted) {
      if (this.position === 'behind') this.catchUp();
      const wait = last + GATHER - performance.now();
      if (wait > 0 && this.text.length < LARGEST_ITEM) await delay(wait);
      const item = this.take();
      if (item) {
        onRead();
        yield item;
        last = performance.now();
        if (item.type === 'ended') return;
      } else {
        await this.change(signal);
      }
    }
  }

  private catchUp(): void {
    const question = ++this.asked;
    this.position = 'asking';
    this.ask((capture) => {
      if (this.position !== 'asking' || question !== this.asked) return;
      this.position = 'following';
      this.screen = capture;
      this.wake();
    });
  }

  private take(): TerminalOutput | undefined {
    if (this.position !== 'following') return undefined;
    if (this.screen) {
      const item: TerminalOutput = { type: 'screen', ...this.screen };
      this.screen = undefined;
      return item;
    }
    if (this.text) {
      const text = this.text.slice(0, LARGEST_ITEM);
      this.text = this.text.slice(LARGEST_ITEM);
      return { type: 'text', text };
    }
    return this.ended;
  }

  private change(signal: AbortSignal): Promise<void> {
    // Left while a piece was waited for: no `abort` comes any more.
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        this.wake = () => {};
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.wake = done;
      signal.addEventListener('abort', done, { once: true });
    });
  }
}
