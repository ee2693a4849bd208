import type { EngineState } from '#contract/engine.ts';
import type { Failure } from '#contract/errors.ts';

type State = EngineState['state'];
type Place = Pick<EngineState, 'endpoint' | 'rule' | 'context'>;

/** How the engine is, since when, and whoever wants to hear of changes. */
export class StateFeed {
  state: State = 'connecting';
  private since = new Date().toISOString();
  private latency: number | undefined;
  private error: Failure | undefined;
  private engine: EngineState['engine'];
  private nextTry: string | undefined;
  private version = 0;
  private readonly listeners = new Set<() => void>();

  /** Enters a state; staying in one is no change, unless its error is another. */
  set(state: State, news: { readonly latency?: number; readonly error?: Failure } = {}): void {
    if (news.latency !== undefined) this.latency = news.latency;
    const changed = state !== this.state || news.error?.message !== this.error?.message;
    if (state !== this.state) this.since = new Date().toISOString();
    this.state = state;
    this.error = news.error;
    this.nextTry = undefined;
    if (changed) this.tell();
  }

  describe(engine: NonNullable<EngineState['engine']>): void {
    const changed = JSON.stringify(engine) !== JSON.stringify(this.engine);
    this.engine = engine;
    if (changed) this.tell();
  }

  /** Says when the engine is tried again. */
  schedule(time: Date): void {
    this.nextTry = time.toISOString();
    this.tell();
  }

  read(place: Place): EngineState {
    return {
      state: this.state,
      since: this.since,
      ...place,
      ...(this.engine && { engine: this.engine }),
      ...(this.latency !== undefined && { latency: this.latency }),
      ...(this.error && { error: this.error }),
      ...(this.nextTry !== undefined && { nextTry: this.nextTry }),
    };
  }

  /** One item at once and one after every change, until the signal; a slow reader gets the latest only. */
  async *changes(signal: AbortSignal): AsyncGenerator<void> {
    let seen = -1;
    while (!signal.aborted) {
      if (seen !== this.version) {
        seen = this.version;
        yield;
      } else await this.nextChange(signal);
    }
  }

  private nextChange(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.listeners.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.listeners.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  private tell(): void {
    this.version++;
    for (const listener of [...this.listeners]) listener();
  }
}
