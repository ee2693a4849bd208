import { BacklotError } from '#contract/errors.ts';
import type { Subnet } from '#features/names/cidr.ts';
import { LABELS, type ContainerEngine, type ContainerSummary, type Volume } from '#ports/container-engine.ts';
import type { Machine } from '#ports/machine.ts';
import type { EnvironmentRecord, Remembered, StateStore } from '#ports/state-store.ts';
import { decideNetworks } from './decide-networks.ts';
import { decidePorts, declaredPortsOf, type PublishedPort } from './decide-ports.ts';
import { isOwn, labelFilters, type Environment } from './environment.ts';
import { loopbackAddresses } from './loopback-addresses.ts';
import { specsOf, type DataVolumes } from './generate-model.ts';
import { decideGuard, GUARD_IMAGE } from './guard.ts';
import type { Desired, Observed } from './plan-stack.ts';

export type ObservingPorts = {
  readonly engine: ContainerEngine;
  readonly store: StateStore;
  readonly machine: Machine;
  /** Where the addresses of networks come from, and the folder that the guard's image is made from. */
  readonly networking: { readonly ranges: () => readonly Subnet[]; readonly recipe: string };
};

const COMPOSE_PROJECT = 'com.docker.compose.project';

export type Situation = {
  readonly desired: Desired;
  readonly observed: Observed;
  readonly remembered: Remembered;
  /** Ports that nobody asked for and that stay unpublished, because somebody else has them. */
  readonly left: readonly PublishedPort[];
  /** Ports that the images say they listen on, by service. */
  readonly exposed: Readonly<Record<string, readonly string[]>>;
  /** Who holds a port that the set asks for, where somebody else does. */
  readonly takenBy: (port: PublishedPort) => string | undefined;
};

export type Wish = {
  readonly services: readonly string[];
  readonly build: boolean;
  /** Subnets that the engine has just refused. */
  readonly refused?: readonly Subnet[];
};

/** Reads what there is of an environment, and what it should be. Refuses where its Compose project holds things that are not ours. */
export async function observe(
  environment: Environment,
  wish: Wish,
  { engine, store, machine, networking }: ObservingPorts,
  signal: AbortSignal,
): Promise<Situation> {
  const { project, set } = environment;
  const ranges = networking.ranges();
  const imageNames = [...new Set([...set.services.map((name) => project.services[name]?.image ?? ''), ...(project.guard === 'off' ? [] : [GUARD_IMAGE])])].filter((image) => image !== '');
  const [everyContainer, volumes, networks, routes, record, remembered, images, listeners] = await Promise.all([
    engine.listContainers([], signal),
    engine.listVolumes([...labelFilters(environment), `${LABELS.role}=data`], signal),
    engine.listSubnets(signal),
    engine.reachesContainers ? machine.routes() : [],
    store.readEnvironment(set.composeProject, project.directory),
    store.readRemembered(set.composeProject, project.directory),
    Promise.all(imageNames.map(async (image) => [image, await engine.inspectImage(image, signal)] as const)),
    isOnThisMachine(engine) ? machine.listeners() : [],
  ]);
  const containers = everyContainer.filter(({ labels }) => isOwn(labels, environment));
  refuseForeign(everyContainer, environment);
  const known = new Map(images);
  const exposed = Object.fromEntries(set.services.map((name) => [name, known.get(project.services[name]?.image ?? '')?.exposedPorts ?? []]));
  const held = heldPorts(everyContainer, listeners, containers);
  const plan = decideNetworks(environment, { networks, routes, ranges, refused: wish.refused ?? [] });
  const guard = decideGuard(environment, plan, networking.recipe);
  const dataVolumes = dataVolumesOf(volumes);
  const specs = specsOf(environment, guard.resolvers, dataVolumes);
  const moved = [...movedServices(record, remembered), ...crowdedOut(environment, containers, record, held)];
  const kept = keptPorts(containers, record, (name) => (moved.includes(name) ? undefined : specs[name]?.hash));
  const holderOf = (port: number) => held({ address: '127.0.0.1', protocol: 'tcp', host: port });
  const loopback = reachOfLoopback(environment, everyContainer, { engine, machine });
  const decision = decidePorts(environment, { kept, exposed, holderOf, remapped: remembered.remapped, loopback });
  return {
    desired: { environment, specs, ports: decision.ports, warnings: [...project.warnings, ...plan.warnings, ...guard.warnings, ...decision.warnings], services: wish.services, build: wish.build, networks: plan, guard, moved, dataVolumes },
    left: decision.left,
    remembered,
    observed: { containers, images: Object.fromEntries(images.flatMap(([name, image]) => (image ? [[name, image.id]] : []))), record },
    exposed,
    takenBy: held,
  };
}

/** Where a set has addresses of its own that this machine does not reach, as of an engine in a virtual machine, its services are published on loopback. A run publishes nothing. */
function reachOfLoopback(
  environment: Environment,
  everyContainer: readonly ContainerSummary[],
  { engine, machine }: Pick<ObservingPorts, 'engine' | 'machine'>,
): Parameters<typeof decidePorts>[1]['loopback'] {
  if (environment.run || environment.set.addresses !== 'own' || engine.reachesContainers || !isOnThisMachine(engine)) return undefined;
  if (!machine.hasManyLoopbacks) return 'any-port';
  const others = everyContainer.filter(({ labels }) => !isOwn(labels, environment)).flatMap(({ ports }) => ports.map(({ address = '' }) => address));
  return loopbackAddresses(environment, new Set(others));
}

