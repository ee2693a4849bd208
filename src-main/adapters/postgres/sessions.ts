import type { Client } from 'pg';
import { endSoon, letGo } from './connect.ts';

/** Connections to one database that are used in turn, all of them begun alike. */
export class Sessions {
  private readonly open: (signal: AbortSignal) => Promise<Client>;
  private readonly idle: Client[] = [];
  private readonly all = new Set<Client>();
  private readonly ending = new AbortController();

  constructor(open: (signal: AbortSignal) => Promise<Client>) {
    this.open = open;
  }

  /** Runs work on a connection of its own. Where it fails or is left in the middle, the connection ends with it. */
  async use<Result>(signal: AbortSignal, work: (client: Client) => Promise<Result>): Promise<Result> {
    const client = await this.take(signal);
    const destroy = () => letGo(client);
    signal.addEventListener('abort', destroy, { once: true });
    try {
      const result = await work(client);
      this.idle.push(client);
      return result;
    } catch (error) {
      this.drop(client);
      throw error;
    } finally {
      signal.removeEventListener('abort', destroy);
    }
  }

  /** A connection that its taker gives back or drops. */
  async take(signal: AbortSignal): Promise<Client> {
    const idle = this.idle.pop();
    if (idle) return idle;
    const client = await this.open(AbortSignal.any([signal, this.ending.signal]));
    this.all.add(client);
    return client;
  }

  giveBack(client: Client): void {
    this.idle.push(client);
  }

  drop(client: Client): void {
    this.all.delete(client);
    letGo(client);
  }

  async close(): Promise<void> {
    const idle = this.idle.splice(0);
    await Promise.all(idle.map(endSoon));
    this.ending.abort();
    for (const client of this.all) letGo(client);
    this.all.clear();
  }
}
