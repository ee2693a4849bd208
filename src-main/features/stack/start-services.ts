import { BacklotError } from '#contract/errors.ts';
import { groupBy } from '#core/group-by.ts';
import type { Work } from '#core/work.ts';
import { LABELS, type ContainerDetails, type ContainerEngine, type ContainerSummary } from '#ports/container-engine.ts';
import type { Compose } from '#ports/compose.ts';
import type { Prober } from '#ports/prober.ts';
import type { StateStore } from '#ports/state-store.ts';
import { writeModel } from './apply-plan.ts';
import { chooseChecks } from './choose-checks.ts';
import { dependenciesWithin, labelFilters } from './environment.ts';
import type { Journal } from './journal.ts';
import type { Situation } from './observe.ts';
import { wantedServices, type StackPlan } from './plan-stack.ts';
import { noteSeen, seenOf } from './seen.ts';
import { startGuard } from './start-guard.ts';
import { waitUntilReady } from './readiness.ts';
import { getsWrittenFiles } from './relations.ts';
import { startByGraph, type Outcome } from './start-graph.ts';
import { targetText } from './swap-targets.ts';
import { isOfService, type Swap } from './swaps.ts';
import { whileEngineAnswers } from './while-engine-answers.ts';

type StartingPorts = { readonly engine: ContainerEngine; readonly compose: Compose; readonly prober: Prober; readonly store: StateStore };

/** Starts the planned services by their graph, and waits until each is ready, done or failed. Kept services that were seen ready are not asked again. */
export async function startServices(
  plan: StackPlan,
  situation: Situation,
  { entry, timeout }: { readonly entry: Journal; readonly timeout: number },
  task: StartingPorts & Work,
): Promise<Map<string, Outcome>> {
  const { environment } = situation.desired;
  const wanted = wantedServices(situation.desired);
  const changed = plan.leftovers.remove.length > 0 || [...plan.steps, ...plan.guard].some((step) => step.action !== 'keep');
  const containers = changed ? await task.engine.listContainers(labelFilters(environment), task.signal) : situation.observed.containers;
  const byService = groupBy(containers.filter(isOfService), (container) => container.labels[LABELS.service] ?? '');
  const assertGuarded = await startGuard(plan.guard, containers, task);
  const starter = new Starter(plan, situation, { entry, deadline: performance.now() + timeout * 1000 }, task);
  const nodes = wanted.map((service) => ({ service, dependsOn: dependenciesWithin(environment, service) }));
  const outcomes = await startByGraph(nodes, {
    run: (service, started) => starter.run(service, byService.get(service) ?? [], started),
    onWait: (service, why) => starter.tellWaiting(service, why),
  });
  await assertGuarded();
  for (const [service, outcome] of outcomes) if (outcome.state === 'failed') task.tell({ type: 'service', service, state: 'failed', why: outcome.why });
  return outcomes;
}

class Starter {
  private readonly plan: StackPlan;
  private readonly situation: Situation;
  private readonly entry: Journal;
  private readonly deadline: number;
  private readonly task: StartingPorts & Work;

  constructor(plan: StackPlan, situation: Situation, { entry, deadline }: { readonly entry: Journal; readonly deadline: number }, task: StartingPorts & Work) {
    this.plan = plan;
    this.situation = situation;
    this.entry = entry;
    this.deadline = deadline;
    this.task = task;
  }

  tellWaiting(service: string, why: string): void {
    if (this.actionOf(service) !== 'keep') this.task.tell({ type: 'service', service, state: 'waiting', why });
  }

  async run(service: string, containers: readonly ContainerSummary[], started: () => void): Promise<Outcome> {
    try {
      const swap = this.plan.swaps.get(service);
      if (swap) return await this.runSwapped(swap, containers, started);
      const outcomes = this.startsAsCompose(service)
        ? await this.runAsCompose(service, containers, started)
        : await this.runContainers(service, containers, started);
      const outcome = outcomes.find(({ state }) => state === 'failed') ?? outcomes.find(({ state }) => state === 'ready') ?? outcomes[0] ?? { state: 'ready' };
      if (outcome.state !== 'failed') this.task.tell({ type: 'service', service, state: outcome.state });
      return outcome;
    } catch (error) {
      if (error instanceof BacklotError && ['engine-failed', 'port-taken', 'compose-failed', 'image-missing'].includes(error.code)) {
        return { state: 'failed', why: error.message, timedOut: false };
      }
      throw error;
    }
  }

