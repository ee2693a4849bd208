import type { OperationEvent, ServicePhase } from '#contract/operations.ts';
import type { Dependency, PortMapping, ProjectView, ServiceKind, SetView } from '#contract/project.ts';
import type { ServiceStatus, SetStatus } from '#contract/stack.ts';
import type { OperationProgress } from '../../state/operations.ts';
import { isMoving, lookOfPhase, type Tone } from '../../ui/phase.ts';

/** One service of the set as the page shows it: what the project says, what the engine says, what is being done to it. */
export type ServiceRow = {
  readonly name: string;
  readonly kind: ServiceKind;
  readonly image: string;
  readonly state: ServicePhase;
  readonly why: string | undefined;
  /** What exactly is being done to it now. */
  readonly doing: Extract<OperationEvent, { type: 'service' }> | undefined;
  /** When what is being done began, milliseconds since the epoch. */
  readonly since: number | undefined;
  readonly because: string | undefined;
  readonly dependsOn: readonly Dependency[];
  readonly neededBy: readonly string[];
  readonly ports: readonly PortMapping[];
  readonly names: readonly string[];
  /** Services that the set leaves out and whose names it answers to. */
  readonly standsFor: readonly string[];
  /** The processes that have its place now. */
  readonly swappedTo: readonly string[];
  /** Where it comes from, if not from the project itself. */
  readonly component: string | undefined;
  /** Of several containers, the one that a person should look at first. */
  readonly status: ServiceStatus | undefined;
  /** Its containers where it has several. */
  readonly replicas: readonly ServiceStatus[];
};

/** The rows of a set, in the project's order; services that run without being members any more come last. */
export function rowsOf(project: ProjectView, set: SetView, status: SetStatus | undefined, progress: OperationProgress | undefined): readonly ServiceRow[] {
  const statuses = new Map<string, readonly ServiceStatus[]>();
  for (const service of status?.services ?? []) statuses.set(service.name, [...(statuses.get(service.name) ?? []), service]);
  const members = new Map(set.members.map((member) => [member.service, member.because]));
  const names = [...members.keys(), ...[...statuses.keys()].filter((name) => !members.has(name))];
  const views = new Map(project.services.map((service) => [service.name, service]));
  const neededBy = (name: string) => names.filter((other) => views.get(other)?.dependsOn.some(({ service }) => service === name));
  const { standIns } = set;

  const rows = names.map((name): ServiceRow => {
    const view = views.get(name);
    const containers = statuses.get(name) ?? [];
    const known = worst(containers);
    const replicas = containers.length > 1 ? containers : [];
    const told = progress?.services[name];
    const doing = told && (isMoving(told.event.state) || told.event.state === 'failed' || !known) ? told.event : undefined;
    return {
      name,
      kind: view?.kind ?? 'other',
      image: known?.image ?? view?.image ?? '',
      state: told?.event.state ?? known?.state ?? 'absent',
      why: told?.event.why ?? (known?.why !== undefined && replicas.length > 0 ? `${known.container ?? name}: ${known.why}` : known?.why),
      doing,
      since: doing && told ? Date.parse(told.since) : undefined,
      because: members.get(name),
      dependsOn: view?.dependsOn ?? [],
      neededBy: neededBy(name),
      ports: known && known.ports.length > 0 ? known.ports : (view?.ports ?? []),
      names: known && known.names.length > 0 ? known.names : (view?.names ?? []),
      standsFor: known?.standsFor ?? standIns[name] ?? [],
      swappedTo: known?.swappedTo ?? [],
      component: view?.component,
      status: known,
      replicas,
    };
  });
  const reasonOf = notStarted(rows);
  return rows.map((row) => ({ ...row, why: reasonOf(row) ?? row.why }));
}

