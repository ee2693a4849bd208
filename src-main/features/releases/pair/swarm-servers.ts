import { setTimeout as delay } from 'node:timers/promises';
import { BacklotError } from '#contract/errors.ts';
import { LABELS } from '#ports/container-engine.ts';
import type { SwarmReplica } from '#ports/swarm.ts';
import { pairFilters, pairName, type Slot } from './pair-model.ts';
import { bySlot, notReady, readReleased, READY, type PairServers, type PairTask, type Server, type ServerPlan, type Servers } from './pair-servers.ts';
import { judgeReplicas } from './judge-replicas.ts';
import { swarmStack, type SwarmStack } from './swarm-stack.ts';

const PAUSE = 100;
const LAST_LINES = 10_000;

/** Two services of a Swarm, each with the replicas that the Compose files ask for; one that was given up is scaled down to none. */
export class SwarmServers implements PairServers {
  private readonly task: PairTask;
  private planned: Promise<SwarmStack> | undefined;

  constructor(task: PairTask) {
    this.task = task;
  }

  async assertPlace(): Promise<void> {
    const { order, work } = this.task;
    if (await this.swarm.isManager(work.signal)) return;
    throw new BacklotError('deploy-failed', `The engine of ${order.target} does not manage a Docker Swarm, which deploy.pair.swarm asks for`, { fix: 'Name the docker context of a manager at deploy.pair.context, or make one of this engine: docker swarm init' });
  }

  async find(): Promise<Servers> {
    const { order, work } = this.task;
    const services = await this.swarm.services(pairFilters(order), work.signal);
    const replicas = await this.swarm.replicas(services.map(({ id }) => id), work.signal);
    return bySlot(services.map(({ id, labels, replicas: wanted }) => ({ id, labels, isRunning: wanted > 0 && replicas.some((one) => one.service === id && isRunning(one)) })));
  }

  async plan(): Promise<ServerPlan> {
    return this.stack();
  }

  async make(slot: Slot, there: Server | undefined): Promise<string> {
    const { order, work } = this.task;
    const { signal } = work;
    const { models } = await this.stack();
    if (there) await this.swarm.removeService(there.id, signal);
    await this.swarm.removeFiles(pairFilters(order, { [LABELS.slot]: slot }), signal);
    await this.swarm.create(pairName(order), models[slot], order.directory, signal);
    const made = (await this.find())[slot];
    if (made) return made.id;
    throw new BacklotError('deploy-failed', `The Swarm did not make the service of ${slot}`, { fix: `See docker service ls and docker service ps ${pairName(order)}_${slot}.` });
  }

  async start(id: string, onWhy: (why: string) => void): Promise<void> {
    const { order, work } = this.task;
    const { signal } = work;
    const [service] = (await this.swarm.services(pairFilters(order), signal)).filter((one) => one.id === id);
    const wanted = Number(service?.labels[LABELS.replicas] ?? 1);
    // What ended in an earlier time says nothing of this one.
    const earlier = new Set((await this.swarm.replicas([id], signal)).flatMap((one) => (one.isWanted ? [] : [one.id])));
    if (service?.replicas !== wanted) await this.swarm.scale(id, wanted, signal);
    let last = '';
    for (const end = performance.now() + READY; ; ) {
      const { isReady, failed, why } = judgeReplicas((await this.swarm.replicas([id], signal)).filter((one) => !earlier.has(one.id)), wanted);
      if (isReady) return;
      if (failed !== undefined || performance.now() > end) throw await this.failure(id, service?.name ?? id, failed ?? `not ready in time: ${why}`);
      if (why !== last) onWhy((last = why));
      await delay(PAUSE, undefined, { signal });
    }
  }

  async stop(id: string, { neverServed }: { readonly neverServed: boolean }, signal: AbortSignal): Promise<void> {
    const lines = neverServed ? '' : await this.lastLines(id);
    if (lines !== '') this.task.work.tell({ type: 'message', level: 'info', text: `The last lines of what was given up:\n${lines}` });
    await this.swarm.scale(id, 0, signal);
  }

  async addresses({ id }: Server): Promise<readonly (readonly string[])[]> {
    const replicas = await this.swarm.replicas([id], this.task.work.signal);
    const name = pairName(this.task.order);
    return replicas.filter(isRunning).map(({ addresses }) => (addresses[name] === undefined ? [] : [addresses[name]]));
  }

  private stack(): Promise<SwarmStack> {
    this.planned ??= this.look();
    return this.planned;
  }

  private async look(): Promise<SwarmStack> {
    const { settings, order, work } = this.task;
    const [{ project, service }, networks] = await Promise.all([readReleased(this.task), this.swarm.networks(work.signal)]);
    const stack = swarmStack(project, service, { settings, order, networks });
    if (stack.without.length > 0) work.tell({ type: 'message', level: 'warning', text: `On the Swarm, ${settings.service} is without ${stack.without.join(', ')}` });
    return stack;
  }

  /** Replicas go with what they wrote: that is kept in what is said. */
  private async lastLines(id: string): Promise<string> {
    return this.task.work.redact(await this.swarm.lastLines(id, AbortSignal.timeout(LAST_LINES)).catch(() => ''));
  }

  private async failure(id: string, name: string, why: string): Promise<BacklotError> {
    const lines = await this.lastLines(id);
    return notReady(this.task, why, { cause: lines, fix: lines === '' ? `See docker service ps --no-trunc ${name}.` : 'See what it logged.' });
  }

  private get swarm() {
    return this.task.ports.swarm;
  }
}

const isRunning = ({ isWanted, state }: SwarmReplica) => isWanted && state === 'running';