  /** A process has its place: its own containers rest, and what leads to the process runs. */
  private async runSwapped({ service, containers: forwarders, targets }: Swap, containers: readonly ContainerSummary[], started: () => void): Promise<Outcome> {
    const { engine, signal } = this.task;
    await Promise.all(containers.filter(({ state }) => state === 'running').map(({ id }) => engine.stopContainer(id, undefined, signal)));
    await Promise.all(forwarders.filter(({ state }) => state !== 'running').map(({ id }) => engine.startContainer(id, signal)));
    started();
    this.task.tell({ type: 'service', service, state: 'swapped', why: targets.map(targetText).join(', ') });
    return { state: 'ready' };
  }

  private async runContainers(service: string, containers: readonly ContainerSummary[], started: () => void): Promise<Outcome[]> {
    const keep = this.actionOf(service) === 'keep';
    if (!keep) this.task.tell({ type: 'service', service, state: 'starting' });
    await Promise.all(containers.map((container) => (container.state === 'running' || keep ? undefined : this.task.engine.startContainer(container.id, this.task.signal))));
    started();
    return Promise.all(containers.map((container) => this.wait(service, container.id)));
  }

  /** Hooks, providers and files that are written into containers are Compose's own business: it starts these services itself. */
  private async runAsCompose(service: string, containers: readonly ContainerSummary[], started: () => void): Promise<Outcome[]> {
    if (this.actionOf(service) !== 'keep') {
      this.task.tell({ type: 'service', service, state: 'starting', phase: 'started by Compose' });
      const model = await writeModel(this.situation, this.task);
      await whileEngineAnswers(this.task.engine, this.task.signal, (signal) => this.task.compose.startAsCompose(model, [service], signal));
    }
    started();
    return Promise.all(containers.map((container) => this.wait(service, container.id)));
  }

  private async wait(service: string, containerId: string): Promise<Outcome> {
    const known = await this.seenBefore(containerId);
    if (known) return { state: known };
    const readiness = await waitUntilReady(
      {
        containerId,
        deadline: this.deadline,
        checks: (container) => this.checksOf(service, container),
        addressOf: (container, port) => addressOf(container, port, this.task.engine.reachesContainers),
        onWhy: (why) => this.task.tell({ type: 'service', service, state: 'starting', why }),
      },
      this.task,
      this.task.signal,
    );
    if (readiness.state === 'failed') return readiness;
    await this.entry.update(noteSeen(this.entry.record, containerId, readiness));
    return { state: readiness.state };
  }

  /** What this very start of the container was seen to become by an earlier work, if that still holds. */
  private async seenBefore(containerId: string): Promise<'ready' | 'done' | undefined> {
    const container = await this.task.engine.inspectContainer(containerId, this.task.signal);
    if (!container) return undefined;
    const seen = seenOf(container, this.entry.record);
    if (seen === 'done') return container.state === 'exited' && container.exitCode === 0 ? 'done' : undefined;
    return seen !== undefined && container.state === 'running' && container.health !== 'unhealthy' ? 'ready' : undefined;
  }

  private checksOf(service: string, container: ContainerDetails) {
    const { environment } = this.situation.desired;
    const definition = environment.project.services[service];
    if (!definition) return [];
    const awaitedCompletion = environment.set.services.some((name) =>
      dependenciesWithin(environment, name).some((dependency) => dependency.service === service && dependency.condition === 'completed'),
    );
    return chooseChecks(definition, container, { awaitedCompletion, exposed: this.situation.exposed[service] ?? [] });
  }

  private startsAsCompose(service: string): boolean {
    const { services, model } = this.situation.desired.environment.project;
    const resolved = services[service]?.resolved;
    if (!resolved) return false;
    return resolved.provider !== undefined || resolved.post_start !== undefined || resolved.pre_stop !== undefined || getsWrittenFiles(resolved, model);
  }

  private actionOf(service: string) {
    return this.plan.steps.find((step) => step.service === service)?.action ?? 'keep';
  }
}

/** Where a container's port is reached from this machine: its own address, or the port that is published for it. */
export function addressOf(container: ContainerDetails, port: number, reachesContainers: boolean): { address: string; port: number } | undefined {
  const own = container.networks.find((network) => network.address !== '')?.address;
  if (reachesContainers && own !== undefined) return { address: own, port };
  if (reachesContainers && container.networks.some((network) => network.name === 'host')) return { address: '127.0.0.1', port };
  const published = container.ports.find((mapping) => mapping.container === port && mapping.host !== undefined);
  return published?.host === undefined ? undefined : { address: published.address && published.address !== '0.0.0.0' ? published.address : '127.0.0.1', port: published.host };
}
