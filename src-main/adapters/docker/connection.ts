import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { EngineState } from '#contract/engine.ts';
import { toFailure, type BacklotError } from '#contract/errors.ts';
import { cancelled, DEADLINE, pause, withDeadline } from './deadline.ts';
import type { Endpoint } from './endpoint.ts';
import { describeEngine, negotiateVersion, reachesContainers, type EngineFacts } from './engine-facts.ts';
import { engineFailure } from './failures.ts';
import { Modem, readAll } from './modem.ts';
import { StateFeed } from './state-feed.ts';
import { createTransport, type Transport } from './transport.ts';

/** A ping that takes longer than this shows the engine as slow. */
const SLOW = 2000;
const HEARTBEAT = 3000;
const FIRST_RETRY = 500;
const LAST_RETRY = 30_000;

/** The way to one engine: finds it at the first need, agrees on a version, and knows how it is. */
export class Connection {
  private readonly resolve: () => Endpoint;
  private readonly environment: Readonly<Record<string, string | undefined>>;
  private readonly closing = new AbortController();
  private readonly feed = new StateFeed();
  private found: { readonly endpoint: Endpoint; readonly transport: Transport } | undefined;
  private modem: Modem | undefined;
  private facts: EngineFacts | undefined;
  /** How far the engine's clock is ahead of ours, in milliseconds; 0 on this machine. */
  private ahead = 0;
  private attempt: Promise<Modem> | undefined;
  private heartbeat: { readonly stop: AbortController; wake: () => void } | undefined;

  constructor(resolve: () => Endpoint, environment: Readonly<Record<string, string | undefined>>) {
    this.resolve = resolve;
    this.environment = environment;
  }

  get endpoint(): Endpoint {
    return this.find().endpoint;
  }

  get state(): EngineState {
    try {
      const { url, rule, context } = this.endpoint;
      return this.feed.read({ endpoint: url, rule, ...(context !== undefined && { context }) });
    } catch (error) {
      this.feed.set('down', { error: toFailure(error) });
      return this.feed.read({ endpoint: '', rule: '' });
    }
  }

  get reachesContainers(): boolean {
    return reachesContainers(this.endpoint, this.facts, process.platform);
  }

  /** Every state from now on, while somebody listens; the engine is asked how it is only then. */
  async *watch(signal: AbortSignal): AsyncGenerator<EngineState> {
    const until = AbortSignal.any([signal, this.closing.signal]);
    this.hold();
    try {
      for await (const _change of this.feed.changes(until)) yield this.state;
    } finally {
      this.release();
    }
  }

  /** The modem to call through, once the engine has answered for the first time or again. */
  async ready(signal: AbortSignal): Promise<Modem> {
    if (signal.aborted || this.closing.signal.aborted) throw cancelled();
    if (this.modem && this.feed.state !== 'down') return this.modem;
    return orAborted(this.tryOnce(), signal);
  }

  /** One honest try, and what the engine tells of itself. */
  async connect(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw cancelled();
    await orAborted(this.tryOnce(), signal);
    await orAborted(this.learnFacts(), signal);
  }

  /** Now, by the engine's clock. */
  engineTime(): number {
    return Date.now() + this.ahead;
  }

  reconnect(): void {
    if (this.closing.signal.aborted) return;
    if (this.feed.state === 'down') this.feed.set('connecting');
    if (this.heartbeat) this.heartbeat.wake();
    else this.tryOnce().catch(() => {});
  }

  /** Tells of a call that failed: a broken connection is looked into at once. */
  noteFailure(failure: BacklotError): void {
    if (failure.code !== 'engine-lost' && failure.code !== 'engine-unreachable' && failure.code !== 'engine-slow') return;
    if (this.heartbeat) this.heartbeat.wake();
    else if (failure.code !== 'engine-slow') this.feed.set('down', { error: toFailure(failure) });
  }

  /** Ends everything that is open. */
  close(): void {
    this.closing.abort();
    this.heartbeat?.stop.abort();
    this.found?.transport.close();
  }

