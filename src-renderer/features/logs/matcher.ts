import type { Query, Ranges } from './query.ts';

type Pattern = Extract<Query, { kind: 'pattern' }>;

export type MatchQuestion = {
  readonly id: number;
  readonly source: string;
  readonly flags: string;
  readonly texts: readonly string[];
  readonly want: 'lines' | 'ranges';
};

export type MatchReply = { readonly id: number; readonly lines?: readonly number[]; readonly ranges?: readonly Ranges[] };

/** The part of a Worker that is needed. */
export interface MatchThread {
  ask(question: MatchQuestion): void;
  onReply(listener: (reply: MatchReply) => void): void;
  terminate(): void;
}

/** Longer than any sane pattern takes for one chunk of lines. */
const PATIENCE = 2000;
/** A thread that has to start first may take so many times longer. */
const STARTING = 3;

/** Finds matches off the page's thread. A pattern that takes too long loses its thread, and `onStuck` is told. */
export class Matcher {
  onStuck: (() => void) | undefined;
  private readonly start: () => MatchThread;
  private readonly waiting = new Map<number, (reply: MatchReply) => void>();
  private readonly patience: number;
  private thread: MatchThread | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private lastId = 0;
  private started = false;

  constructor(start: () => MatchThread, patience = PATIENCE) {
    this.start = start;
    this.patience = patience;
  }

  /** The indexes of the texts that match. Never settles when the pattern is stuck or the matcher was reset. */
  async lines(pattern: Pattern, texts: readonly string[]): Promise<readonly number[]> {
    return (await this.ask(pattern, texts, 'lines')).lines ?? [];
  }

  /** Where each text matches. Never settles when the pattern is stuck or the matcher was reset. */
  async ranges(pattern: Pattern, texts: readonly string[]): Promise<readonly Ranges[]> {
    return (await this.ask(pattern, texts, 'ranges')).ranges ?? [];
  }

  /** Forgets every question and ends the thread. The next question starts a new one. */
  reset(): void {
    clearTimeout(this.watchdog);
    this.watchdog = undefined;
    this.thread?.terminate();
    this.thread = undefined;
    this.started = false;
    this.waiting.clear();
  }

  private ask(pattern: Pattern, texts: readonly string[], want: MatchQuestion['want']): Promise<MatchReply> {
    this.thread ??= this.startThread();
    const id = ++this.lastId;
    const reply = new Promise<MatchReply>((resolve) => this.waiting.set(id, resolve));
    this.thread.ask({ id, source: pattern.source, flags: pattern.flags, texts, want });
    this.watch();
    return reply;
  }

  private startThread(): MatchThread {
    const thread = this.start();
    thread.onReply((reply) => {
      this.started = true;
      this.waiting.get(reply.id)?.(reply);
      this.waiting.delete(reply.id);
      clearTimeout(this.watchdog);
      this.watchdog = undefined;
      if (this.waiting.size > 0) this.watch();
    });
    return thread;
  }

  private watch(): void {
    this.watchdog ??= setTimeout(() => {
      this.reset();
      this.onStuck?.();
    }, this.patience * (this.started ? 1 : STARTING));
  }
}

/** A matcher over a real worker of this page. */
export function createMatcher(): Matcher {
  return new Matcher(() => {
    const worker = new Worker(new URL('./match.worker.ts', import.meta.url), { type: 'module' });
    return {
      ask: (question) => worker.postMessage(question),
      onReply: (listener) => worker.addEventListener('message', ({ data }: MessageEvent<MatchReply>) => listener(data)),
      terminate: () => worker.terminate(),
    };
  });
}
