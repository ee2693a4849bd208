import { setTimeout as delay } from 'node:timers/promises';
import { BacklotError } from '#contract/errors.ts';
import type { InstanceState } from '#contract/operations.ts';
import { millisecondsOf } from '#core/duration.ts';
import { LABELS, type ContainerSummary } from '#ports/container-engine.ts';
import type { DeployOrder, DeployWork, PairSettings } from '#ports/deployer.ts';
import { judgeStep } from './haproxy-config.ts';
import type { PairPlace, PairPorts } from './pair-deployer.ts';
import { allTo, otherSlot, SLOTS, stepsOf, type Slot } from './pair-model.ts';
import { PairProxy } from './pair-proxy.ts';
import { READY, type PairServers, type Server, type Servers } from './pair-servers.ts';
import { serversOf } from './servers-of.ts';

const DRAIN = 10_000;
/** How long a step is looked at where the project watches nothing. */
const STEP = 1000;
const REACHED = 20_000;
const PAUSE = 50;

/** One release onto a pair, or one way back. It begins with what is there, whatever killed work left. */
export class PairRelease {
  private readonly settings: PairSettings;
  private readonly order: DeployOrder;
  private readonly work: DeployWork;
  private readonly ports: PairPorts & PairPlace;
  private readonly place: PairServers;

  constructor(settings: PairSettings, order: DeployOrder, work: DeployWork, ports: PairPorts & PairPlace) {
    this.settings = settings;
    this.order = order;
    this.work = work;
    this.ports = ports;
    this.place = serversOf({ settings, order, work, ports });
  }

  async carryOut(): Promise<void> {
    const { signal } = this.work;
    await this.place.assertPlace();
    const servers = await this.place.find();
    const kept = this.order.mode === 'rollback' ? this.keptServer(servers) : undefined;
    const found = await PairProxy.find(this.wanted, signal);
    if (found) this.refuseOtherPlace(found.container);
    if (this.order.previous && !found && SLOTS.every((one) => !servers[one])) throw this.elsewhere();
    const weights = found?.container.state === 'running' ? await found.proxy.servers(signal) : {};
    if (kept && servers[kept]?.isRunning && found?.container.state === 'running') {
      const { addresses = [], weight } = weights[kept] ?? {};
      if (addresses.length > 0) return this.giveBack(found.proxy, kept);
      // It runs, HAProxy does not reach it, and nobody is sent there: it is started anew first.
      if (weight === 0) await this.place.stop(servers[kept].id, { neverServed: true }, signal);
    }
    const serving = this.servingSlot(servers, (slot) => weights[slot]?.weight ?? 0);
    const plan = await this.place.plan();
    const same = SLOTS.find((slot) => hasImage(servers[slot], this.order.image) && servers[slot]?.labels[LABELS.spec] === plan.spec);
    const slot = kept ?? same ?? (serving ? otherSlot(serving) : 'blue');
    const from = serving !== undefined && serving !== slot ? serving : undefined;
    // Of a release that was interrupted, nobody may be asked any more.
    if (from !== undefined && servers[slot] && found && (weights[slot]?.weight ?? 0) > 0) await found.proxy.share(allTo(from), signal);
    this.tell(slot, 'starting');
    await this.makeReady(slot, { there: servers[slot], isReused: (kept ?? same) !== undefined });
    const proxy = await PairProxy.ensure(this.wanted, plan, allTo(from ?? slot), signal);
    await this.untilReached(proxy, slot);
    if (from === undefined || this.order.mode === 'rollback') await proxy.share(allTo(slot), signal);
    else await this.step(proxy, slot, from);
    this.tell(slot, 'done', 'has all of the traffic');
    if (from !== undefined) await this.drain(proxy, from);
  }

  private elsewhere(): BacklotError {
    const { target, previous } = this.order;
    return new BacklotError('deploy-failed', `${previous?.revision.slice(0, 12)} serves on ${target}, and this engine has nothing of it: its pair is on another engine, or was removed there`, {
      fix: `Name its engine by deploy.pair.context, --context or DOCKER_HOST. If it is really gone: backlot targets remove ${target}, then deploy again.`,
    });
  }

  /** Of a pair that is in the other kind of place, nothing would be found here. */
  private refuseOtherPlace({ labels }: ContainerSummary): void {
    const { target } = this.order;
    const isOnSwarm = labels[LABELS.replicas] !== undefined;
    if (isOnSwarm === (this.settings.swarm === true)) return;
    throw new BacklotError('deploy-failed', `The pair of ${target} is ${isOnSwarm ? 'on a Swarm' : 'on this engine alone'}, and is to be ${isOnSwarm ? 'on this engine alone' : 'on a Swarm'}`, { fix: `Write deploy.pair.swarm: ${String(isOnSwarm)} as it was, or take the pair away first: backlot targets remove ${target}` });
  }

  private get wanted() {
    return { settings: this.settings, order: this.order, engine: this.ports.engine };
  }