  /** Aborts when this connection is closed. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  private find(): { readonly endpoint: Endpoint; readonly transport: Transport } {
    if (!this.found) {
      const endpoint = this.resolve();
      this.found = { endpoint, transport: createTransport(endpoint.address, this.environment) };
    }
    return this.found;
  }

  private tryOnce(): Promise<Modem> {
    this.attempt ??= this.ping().finally(() => (this.attempt = undefined));
    return this.attempt;
  }

  private async ping(): Promise<Modem> {
    const began = performance.now();
    // An engine that is down stays so until it answers, however long it takes.
    const late = setTimeout(() => this.feed.state !== 'down' && this.feed.set('slow'), SLOW);
    try {
      const { endpoint, transport } = this.find();
      const offered = await withDeadline(DEADLINE.ping, [this.closing.signal], async (signal) => {
        const response = await transport.send({ method: 'GET', path: '/_ping' }, signal);
        await readAll(response);
        this.ahead = isLocal(endpoint) ? 0 : (Date.parse(response.headers.date ?? '') || Date.now()) - Date.now();
        return String(response.headers['api-version'] ?? '');
      }).catch((error: unknown) => {
        throw engineFailure(error, endpoint, 'reach the engine');
      });
      const latency = Math.round(performance.now() - began);
      const version = negotiateVersion(offered, endpoint);
      if (!this.modem || this.feed.state === 'down') this.modem = new Modem(transport, version);
      this.feed.set(latency > SLOW ? 'slow' : 'up', { latency });
      return this.modem;
    } catch (error) {
      this.feed.set('down', { error: toFailure(error) });
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  private async learnFacts(): Promise<void> {
    const { endpoint } = this.find();
    const modem = await this.ready(this.closing.signal);
    try {
      const info = await withDeadline(DEADLINE.read, [this.closing.signal], (signal) => modem.call({ method: 'GET', path: '/info' }, signal));
      this.facts = describeEngine(info, modem.apiVersion);
      const { rootless: _rootless, desktop: _desktop, ...engine } = this.facts;
      this.feed.describe(engine);
    } catch (error) {
      this.noteFailure(engineFailure(error, endpoint, 'ask the engine about itself'));
    }
  }

  private hold(): void {
    this.feed.watchers++;
    if (this.feed.watchers > 1 || this.closing.signal.aborted) return;
    const beat = { stop: new AbortController(), wake: () => {} };
    this.heartbeat = beat;
    this.beat(beat).catch((error: unknown) => this.feed.set('down', { error: toFailure(error) }));
  }

  private release(): void {
    this.feed.watchers--;
    if (this.feed.watchers > 0) return;
    this.heartbeat?.stop.abort();
    this.heartbeat = undefined;
  }

  /** Asks the engine how it is: regularly while it answers, less and less often while it does not. */
  private async beat(beat: { readonly stop: AbortController; wake: () => void }): Promise<void> {
    const stopped = beat.stop.signal;
    let failures = 0;
    while (!stopped.aborted) {
      const wasUp = this.feed.state === 'up' && this.facts !== undefined;
      const answered = await this.tryOnce().then(
        () => true,
        () => false,
      );
      if (stopped.aborted) return;
      failures = answered ? 0 : failures + 1;
      if (answered && !wasUp) await this.learnFacts();
      const wait = answered ? HEARTBEAT : Math.min(LAST_RETRY, FIRST_RETRY * 2 ** (failures - 1)) * (0.8 + 0.4 * Math.random());
      if (!answered) this.feed.schedule(new Date(Date.now() + wait));
      await this.rest(wait, beat, !answered);
    }
  }

  private async rest(wait: number, beat: { readonly stop: AbortController; wake: () => void }, down: boolean): Promise<void> {
    const awake = new AbortController();
    beat.wake = () => awake.abort();
    const unwatch = down ? this.watchSocket(beat.wake) : () => {};
    try {
      await pause(wait, AbortSignal.any([awake.signal, beat.stop.signal]));
    } finally {
      unwatch();
      beat.wake = () => {};
    }
  }

  /** Calls back when something happens to the engine's socket file. */
  private watchSocket(wake: () => void): () => void {
    const address = this.found?.endpoint.address;
    if (address?.kind !== 'unix') return () => {};
    try {
      const name = basename(address.path);
      const watcher = watch(dirname(address.path), { persistent: false }, (_event, file) => file === name && wake());
      watcher.on('error', () => watcher.close());
      return () => watcher.close();
    } catch {
      // No such folder, or no watches left: the next try comes by the clock.
      return () => {};
    }
  }
}

const isLocal = ({ address }: Endpoint) => address.kind === 'unix' || address.kind === 'npipe';

/** A result that others wait for too: the signal ends this wait, not the work. */
function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(cancelled());
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
