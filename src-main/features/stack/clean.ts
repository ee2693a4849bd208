import type { z } from 'zod';
import type { Removed } from '#contract/system.ts';
import { groupBy } from '#core/group-by.ts';
import type { Work } from '#core/work.ts';
import { endUnusedResolver, type PublishPorts } from '#features/names/host-names-publish.ts';
import { isOfOtherVersion, LABELS, type ContainerEngine, type ContainerSummary, type Network } from '#ports/container-engine.ts';
import type { EnvironmentRecord, StateStore } from '#ports/state-store.ts';
import { isOfGuard } from './guard.ts';
import { removeContainer, removeNetworks } from './remove.ts';

type RemovedThing = z.infer<typeof Removed>;

export type CleanPorts = PublishPorts & {
  readonly engine: ContainerEngine;
  readonly store: StateStore;
  /** Whether a project's folder is still there. */
  readonly exists: (directory: string) => Promise<boolean>;
};

/** One environment's remains: what carries its labels, and its record. */
type Remains = {
  readonly directory: string;
  readonly set: string;
  readonly composeProject: string;
  readonly containers: readonly ContainerSummary[];
  readonly networks: readonly Network[];
  readonly record: EnvironmentRecord | undefined;
  /** This user's Backlot has worked on it. */
  readonly known: boolean;
  readonly directoryExists: boolean;
};

/** Removes what crashed work left behind, or, dry, only names it. What is up and whole stays; so does all data. */
export async function clean(input: { readonly dryRun: boolean }, ports: CleanPorts, work: Work): Promise<{ removed: RemovedThing[] }> {
  await ports.engine.connect(work.signal);
  const remains = await findRemains(ports, work.signal);
  const removed: RemovedThing[] = [];
  for (const environment of remains) {
    if (whyLeftBehind(environment, Date.now()) === undefined) continue;
    const key = { composeProject: environment.composeProject, directory: environment.directory, method: 'system.clean' };
    // Whoever holds the lock is alive and at work: by the time it is ours, there may be nothing left to clean.
    await ports.store.withLock(key, () => {}, async () => {
      const fresh = (await findRemains(ports, work.signal)).find((other) => other.directory === environment.directory && other.set === environment.set);
      const why = fresh && whyLeftBehind({ ...fresh, known: environment.known }, Date.now());
      if (fresh && why !== undefined) removed.push(...(await removeRemains(fresh, why, input.dryRun, { ...ports, ...work })));
    }, work.signal);
  }
  const resolver = await endUnusedResolver(input.dryRun, ports, work);
  if (resolver !== undefined) removed.push({ kind: 'container', name: resolver, why: 'it resolves names for this machine, and no set that it has names of is up' });
  return { removed };
}

/** Milliseconds for which things that this user knows nothing of are taken for another user's work, which may have just begun. */
const STRANGERS_TIME = 600_000;

/** Why an environment counts as left behind, or nothing where it is whole. Pure. */
function whyLeftBehind({ containers: everyContainer, networks, record, known, directoryExists }: Remains, now: number): string | undefined {
  if ([...everyContainer, ...networks].some(isOfOtherVersion)) return undefined;
  // A guard that watches over nothing is no sign of life.
  const containers = everyContainer.filter((container) => !isOfGuard(container));
  if (record?.unfinished) return `${record.unfinished.method} began at ${record.unfinished.began} and never ended`;
  if (!known) {
    // Several users, and several machines, share engines: folders and records of others are not seen from here.
    const young = [...containers, ...networks].some(({ created }) => created === undefined || now - created < STRANGERS_TIME);
    return young || containers.some(isAtWork) ? undefined : 'nothing is recorded of it, and nothing of it runs';
  }
  if (!directoryExists) return 'its project folder is gone';
  if (containers.length === 0 && networks.length > 0) return 'a network without containers';
  if (containers.length === 0 && record) return 'a record without containers';
  if (!record && !containers.some(isAtWork)) return 'nothing is recorded of it, and nothing of it runs';
  return undefined;
}

function isAtWork({ state }: ContainerSummary): boolean {
  return state === 'running' || state === 'restarting' || state === 'paused';
}

async function findRemains({ engine, store, exists }: CleanPorts, signal: AbortSignal): Promise<Remains[]> {
  const [containers, networks, records] = await Promise.all([
    engine.listContainers([LABELS.version], signal),
    engine.listNetworks([LABELS.version], signal),
    store.listEnvironments(),
  ]);
  const keyOf = (directory: string | undefined, set: string | undefined) => JSON.stringify([directory ?? '', set ?? '']);
  const ofLabels = ({ labels }: { readonly labels: Readonly<Record<string, string>> }) => keyOf(labels[LABELS.directory], labels[LABELS.set]);
  // What belongs to a run is the run's own to judge.
  const ofSet = ({ labels }: { readonly labels: Readonly<Record<string, string>> }) => !(LABELS.run in labels);
  const byContainers = groupBy(containers.filter(ofSet), ofLabels);
  const byNetworks = groupBy(networks.filter(ofSet), ofLabels);
  const byRecords = new Map(records.map((record) => [keyOf(record.directory, record.set), record]));
  const keys = [...new Set([...byContainers.keys(), ...byNetworks.keys(), ...byRecords.keys()])];
  return Promise.all(
    keys.map(async (key) => {
      const [directory = '', set = ''] = JSON.parse(key) as string[];
      const record = byRecords.get(key);
      const own = byContainers.get(key) ?? [];
      const labels = byContainers.get(key)?.[0]?.labels ?? byNetworks.get(key)?.[0]?.labels ?? {};
      const composeProject = record?.composeProject ?? labels['com.docker.compose.project'] ?? set;
      return {
        directory,
        set,
        composeProject,
        containers: own,
        // Compose itself may have put others on a network of ours.
        networks: (byNetworks.get(key) ?? []).filter((network) => own.length > 0 || network.containers.length === 0),
        record,
        known: record !== undefined || (await store.knowsEnvironment(composeProject, directory)),
        directoryExists: await exists(directory),
      };
    }),
  );
}

async function removeRemains({ containers, networks, record, composeProject, directory }: Remains, why: string, dryRun: boolean, task: CleanPorts & Work): Promise<RemovedThing[]> {
  const things: RemovedThing[] = [
    ...containers.map(({ name }) => ({ kind: 'container' as const, name, why })),
    ...networks.map(({ name }) => ({ kind: 'network' as const, name, why })),
    ...(record ? [{ kind: 'state' as const, name: record.composeProject, why }] : []),
  ];
  if (dryRun) return things;
  await Promise.all(containers.map((container) => removeContainer(container, task, 1)));
  const stuck = await removeNetworks(networks, task);
  if (record) await task.store.removeEnvironment(composeProject, directory);
  return things.filter(({ kind, name }) => kind !== 'network' || !stuck.includes(name));
}
