import type { Plan } from '#contract/stack.ts';
import { groupBy } from '#core/group-by.ts';
import type { ContainerSummary } from '#ports/container-engine.ts';
import type { ResolvedService } from '#ports/compose.ts';
import { LABELS } from '#ports/container-engine.ts';
import type { EnvironmentRecord } from '#ports/state-store.ts';
import type { PublishedPort } from './decide-ports.ts';
import { dependenciesWithin, type Environment } from './environment.ts';
import type { NetworkPlan } from './decide-networks.ts';
import { describeChange, type DataVolumes, type ServiceSpec } from './generate-model.ts';
import { GUARD_IMAGE, planGuard, type Guard, type GuardStep } from './guard.ts';
import { findLeftovers, type Leftovers } from './leftovers.ts';
import { getsWrittenFiles, replicasOf, restartsWith, sharesWith } from './relations.ts';
import { targetText } from './swap-targets.ts';
import { findSwaps, isOfService, type Swap } from './swaps.ts';

/** What is there already: containers of the environment with those that help it, images on the engine, and what was recorded when it was made. */
export type Observed = {
  readonly containers: readonly ContainerSummary[];
  /** Image ids by image name; absent where the engine does not have it. */
  readonly images: Readonly<Record<string, string>>;
  readonly record: EnvironmentRecord | undefined;
};

export type Desired = {
  readonly environment: Environment;
  readonly specs: Readonly<Record<string, ServiceSpec>>;
  readonly ports: readonly PublishedPort[];
  readonly warnings: readonly string[];
  /** Only these and what they need; empty for the whole set. */
  readonly services: readonly string[];
  readonly build: boolean;
  readonly networks: NetworkPlan;
  readonly guard: Guard;
  /** Services that get other host ports than they were made with. */
  readonly moved?: readonly string[];
  /** Fixtures' data that services have in the place of their own. */
  readonly dataVolumes?: DataVolumes;
};

/** What `up` does to one service, and why. */
export type ServiceStep = {
  readonly service: string;
  readonly action: 'create' | 'recreate' | 'start' | 'keep' | 'remove';
  readonly why: string;
  readonly containers: readonly ContainerSummary[];
  /** Running containers are stopped first. */
  readonly restart?: true;
};

export type StackPlan = {
  readonly steps: readonly ServiceStep[];
  /** Put right before anything else. */
  readonly leftovers: Leftovers;
  /** Services whose place a process has, and keeps. */
  readonly swaps: ReadonlyMap<string, Swap>;
  /** What helps the set with its names; shells do not show it. */
  readonly guard: readonly GuardStep[];
  readonly images: Plan['images'];
};

/** Decides what `up` has to do. Touches nothing. */
export function planStack(desired: Desired, observed: Observed): StackPlan {
  const { set } = desired.environment;
  const { swaps, ended } = planSwaps(desired, observed);
  const own = observed.containers.filter(isOfService);
  const leftovers = withUnwritten(findLeftovers(own), own, desired);
  const byService = groupBy(own.filter((container) => !leftovers.remove.includes(container)), (container) => container.labels[LABELS.service] ?? '');
  const wanted = wantedServices(desired);
  const steps: ServiceStep[] = [];
  for (const service of wanted) {
    const containers = byService.get(service) ?? [];
    const swap = swaps.get(service);
    steps.push(swap ? planSwapped(swap, containers) : planService({ service, containers }, desired, observed, steps));
  }
  const whole = desired.services.length === 0;
  for (const [service, containers] of byService) {
    if (whole && !set.services.includes(service)) steps.push({ service, action: 'remove', why: `no longer in the set ${set.name}`, containers });
  }
  return {
    steps,
    leftovers: { ...leftovers, remove: [...leftovers.remove, ...ended] },
    swaps,
    guard: planGuard(desired.guard, observed.containers, observed.images[GUARD_IMAGE]),
    images: planImages(desired, observed, wanted.filter((service) => !swaps.has(service))),
  };
}