/** Services whose containers were made before a port of theirs got another one. */
function movedServices(record: EnvironmentRecord | undefined, { remapped }: Remembered): string[] {
  return Object.entries(record?.ports ?? {}).flatMap(([service, ports]) => (ports.some(({ container, host }) => host !== undefined && remapped[service]?.[container]?.asked === host) ? [service] : []));
}

/** Services that do not run, and whose containers were made with a port that nobody asked for and that somebody else has by now: they do without it. */
function crowdedOut(environment: Environment, containers: readonly ContainerSummary[], record: EnvironmentRecord | undefined, held: (port: HostPort) => string | undefined): string[] {
  const runs = new Set(containers.filter(({ state }) => state === 'running').map(({ labels }) => labels[LABELS.service]));
  const asksFor = (service: string, asked: number | undefined) => declaredPortsOf(environment, service).some(({ declared, host }) => declared && host === asked);
  return Object.entries(record?.ports ?? {}).flatMap(([service, ports]) =>
    environment.set.services.includes(service) && !runs.has(service) && ports.some((port) => !asksFor(service, port.host) && held(port) !== undefined) ? [service] : [],
  );
}

/** Volumes of the environment that show a fixture's data. They say themselves whose they are and where they belong, so that no record has to be kept of them. */
function dataVolumesOf(volumes: readonly Volume[]): DataVolumes {
  return Object.fromEntries(volumes.flatMap(({ name, labels }) => (labels[LABELS.service] && labels[LABELS.path] ? [[labels[LABELS.service], { volume: name, path: labels[LABELS.path] }]] : [])));
}

/** Whether ports that the engine publishes are ports of this machine. */
export function isOnThisMachine(engine: ContainerEngine): boolean {
  return /^(unix|npipe):/.test(engine.state.endpoint);
}

function refuseForeign(containers: readonly ContainerSummary[], environment: Environment): void {
  const { composeProject } = environment.set;
  const foreign = containers.filter((container) => container.labels[COMPOSE_PROJECT] === composeProject && !isOwn(container.labels, environment));
  if (foreign.length === 0) return;
  const elsewhere = foreign.find((container) => container.labels[LABELS.directory] !== undefined)?.labels[LABELS.directory];
  const names = foreign.map((container) => container.name).join(', ');
  throw new BacklotError('foreign-objects', `The Compose project ${composeProject} already has containers that ${elsewhere ? `belong to ${elsewhere}` : 'Backlot did not make'}: ${names}`, {
    fix: elsewhere
      ? `Take that environment down first: backlot down --project ${elsewhere}. Or give this project another name in its Compose file.`
      : `Backlot touches nothing that it did not make. Remove them first: docker compose -p ${composeProject} down`,
  });
}

type HostPort = Pick<PublishedPort, 'address' | 'host' | 'protocol'>;

/** Answers who holds a host port: another container, or a program. Ports of the environment's own containers count as free. */
function heldPorts(
  everyContainer: readonly ContainerSummary[],
  listeners: Awaited<ReturnType<Machine['listeners']>>,
  own: readonly ContainerSummary[],
): (port: HostPort) => string | undefined {
  const clashes = (a: HostPort, b: { readonly address?: string; readonly host?: number; readonly protocol: string }) =>
    a.host !== undefined && a.host === b.host && a.protocol === b.protocol && sameAddress(a.address ?? '', b.address ?? '');
  return (port) => {
    if (own.some((container) => container.ports.some((published) => clashes(port, published)))) return undefined;
    const container = everyContainer.find((other) => other.ports.some((published) => clashes(port, published)));
    if (container) {
      const project = container.labels[LABELS.project] ?? container.labels[COMPOSE_PROJECT];
      return `container ${container.name}${project ? ` of ${project}` : ''}`;
    }
    const listener = listeners.find((other) => clashes(port, { ...other, host: other.port }));
    return listener && `${listener.program ?? 'a program'}${listener.pid === undefined ? '' : ` (process ${listener.pid})`}`;
  };
}

/** Whether two addresses of this machine cannot both have a port. */
export function sameAddress(a: string, b: string): boolean {
  const all = (address: string) => address === '' || address === '0.0.0.0' || address === '::';
  return a === b || all(a) || all(b);
}

function keptPorts(
  containers: readonly ContainerSummary[],
  record: EnvironmentRecord | undefined,
  hashOf: (service: string) => string | undefined,
): Record<string, PublishedPort[]> {
  const kept: Record<string, PublishedPort[]> = {};
  for (const container of containers) {
    const service = container.labels[LABELS.service] ?? '';
    const ports = record?.ports[service];
    if (ports && container.labels[LABELS.spec] === hashOf(service)) kept[service] = ports.map((port) => ({ ...port, service, declared: true }));
  }
  return kept;
}