  /** Where the version that is gone back to still is: not in the place of the release that failed, which may have the same image. */
  private keptServer(servers: Servers): Slot | undefined {
    const having = SLOTS.filter((slot) => hasImage(servers[slot], this.order.image));
    return having.find((slot) => servers[slot]?.labels[LABELS.release] !== this.order.release) ?? having[0];
  }

  /** Of two that are there, that of the release before, else the one with more of the traffic. */
  private servingSlot(servers: Servers, weightOf: (slot: Slot) => number): Slot | undefined {
    const running = SLOTS.filter((slot) => servers[slot]?.isRunning).sort((one, other) => weightOf(other) - weightOf(one));
    const previous = running.filter((slot) => hasImage(servers[slot], this.order.previous?.image));
    return previous[0] ?? running.find((slot) => weightOf(slot) > 0);
  }

  /** The instant way back: the version still runs, and gets everything at once. */
  private async giveBack(proxy: PairProxy, slot: Slot): Promise<void> {
    await proxy.share(allTo(slot), this.work.signal);
    this.tell(slot, 'done', 'has all of the traffic again');
    await this.drain(proxy, otherSlot(slot));
  }

  private async makeReady(slot: Slot, { there, isReused }: { readonly there: Server | undefined; readonly isReused: boolean }): Promise<void> {
    const id = isReused && there ? there.id : await this.place.make(slot, there);
    try {
      await this.place.start(id, (why) => this.tell(slot, 'starting', why));
    } catch (error) {
      // It never had traffic; its log stays.
      await this.place.stop(id, { neverServed: true }, AbortSignal.timeout(30_000)).catch(() => {});
      this.tell(slot, 'failed', error instanceof BacklotError ? error.message : String(error));
      throw error;
    }
  }

  /** HAProxy asks for addresses by itself: until it has those of the new server, and no others. */
  private async untilReached(proxy: PairProxy, slot: Slot): Promise<void> {
    const { signal } = this.work;
    for (const end = performance.now() + (this.settings.swarm === true ? READY : REACHED); ; ) {
      const [states, servers] = await Promise.all([proxy.servers(signal), this.place.find()]);
      const reached = states[slot]?.addresses ?? [];
      const replicas = servers[slot] ? await this.place.addresses(servers[slot]) : [];
      if (replicas.length > 0 && replicas.length === reached.length && replicas.every((own) => own.some((address) => reached.includes(address)))) return;
      if (performance.now() > end) throw new BacklotError('deploy-failed', `HAProxy of ${this.order.target} does not reach port ${this.settings.port} of ${slot}`, { fix: 'See that the service listens there, on all of its addresses: deploy.pair.port.' });
      await delay(PAUSE, undefined, { signal });
    }
  }

  private async step(proxy: PairProxy, slot: Slot, from: Slot): Promise<void> {
    const { signal, between } = this.work;
    for (const share of stepsOf(this.settings)) {
      signal.throwIfAborted();
      const before = await proxy.counters(signal);
      await proxy.share(slot === 'blue' ? { blue: share, green: 100 - share } : { blue: 100 - share, green: share }, signal);
      if (share === 100) return;
      this.tell(slot, 'running', `has ${share} % of the traffic`);
      await (between ? between() : delay(STEP, undefined, { signal }));
      const after = await proxy.counters(signal);
      const why = before[slot] && after[slot] && judgeStep(before[slot], after[slot], { before: before[from], after: after[from] });
      if (why === undefined) continue;
      this.tell(slot, 'failed', why);
      throw new BacklotError('deploy-failed', `${this.order.revision.slice(0, 12)} did not do well with ${share} % of the traffic: ${why}`, { fix: 'See its log.' });
    }
  }

  /** What a server still has to answer is waited for. The old version stays ready for the way back; one that was given up is stopped. */
  private async drain(proxy: PairProxy, slot: Slot): Promise<void> {
    const { signal } = this.work;
    const server = (await this.place.find())[slot];
    if (!server?.isRunning) return;
    const own = server.labels[LABELS.revision] ?? '';
    this.tell(slot, 'draining', undefined, own);
    const limit = this.settings.drain === undefined ? DRAIN : millisecondsOf(this.settings.drain);
    for (const end = performance.now() + limit; performance.now() < end && ((await proxy.counters(signal))[slot]?.sessions ?? 0) > 0; ) await delay(PAUSE, undefined, { signal });
    if (this.order.mode === 'rollback') await this.place.stop(server.id, { neverServed: false }, signal);
    this.tell(slot, 'waiting', this.order.mode === 'rollback' ? 'was given up and is stopped' : 'is kept for the way back, without traffic', own);
  }

  private tell(instance: Slot, state: InstanceState, why?: string, revision = this.order.revision): void {
    const { target, previous } = this.order;
    this.work.tell({ type: 'instance', target, instance, state, revision, ...(previous && revision === this.order.revision && { previous: previous.revision }), ...(why !== undefined && { why: this.work.redact(why) }) });
  }
}

const hasImage = (server: Server | undefined, image: string | undefined) => image !== undefined && server?.labels[LABELS.image] === image;