/** With containers that never started and may lack files which Compose was to write into them: it failed, or was killed, between the two. */
function withUnwritten({ remove, rename }: Leftovers, own: readonly ContainerSummary[], { environment: { project } }: Desired): Leftovers {
  const unwritten = own.filter((container) => {
    const resolved = project.services[container.labels[LABELS.service] ?? '']?.resolved;
    return container.state === 'created' && !remove.includes(container) && resolved !== undefined && getsWrittenFiles(resolved, project.model);
  });
  return { remove: [...remove, ...unwritten], rename: rename.filter((container) => !unwritten.includes(container)) };
}

/** Swaps stay, except of services that are asked for by name or that the set no longer has, and where a network is made anew; what never came to be goes. */
function planSwaps({ environment, services, networks }: Desired, { containers }: Observed): { readonly swaps: ReadonlyMap<string, Swap>; readonly ended: readonly ContainerSummary[] } {
  const { swaps, abandoned } = findSwaps(containers);
  const stays = ({ service }: Swap) => environment.set.services.includes(service) && !services.includes(service) && networks.remake.length === 0;
  return {
    swaps: new Map([...swaps].filter(([, swap]) => stays(swap))),
    ended: [...abandoned, ...[...swaps.values()].filter((swap) => !stays(swap)).flatMap((swap) => swap.containers)],
  };
}

function planSwapped({ service, targets, containers: forwarders }: Swap, containers: readonly ContainerSummary[]): ServiceStep {
  if (forwarders.some(({ state }) => state !== 'running')) return { service, containers, action: 'start', why: 'the forwarder to its process does not run' };
  if (containers.some(({ state }) => state === 'running')) return { service, containers, action: 'start', why: 'runs beside the process that has its place' };
  return { service, containers, action: 'keep', why: `swapped to ${targets.map(targetText).join(', ')}` };
}

/** The services that were asked for and everything that they need within the set, dependencies first. */
export function wantedServices({ environment, services, networks }: Pick<Desired, 'environment' | 'services' | 'networks'>): string[] {
  const { set } = environment;
  if (services.length === 0 || networks.remake.length > 0) return [...set.services];
  const wanted = new Set<string>();
  const visit = (name: string) => {
    if (wanted.has(name) || !set.services.includes(name)) return;
    wanted.add(name);
    for (const dependency of dependenciesWithin(environment, name)) visit(dependency.service);
  };
  services.forEach(visit);
  return set.services.filter((name) => wanted.has(name));
}

/** The plan as every shell shows it. */
export function describePlan(plan: StackPlan, desired: Desired, takenBy: (port: PublishedPort) => string | undefined): Plan {
  const of = (action: ServiceStep['action']) => plan.steps.filter((step) => step.action === action).map(({ service, why }) => ({ service, why }));
  return {
    schema: 1,
    set: desired.environment.set.name,
    create: of('create'),
    recreate: of('recreate'),
    start: of('start'),
    remove: of('remove'),
    unchanged: of('keep').map(({ service }) => service),
    ports: desired.ports.map((port) => {
      const holder = plan.swaps.has(port.service) ? undefined : takenBy(port);
      const { service, container, host, address, protocol } = port;
      return { service, container, protocol, ...(host !== undefined && { host }), ...(address && { address }), ...(holder && { takenBy: holder }) };
    }),
    images: plan.images,
    warnings: [...desired.warnings],
  };
}

