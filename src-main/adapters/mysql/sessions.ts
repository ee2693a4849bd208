import type { Connection } from 'mysql2';
import { BacklotError } from '#contract/errors.ts';
import { letGo } from './connect.ts';

/** Connections that are used in turn, all of them begun alike. */
export class Sessions {
  private readonly idle: Connection[];
  private readonly all: Set<Connection>;
  private readonly open: ((signal: AbortSignal) => Promise<Connection>) | undefined;
  private readonly waiting: (() => void)[] = [];
  private readonly ending = new AbortController();

  /** Without `open` there are those that are given, and no more: whoever comes later waits. */
  constructor(opened: readonly Connection[], open?: (signal: AbortSignal) => Promise<Connection>) {
    this.idle = [...opened];
    this.all = new Set(opened);
    this.open = open;
  }

  /** Runs work on a connection of its own. Where it fails, the connection ends with it unless others cannot be had. */
  async use<Result>(signal: AbortSignal, work: (connection: Connection) => Promise<Result>): Promise<Result> {
    const connection = await this.take(signal);
    const destroy = () => letGo(connection);
    signal.addEventListener('abort', destroy, { once: true });
    try {
      const result = await work(connection);
      this.giveBack(connection);
      return result;
    } catch (error) {
      if (this.open || signal.aborted) this.drop(connection);
      else this.giveBack(connection);
      throw error;
    } finally {
      signal.removeEventListener('abort', destroy);
    }
  }

  /** A connection that its taker gives back or drops. */
  async take(signal: AbortSignal): Promise<Connection> {
    for (;;) {
      if (signal.aborted) throw new BacklotError('cancelled', 'cancelled');
      const idle = this.idle.pop();
      if (idle) return idle;
      if (this.open) {
        const connection = await this.open(AbortSignal.any([signal, this.ending.signal]));
        this.all.add(connection);
        return connection;
      }
      if (this.all.size === 0) throw new BacklotError('source-failed', 'The connections that the snapshot is read through are gone');
      await this.oneComes(signal);
    }
  }

  private async oneComes(signal: AbortSignal): Promise<void> {
    let wake = () => {};
    const woken = new Promise<void>((resolve) => (wake = resolve));
    this.waiting.push(wake);
    signal.addEventListener('abort', wake, { once: true });
    await woken;
    signal.removeEventListener('abort', wake);
    // Who left must not be woken in the place of who still waits.
    const place = this.waiting.indexOf(wake);
    if (place !== -1) this.waiting.splice(place, 1);
    else if (signal.aborted && this.idle.length > 0) this.waiting.shift()?.();
  }

  giveBack(connection: Connection): void {
    this.idle.push(connection);
    this.waiting.shift()?.();
  }

  drop(connection: Connection): void {
    this.all.delete(connection);
    letGo(connection);
    this.waiting.shift()?.();
  }

  close(): void {
    this.ending.abort();
    for (const connection of this.all) letGo(connection);
    this.all.clear();
    this.idle.length = 0;
    for (const wake of this.waiting.splice(0)) wake();
  }
}
