import type { LogBatch } from '#contract/stack.ts';
import { Signal } from '#core/signal.ts';
import type { ContainerEngine, ContainerSummary } from '#ports/container-engine.ts';
import { readLines, serviceOf } from './read-lines.ts';

/** Lines that may wait for the reader before the containers' feeds are left unread. */
const MOST_WAITING = 5000;
/** Containers appear without an event that was seen now and then, so they are listed again. */
const RESYNC = 10_000;

type Following = {
  readonly labels: readonly string[];
  readonly wanted: (container: ContainerSummary) => boolean;
  /** Time of each container's last line that was shown already. */
  readonly last: Map<string, string>;
};

/** What an environment's containers print from now on, those included that start later. Ends with the signal; rejects when the engine is lost. */
export async function* followLogs(following: Following, engine: ContainerEngine, signal: AbortSignal): AsyncGenerator<LogBatch> {
  const scope = new AbortController();
  const inner = AbortSignal.any([signal, scope.signal]);
  const follower = new Follower(following, engine, inner);
  try {
    yield* follower.batches();
  } finally {
    scope.abort();
  }
}

class Follower {
  private readonly following: Following;
  private readonly engine: ContainerEngine;
  private readonly signal: AbortSignal;
  private readonly arrived = new Signal();
  private readonly drained = new Signal();
  private readonly open = new Set<string>();
  /** Names of containers that were seen to run or to have run: one that takes another's place has its name. */
  private readonly ran = new Set<string>();
  private waiting: LogBatch[] = [];
  private waitingLines = 0;
  private error: unknown;

  constructor(following: Following, engine: ContainerEngine, signal: AbortSignal) {
    this.following = following;
    this.engine = engine;
    this.signal = signal;
  }

  async *batches(): AsyncGenerator<LogBatch> {
    void this.guard(this.watchStarts());
    while (!this.signal.aborted) {
      if (this.waiting.length === 0) await this.arrived.wait(RESYNC, this.signal);
      const ready = this.waiting;
      this.waiting = [];
      this.waitingLines = 0;
      this.drained.raise();
      for (const batch of ready) yield batch;
      if (this.error !== undefined) throw this.error;
    }
  }

  /** Opens the feed of every container that runs, now and whenever one starts. */
  private async watchStarts(): Promise<void> {
    const started = new Signal();
    void this.guard(this.raiseOnStart(started));
    for (let first = true; !this.signal.aborted; first = false) {
      const containers = await this.engine.listContainers(this.following.labels, this.signal);
      for (const container of containers) {
        if (!this.following.wanted(container) || container.state !== 'running' || this.open.has(container.id)) continue;
        if (!first) this.push({ lines: [], note: { service: serviceOf(container), text: this.ran.has(container.name) ? 'started again' : 'started' } });
        void this.guard(this.pump(container));
      }
      for (const container of containers) if (container.state !== 'created') this.ran.add(container.name);
      await started.wait(RESYNC, this.signal);
    }
  }

  private async raiseOnStart(started: Signal): Promise<void> {
    for await (const event of this.engine.events(this.signal)) if (event.kind === 'container' && event.action === 'start') started.raise();
  }

  private async pump(container: ContainerSummary): Promise<void> {
    const service = serviceOf(container);
    const { last } = this.following;
    this.open.add(container.id);
    try {
      const since = last.get(container.id);
      for await (const lines of readLines(container, { follow: true, ...(since !== undefined && { since }) }, this.engine, this.signal)) {
        const shown = last.get(container.id) ?? '';
        const fresh = lines.filter((line) => line.time > shown);
        const time = fresh.at(-1)?.time;
        if (time === undefined) continue;
        last.set(container.id, time);
        this.push({ lines: fresh });
        while (this.waitingLines > MOST_WAITING && !this.signal.aborted) await this.drained.wait(RESYNC, this.signal);
      }
      if (!this.signal.aborted) this.push({ lines: [], note: { service, text: 'ended' } });
    } finally {
      this.open.delete(container.id);
    }
  }

  private push(batch: LogBatch): void {
    this.waiting.push(batch);
    this.waitingLines += batch.lines.length;
    this.arrived.raise();
  }

  private async guard(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (this.signal.aborted) return;
      this.error ??= error;
      this.arrived.raise();
    }
  }
}