/** Why a service that was only created was not started: one that it needs failed, or was not started for such a reason itself. */
function notStarted(rows: readonly ServiceRow[]): (row: ServiceRow) => string | undefined {
  const byName = new Map(rows.map((row) => [row.name, row]));
  const reasons = new Map<string, string | undefined>();
  const reasonOf = ({ name, state, dependsOn }: ServiceRow): string | undefined => {
    if (state !== 'created' || reasons.has(name)) return reasons.get(name);
    reasons.set(name, undefined);
    const needed = dependsOn.flatMap(({ service }) => byName.get(service) ?? []);
    const guilty = needed.find((other) => other.state === 'failed') ?? needed.find((other) => reasonOf(other) !== undefined);
    if (guilty) reasons.set(name, `not started, because ${guilty.name} ${guilty.state === 'failed' ? 'failed' : 'was not'}`);
    return reasons.get(name);
  };
  return reasonOf;
}

/** The one with the most pressing state. */
function worst(containers: readonly ServiceStatus[]): ServiceStatus | undefined {
  return containers.reduce<ServiceStatus | undefined>((found, one) => (found === undefined || rank(one) < rank(found) ? one : found), undefined);
}

/** The lower, the more pressing. */
export function rank({ state }: { readonly state: ServicePhase }): number {
  return PRESSING.indexOf(lookOfPhase(state).tone);
}

const PRESSING: readonly Tone[] = ['fail', 'warn', 'busy', 'idle', 'ready'];

/** Whether its container runs. */
export function isAlive(state: ServicePhase): boolean {
  return state === 'ready' || state === 'starting' || state === 'unhealthy' || state === 'paused';
}

/** Whether a person should look at it. */
export function needsAttention({ state }: Pick<ServiceRow, 'state'>): boolean {
  const { tone } = lookOfPhase(state);
  return tone === 'fail' || tone === 'warn';
}

/** How many services a person should look at; replicas are one. */
export function countAttention(statuses: readonly Pick<ServiceRow, 'name' | 'state'>[]): number {
  return new Set(statuses.filter(needsAttention).map(({ name }) => name)).size;
}

/** How many have each state, the most pressing first. */
export function countStates(rows: readonly { readonly state: ServicePhase }[]): readonly { readonly state: ServicePhase; readonly count: number }[] {
  const counts = new Map<ServicePhase, number>();
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1);
  const order: readonly Tone[] = ['fail', 'warn', 'busy', 'ready', 'idle'];
  return [...counts]
    .map(([state, count]) => ({ state, count }))
    .sort((one, other) => order.indexOf(lookOfPhase(one.state).tone) - order.indexOf(lookOfPhase(other.state).tone));
}

/** Such as "1 failed, 2 ready". */
export function statesInWords(rows: readonly { readonly state: ServicePhase }[]): string {
  return countStates(rows)
    .map(({ state, count }) => `${count} ${lookOfPhase(state).label}`)
    .join(', ');
}

/** Where a program on this machine reaches the service, else where a container does. */
export function addressesOf({ ports, status, replicas = [] }: Pick<ServiceRow, 'ports' | 'status'> & Partial<Pick<ServiceRow, 'replicas'>>): readonly string[] {
  if (replicas.length > 0) return [...new Set(replicas.flatMap((replica) => addressesOf({ ports: replica.ports, status: replica })))];
  const published = ports.flatMap(({ host, address }) => (host === undefined ? [] : [`${hostAddress(address)}:${host}`]));
  if (published.length > 0) return [...new Set(published)];
  const container = status?.addresses.container;
  if (container === undefined) return [];
  return ports.length > 0 ? ports.map((port) => `${container}:${port.container}`) : [container];
}

function hostAddress(address: string | undefined): string {
  return address === undefined || address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address.includes(':') ? `[${address}]` : address;
}

/** Whether the row's words contain what somebody types to find it. */
export function matches({ name, image, kind, names, state, component = '' }: ServiceRow, text: string): boolean {
  const wanted = text.trim().toLowerCase();
  return wanted === '' || [name, image, kind, state, component, ...names].some((word) => word.toLowerCase().includes(wanted));
}
