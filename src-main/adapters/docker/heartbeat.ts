import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { pause } from './deadline.ts';

const REGULAR = 3000;
const FIRST_RETRY = 500;
const LAST_RETRY = 30_000;

export type Patient = {
  /** Asks the engine how it is; never rejects. */
  ask(): Promise<boolean>;
  /** Tells when it is asked again, while it does not answer. */
  schedule(time: Date): void;
  /** The socket whose appearance is worth a try at once. */
  socketPath(): string | undefined;
};

/** Asks an engine how it is while somebody wants to know: regularly while it answers, less and less often while it does not. */
export class Heartbeat {
  private readonly patient: Patient;
  private watchers = 0;
  private stopping: AbortController | undefined;
  private interrupt = () => {};

  constructor(patient: Patient) {
    this.patient = patient;
  }

  hold(): void {
    this.watchers++;
    if (this.watchers > 1) return;
    this.stopping = new AbortController();
    void this.beat(this.stopping.signal);
  }

  release(): void {
    this.watchers--;
    if (this.watchers === 0) this.stop();
  }

  stop(): void {
    this.stopping?.abort();
    this.stopping = undefined;
  }

  /** Asks at once. Returns whether there is a heartbeat that does. */
  wake(): boolean {
    this.interrupt();
    return this.stopping !== undefined;
  }

  private async beat(stopped: AbortSignal): Promise<void> {
    let failures = 0;
    while (!stopped.aborted) {
      const answered = await this.patient.ask();
      if (stopped.aborted) return;
      failures = answered ? 0 : failures + 1;
      const wait = answered ? REGULAR : retryAfter(failures);
      if (!answered) this.patient.schedule(new Date(Date.now() + wait));
      await this.rest(wait, stopped, !answered);
    }
  }

  private async rest(wait: number, stopped: AbortSignal, isDown: boolean): Promise<void> {
    const awake = new AbortController();
    const wake = () => awake.abort();
    this.interrupt = wake;
    stopped.addEventListener('abort', wake, { once: true });
    const unwatch = isDown ? this.watchSocket(wake) : () => {};
    try {
      await pause(wait, awake.signal);
    } finally {
      unwatch();
      stopped.removeEventListener('abort', wake);
      this.interrupt = () => {};
    }
  }

  private watchSocket(wake: () => void): () => void {
    const path = this.patient.socketPath();
    if (path === undefined) return () => {};
    try {
      const name = basename(path);
      const watcher = watch(dirname(path), { persistent: false }, (_event, file) => file === name && wake());
      watcher.on('error', () => watcher.close());
      return () => watcher.close();
    } catch {
      // No such folder, or no watches left: the next try comes by the clock.
      return () => {};
    }
  }
}

/** Doubles from half a second to half a minute, a little early or late, so that many clients do not come back at once. */
function retryAfter(failures: number): number {
  return Math.min(LAST_RETRY, FIRST_RETRY * 2 ** (failures - 1)) * (0.8 + 0.4 * Math.random());
}
