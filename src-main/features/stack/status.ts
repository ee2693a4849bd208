import type { ServicePhase } from '#contract/operations.ts';
import type { ServiceStatus, SetState, SetStatus, StackStatus } from '#contract/stack.ts';
import { groupBy } from '#core/group-by.ts';
import { LABELS, type ContainerDetails, type ContainerEngine } from '#ports/container-engine.ts';
import type { EnvironmentRecord, SeenState, StateStore } from '#ports/state-store.ts';
import { environmentLabels } from './environment.ts';
import { exitInWords } from './explain.ts';
import { setOf, type LoadOutline, type Outline } from './outline.ts';
import { isSeenSince, seenOf } from './seen.ts';
import { tellWhoAnswers, type AnsweringPorts } from './swap-answers.ts';
import { isHere, targetText } from './swap-targets.ts';
import { findSwaps, isOfService, type Swap } from './swaps.ts';

export type StatusPorts = { readonly engine: ContainerEngine; readonly store: StateStore; readonly loadOutline: LoadOutline };

/** What is up, by set: every declared set, and any other that is up. */
export async function status(input: { readonly directory: string; readonly set?: string | undefined }, ports: StatusPorts & AnsweringPorts, signal: AbortSignal): Promise<StackStatus> {
  const [outline] = await Promise.all([ports.loadOutline(input.directory, signal), ports.engine.connect(signal)]);
  const whole = await tellWhoAnswers(await readStatus(outline, ports, signal), ports, signal);
  if (input.set === undefined) return whole;
  const name = setOf(outline, input.set, whole.sets.map((set) => set.name));
  return { ...whole, sets: whole.sets.filter((set) => set.name === name) };
}

/** One look at the engine and at the records. */
export async function readStatus(outline: Outline, { engine, store }: Pick<StatusPorts, 'engine' | 'store'>, signal: AbortSignal): Promise<StackStatus> {
  const [summaries, records] = await Promise.all([engine.listContainers(environmentLabels(outline.directory), signal), store.listEnvironments()]);
  const containers = (await Promise.all(summaries.map((container) => engine.inspectContainer(container.id, signal)))).filter((container) => container !== undefined);
  return describeStatus(outline, containers, records.filter((record) => record.directory === outline.directory));
}

/** What containers and records mean together. Pure. */
export function describeStatus(outline: Outline, containers: readonly ContainerDetails[], records: readonly EnvironmentRecord[]): StackStatus {
  const bySet = groupBy(containers, (container) => container.labels[LABELS.set] ?? '');
  const names = [...new Set([...outline.sets, ...bySet.keys()])];
  const sets = names.map((name) => describeSet(name, bySet.get(name) ?? [], records.find((record) => record.set === name)));
  return { schema: 1, project: records[0]?.project ?? outline.name, sets };
}

function describeSet(name: string, containers: readonly ContainerDetails[], record: EnvironmentRecord | undefined): SetStatus {
  const { swaps } = findSwaps(containers);
  const byService = groupBy(containers.filter(isOfService), (container) => container.labels[LABELS.service] ?? '');
  const expected = containers.length === 0 ? [] : Object.keys(record?.services ?? {}).filter((service) => replicasOf(service, record) > 0);
  const order = [...new Set([...expected, ...byService.keys(), ...swaps.keys()])];
  const services = order.flatMap((service) => {
    const own = byService.get(service);
    const swap = swaps.get(service);
    if (swap) return [describeSwapped(swap, own?.[0], record)];
    return own ? own.map((container) => describeService(service, container, record)) : [absent(service, record)];
  });
  return { name, state: stateOfSet(services), services };
}

function describeService(service: string, container: ContainerDetails, record: EnvironmentRecord | undefined): ServiceStatus {
  const { state, why } = phaseOf(container, record);
  const ports = container.ports.map((port) => ({ ...port }));
  const published = ports.find((port) => port.host !== undefined);
  const address = container.networks.find((network) => network.address !== '')?.address;
  return {
    name: service,
    state,
    ...(why !== undefined && { why }),
    container: container.name,
    containerId: container.id,
    image: container.image,
    names: namesOf(service, record),
    ...standsFor(service, record),
    addresses: {
      ...(address !== undefined && { container: address }),
      ...(published?.host !== undefined && { host: `${hostAddress(published.address)}:${published.host}` }),
    },
    ports,
    restarts: container.restarts,
    ...(container.state !== 'created' && { started: container.startedAt }),
    ...(container.state === 'exited' && { exitCode: container.exitCode }),
  };
}

