import { groupBy } from '#core/group-by.ts';
import type { Work } from '#core/work.ts';
import { refreshHostNames, type PublishPorts } from '#features/names/host-names-publish.ts';
import { LABELS, type ContainerEngine, type ContainerSummary } from '#ports/container-engine.ts';
import type { EnvironmentRecord, StateStore } from '#ports/state-store.ts';
import { assertServices, environmentLabels } from './environment.ts';
import { isOfGuard } from './guard.ts';
import { setOf, type LoadOutline } from './outline.ts';
import { discardContainer, removeContainer, removeLabelledNetworks, stopContainer } from './remove.ts';
import { stopByOrder } from './stop-order.ts';

export type DownPorts = PublishPorts & { readonly engine: ContainerEngine; readonly store: StateStore; readonly loadOutline: LoadOutline };

export type DownInput = {
  readonly directory: string;
  readonly set?: string | undefined;
  readonly services: readonly string[];
  readonly all: boolean;
  readonly timeout?: number | undefined;
};

export type DownResult = { readonly sets: string[]; readonly removed: string[]; readonly seconds: number };

/** Stops and removes what Backlot made for a set, for some of its services, or for every set: dependents first. Data stays. */
export async function down(input: DownInput, ports: DownPorts, work: Work): Promise<DownResult> {
  const began = performance.now();
  const [outline] = await Promise.all([ports.loadOutline(input.directory, work.signal), ports.engine.connect(work.signal)]);
  const containers = await ports.engine.listContainers(environmentLabels(outline.directory), work.signal);
  const records = (await ports.store.listEnvironments()).filter((record) => record.directory === outline.directory);
  const up = [...new Set([...containers.map((container) => container.labels[LABELS.set] ?? ''), ...records.map((record) => record.set)])];
  const sets = input.all ? up : [setOf(outline, input.set, up)];
  const whole = input.services.length === 0;
  const task = { ...ports, ...work };
  // Names of what goes need not wait until it is gone.
  const renaming = whole ? refreshHostNames(task, sets.map((set) => ({ directory: outline.directory, set }))) : undefined;
  const removed = await Promise.all(sets.map((set) => downSet({ set, directory: outline.directory, known: records.find((record) => record.set === set) }, input, task)));
  await (renaming ?? refreshHostNames(task));
  return { sets, removed: removed.flat(), seconds: (performance.now() - began) / 1000 };
}

type Target = { readonly set: string; readonly directory: string; readonly known: EnvironmentRecord | undefined };

async function downSet({ set, directory, known }: Target, input: DownInput, task: DownPorts & Work): Promise<string[]> {
  const { engine, store, signal } = task;
  const labels = environmentLabels(directory, set);
  const first = await engine.listContainers(labels, signal);
  const composeProject = known?.composeProject ?? first[0]?.labels['com.docker.compose.project'] ?? set;
  const onWait = (owner: { pid: number; shell: string; method: string }) =>
    task.tell({ type: 'message', level: 'info', text: `waits for ${owner.method} of ${owner.shell} (process ${owner.pid}) on the same set` });
  const run = async () => {
    const record = (await store.readEnvironment(composeProject, directory)) ?? known;
    const containers = await engine.listContainers(labels, signal);
    const services = [...new Set([...Object.keys(record?.services ?? {}), ...containers.map(serviceOf)])];
    assertServices(input.services, services, `the set ${set}`);
    const chosen = input.services.length > 0 ? containers.filter((container) => input.services.includes(serviceOf(container))) : containers;
    await removeInOrder(chosen, dependenciesIn(record), input.timeout, task);
    if (input.services.length === 0) {
      await removeLate(labels, task);
      await removeLabelledNetworks(labels, task);
      await store.removeEnvironment(composeProject, directory);
    }
    return chosen.filter((container) => !isOfGuard(container)).map((container) => container.name);
  };
  return store.withLock({ composeProject, directory, method: 'stack.down' }, onWait, run, signal);
}

/** What killed work had asked the engine for can still come into being after the first look. */
async function removeLate(labels: readonly string[], task: DownPorts & Work): Promise<void> {
  const late = await task.engine.listContainers(labels, task.signal);
  await Promise.all(late.map((container) => removeContainer(container, task, 1)));
}

/** Stops each service once everything that depends on it has stopped; what has stopped is removed meanwhile. */
async function removeInOrder(
  containers: readonly ContainerSummary[],
  dependenciesOf: (service: string) => readonly string[],
  grace: number | undefined,
  task: DownPorts & Work,
): Promise<void> {
  const byService = groupBy(containers, serviceOf);
  const stopped = stopByOrder([...byService.keys()], dependenciesOf, async (service) => {
    await Promise.all((byService.get(service) ?? []).map((container) => stopContainer(container, task, grace)));
  });
  const discard = async ([service, own]: readonly [string, readonly ContainerSummary[]]) => {
    await stopped.get(service);
    await Promise.all(own.map((container) => discardContainer(container, task)));
  };
  await Promise.all([...byService].map(discard));
}

/** The dependencies of each service as they were when the environment was made. */
function dependenciesIn(record: EnvironmentRecord | undefined): (service: string) => readonly string[] {
  return (service) => {
    const text = record?.services[service];
    if (text === undefined) return [];
    const spec = JSON.parse(text) as { readonly depends_on?: Readonly<Record<string, unknown>> };
    return Object.keys(spec.depends_on ?? {});
  };
}

function serviceOf(container: ContainerSummary): string {
  return container.labels[LABELS.service] ?? '';
}