function planService({ service, containers }: Pick<ServiceStep, 'service' | 'containers'>, desired: Desired, observed: Observed, earlier: readonly ServiceStep[]): ServiceStep {
  const step = (action: ServiceStep['action'], why: string): ServiceStep => ({ service, action, why, containers });
  const definition = desired.environment.project.services[service];
  const spec = desired.specs[service];
  if (!definition || !spec) return step('keep', 'unchanged');
  if (definition.resolved.provider !== undefined) return step('start', 'provided by Compose');
  const replicas = replicasOf(desired.environment, service);
  if (containers.length === 0) return replicas === 0 ? step('keep', 'has no replicas') : step('create', 'has no container');
  if (containers.length !== replicas) return step('recreate', `has ${containers.length} of ${replicas} containers`);
  const changed = whyChanged(spec, containers, desired, observed) ?? whyTornOff(definition.resolved, containers, observed, earlier);
  if (changed) return step('recreate', changed);
  const leader = restartsWith(definition.resolved).find((name) => earlier.some((other) => other.service === name && other.action !== 'keep'));
  if (leader !== undefined && containers.some((container) => container.state === 'running')) return { ...step('start', `starts again together with ${leader}`), restart: true };
  const stopped = containers.find((container) => container.state !== 'running' && container.state !== 'restarting');
  if (!stopped) return step('keep', 'unchanged');
  if (!isDone(stopped, observed)) return step('start', stopped.state === 'created' ? 'was created and never started' : `is ${stopped.state}: ${stopped.status}`);
  const cause = dependenciesWithin(desired.environment, service).find(({ service: name }) => earlier.some((other) => other.service === name && other.action !== 'keep' && other.action !== 'start'));
  return cause ? step('start', `runs again, because ${cause.service} is new`) : step('keep', 'done');
}

function whyChanged(spec: ServiceSpec, containers: readonly ContainerSummary[], desired: Desired, observed: Observed): string | undefined {
  const keys = Object.keys(desired.environment.project.services[spec.service]?.resolved.networks ?? {});
  const remade = desired.networks.remake.find(({ key }) => keys.includes(key));
  if (remade) return remade.why;
  if (desired.moved?.includes(spec.service)) return 'gets another host port';
  const image = desired.environment.project.services[spec.service]?.image ?? '';
  for (const container of containers) {
    if (container.labels[LABELS.spec] !== spec.hash) {
      const before = observed.record?.services[spec.service];
      return before === undefined ? 'its configuration changed' : describeChange(before, spec.text);
    }
    const imageId = observed.images[image];
    if (imageId !== undefined && imageId !== container.imageId) return `the image ${image} changed`;
  }
  return undefined;
}

/** Why a container no longer shares what another service's container has: that one is a new one. */
function whyTornOff(resolved: ResolvedService, containers: readonly ContainerSummary[], observed: Observed, earlier: readonly ServiceStep[]): string | undefined {
  for (const service of sharesWith(resolved)) {
    const isNew = earlier.some((other) => other.service === service && (other.action === 'create' || other.action === 'recreate'));
    const ids = observed.containers.filter((container) => container.labels[LABELS.service] === service).map(({ id }) => id);
    const elsewhere = resolved.network_mode === `service:${service}` && containers.some(({ networkOf }) => networkOf !== undefined && !ids.includes(networkOf));
    if (isNew || elsewhere) return `shares what ${service} has, whose container is new`;
  }
  return undefined;
}

/** A container that ended well and was seen to do so, or never had another purpose. */
function isDone(container: ContainerSummary, observed: Observed): boolean {
  return container.state === 'exited' && Object.entries(observed.record?.ready ?? {}).some(([key, outcome]) => key.startsWith(container.id) && outcome === 'done');
}

function planImages(desired: Desired, observed: Observed, wanted: readonly string[]): Plan['images'] {
  const { project } = desired.environment;
  const services = wanted.map((name) => project.services[name]).filter((service) => service !== undefined && service.resolved.provider === undefined);
  return [...groupBy(services, (service) => service?.image ?? '')].map(([image, users]) => {
    const builds = users.some((service) => service?.build);
    const present = observed.images[image] !== undefined;
    const always = users.some((service) => service?.resolved.pull_policy === 'always');
    const action = builds && (desired.build || !present) ? 'build' : present && !always ? 'present' : 'pull';
    return { image, action, services: users.flatMap((service) => (service ? [service.name] : [])) } as const;
  });
}