/** The forwarder has the service's names and ports; the image, the log and the number of restarts are still those of its own container. */
function describeSwapped({ service, forwarder, containers, targets }: Swap, own: ContainerDetails | undefined, record: EnvironmentRecord | undefined): ServiceStatus {
  const before = own ? describeService(service, own, record) : absent(service, record);
  const broken = containers.some(({ state }) => state !== 'running');
  const address = forwarder.networks.find((network) => network.address !== '')?.address;
  const ports = targets.map((target) => {
    const published = forwarder.ports.find((port) => port.container === target.container && port.host !== undefined);
    return published ?? { container: target.container, protocol: 'tcp' as const, ...(isHere(target) && { host: target.port, address: target.host === '::1' ? '::1' : '127.0.0.1' }) };
  });
  const [first] = ports;
  const { exitCode: _exitCode, started: _started, why: _why, ...rest } = before;
  return {
    ...rest,
    state: broken ? 'stopped' : 'swapped',
    ...(broken && { why: `what leads to ${targets.map(targetText).join(', ')} does not run: bring the set up again` }),
    addresses: { ...(address !== undefined && { container: address }), ...(first?.host !== undefined && { host: `${hostAddress(first.address)}:${first.host}` }) },
    ports,
    swappedTo: targets.map(targetText),
  };
}

function absent(service: string, record: EnvironmentRecord | undefined): ServiceStatus {
  const image = specOf(service, record).image ?? '';
  return { name: service, state: 'absent', why: 'its container was removed', image, names: namesOf(service, record), ...standsFor(service, record), addresses: {}, ports: [], restarts: 0 };
}

/** The state of one container in the product's words, and why it is not ready. */
function phaseOf(container: ContainerDetails, record: EnvironmentRecord | undefined): { readonly state: ServicePhase; readonly why?: string } {
  const seen = seenOf(container, record);
  switch (container.state) {
    case 'created':
      return container.error ? { state: 'failed', why: exitInWords(container) } : { state: 'created', why: 'was created and not started yet' };
    case 'paused':
      return { state: 'paused' };
    case 'restarting':
      return { state: 'restarting', why: `${exitInWords(container)}; its restart policy starts it again` };
    case 'removing':
      return { state: 'stopping' };
    case 'running':
      return runningPhase(container, seen, isSeenSince(container, record));
    case 'exited':
    case 'dead':
      return endedPhase(container, seen);
    default:
      return container.state satisfies never;
  }
}

function runningPhase(container: ContainerDetails, seen: SeenState | undefined, seenSince: boolean): { state: ServicePhase; why?: string } {
  const lastProbe = container.healthLog.at(-1);
  const probe = lastProbe ? `health check: exit ${lastProbe.exitCode}${lastProbe.output.trim() ? `: ${lastProbe.output.trim().slice(0, 300)}` : ''}` : 'its health check has not run yet';
  if (container.health === 'unhealthy' && !seenSince) return { state: 'unhealthy', why: probe };
  if (seen === 'ready' || seen === 'settled' || container.health !== 'starting') return { state: 'ready' };
  return { state: 'starting', why: probe };
}

function endedPhase(container: ContainerDetails, seen: SeenState | undefined): { state: ServicePhase; why?: string } {
  if (container.exitCode === 0 && !container.error) return mayBeDone(container, seen) ? { state: 'done' } : { state: 'stopped', why: 'exited with 0' };
  const askedTo = !container.outOfMemory && !container.error && [130, 137, 143].includes(container.exitCode);
  return { state: askedTo ? 'stopped' : 'failed', why: exitInWords(container) };
}

/** Whether an end with 0 may be the purpose of a container: it was seen to be, or nothing of it says that it serves. */
function mayBeDone(container: ContainerDetails, seen: SeenState | undefined): boolean {
  if (seen === 'done') return true;
  if (seen === 'ready' || !['no', 'on-failure'].includes(container.restartPolicy)) return false;
  return seen === 'settled' || (container.ports.length === 0 && container.healthcheck.length === 0);
}

function stateOfSet(services: readonly ServiceStatus[]): SetState {
  const is = (...states: ServicePhase[]) => (service: ServiceStatus) => states.includes(service.state);
  if (services.length === 0) return 'down';
  if (services.every(is('ready', 'done', 'swapped'))) return 'up';
  if (services.some(is('failed', 'unhealthy'))) return 'failed';
  if (services.some(is('starting', 'restarting', 'waiting'))) return 'starting';
  return services.every(is('stopped', 'created', 'absent', 'done')) ? 'down' : 'partial';
}

function standsFor(service: string, record: EnvironmentRecord | undefined): Pick<ServiceStatus, 'standsFor'> {
  const names = record?.standIns?.[service] ?? [];
  return names.length === 0 ? {} : { standsFor: [...names] };
}

type RecordedSpec = { readonly image?: string; readonly scale?: number; readonly deploy?: { readonly replicas?: number } | null; readonly networks?: Readonly<Record<string, { readonly aliases?: readonly string[] } | null>> };

function specOf(service: string, record: EnvironmentRecord | undefined): RecordedSpec {
  return JSON.parse(record?.services[service] ?? '{}') as RecordedSpec;
}

/** None is a number too: such a service has no container, and none is missing. */
function replicasOf(service: string, record: EnvironmentRecord | undefined): number {
  const { scale, deploy } = specOf(service, record);
  return scale ?? deploy?.replicas ?? 1;
}

function namesOf(service: string, record: EnvironmentRecord | undefined): string[] {
  const aliases = Object.values(specOf(service, record).networks ?? {}).flatMap((network) => network?.aliases ?? []);
  return [...new Set([service, ...aliases])];
}

function hostAddress(address: string | undefined): string {
  return address === undefined || address === '' || address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address;
}
