import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import type { EngineState } from '#contract/engine.ts';
import { toFailure, type BacklotError } from '#contract/errors.ts';
import { cancelled, DEADLINE, withDeadline } from './deadline.ts';
import type { Endpoint } from './endpoint.ts';
import { describeEngine, negotiateVersion, reachesContainers, type EngineFacts, type Here } from './engine-facts.ts';
import { engineFailure } from './failures.ts';
import { Heartbeat } from './heartbeat.ts';
import { Modem, readAll } from './modem.ts';
import { StateFeed } from './state-feed.ts';
import { createTransport, type Transport } from './transport.ts';

const HERE: Here = { platform: process.platform, isContainer: existsSync('/.dockerenv') || existsSync('/run/.containerenv'), name: hostname() };

/** A ping that takes longer than this shows the engine as slow. */
const SLOW = 2000;

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
  private readonly heartbeat: Heartbeat;

  constructor(resolve: () => Endpoint, environment: Readonly<Record<string, string | undefined>>) {
    this.resolve = resolve;
    this.environment = environment;
    this.heartbeat = new Heartbeat({
      ask: () => this.check(),
      schedule: (time) => this.feed.schedule(time),
      socketPath: () => (this.found?.endpoint.address.kind === 'unix' ? this.found.endpoint.address.path : undefined),
    });
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
    return reachesContainers(this.endpoint, this.facts, HERE);
  }

  /** Every state from now on, while somebody listens; the engine is asked how it is only then. */
  async *watch(signal: AbortSignal): AsyncGenerator<EngineState> {
    const until = AbortSignal.any([signal, this.closing.signal]);
    this.heartbeat.hold();
    try {
      for await (const _change of this.feed.changes(until)) yield this.state;
    } finally {
      this.heartbeat.release();
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
    if (!this.facts) await orAborted(this.learnFacts(), signal);
  }

  /** Now, by the engine's clock. */
  engineTime(): number {
    return Date.now() + this.ahead;
  }

  reconnect(): void {
    if (this.closing.signal.aborted) return;
    if (this.feed.state === 'down') this.feed.set('connecting');
    if (!this.heartbeat.wake()) this.tryOnce().catch(() => {});
  }

  /** Tells of a call that failed: a broken connection is looked into at once. */
  noteFailure(failure: BacklotError): void {
    if (failure.code !== 'engine-lost' && failure.code !== 'engine-unreachable' && failure.code !== 'engine-slow') return;
    if (!this.heartbeat.wake() && failure.code !== 'engine-slow') this.feed.set('down', { error: toFailure(failure) });
  }

  /** Ends everything that is open. */
  close(): void {
    this.closing.abort();
    this.heartbeat.stop();
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
      if (!this.modem || this.feed.state === 'down') {
        // It may have come back as another engine, or another version.
        this.modem = new Modem(transport, version);
        this.facts = undefined;
      }
      this.feed.set(latency > SLOW ? 'slow' : 'up', { latency });
      return this.modem;
    } catch (error) {
      this.feed.set('down', { error: toFailure(error) });
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  /** Whether the engine answers now; what it tells of itself is asked for when it has just come up. */
  private async check(): Promise<boolean> {
    const wasUp = this.feed.state === 'up' && this.facts !== undefined;
    const answered = await this.tryOnce().then(
      () => true,
      () => false,
    );
    if (answered && !wasUp) await this.learnFacts();
    return answered;
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
