import type { z } from 'zod';
import type { Removed } from '#contract/system.ts';
import { groupBy } from '#core/group-by.ts';
import type { Work } from '#core/work.ts';
import { LABELS, type ContainerEngine, type ContainerSummary, type Network } from '#ports/container-engine.ts';
import type { EnvironmentRecord, StateStore } from '#ports/state-store.ts';
import { removeContainer } from './remove.ts';

type RemovedThing = z.infer<typeof Removed>;

export type CleanPorts = {
  readonly engine: ContainerEngine;
  readonly store: StateStore;
  /** Whether a project's folder is still there. */
  readonly exists: (directory: string) => Promise<boolean>;
};

/** One environment's remains: what carries its labels, and its record. */
type Remains = {
  readonly directory: string;
  readonly set: string;
  readonly containers: readonly ContainerSummary[];
  readonly networks: readonly Network[];
  readonly record: EnvironmentRecord | undefined;
  readonly directoryExists: boolean;
};

/** Removes what crashed work left behind, or, dry, only names it. What is up and whole stays; so does all data. */
export async function clean(input: { readonly dryRun: boolean }, ports: CleanPorts, work: Work): Promise<{ removed: RemovedThing[] }> {
  await ports.engine.connect(work.signal);
  const remains = await findRemains(ports, work.signal);
  const removed: RemovedThing[] = [];
  for (const environment of remains) {
    if (whyLeftBehind(environment) === undefined) continue;
    const key = { composeProject: environment.record?.composeProject ?? environment.set, directory: environment.directory, method: 'system.clean' };
    // Whoever holds the lock is alive and at work: by the time it is ours, there may be nothing left to clean.
    await ports.store.withLock(key, () => {}, async () => {
      const fresh = (await findRemains(ports, work.signal)).find((other) => other.directory === environment.directory && other.set === environment.set);
      const why = fresh && whyLeftBehind(fresh);
      if (fresh && why !== undefined) removed.push(...(await removeRemains(fresh, why, input.dryRun, { ...ports, ...work })));
    }, work.signal);
  }
  return { removed };
}

/** Why an environment counts as left behind, or nothing where it is whole. Pure. */
function whyLeftBehind({ containers, networks, record, directoryExists }: Remains): string | undefined {
  if (record?.unfinished) return `${record.unfinished.method} began at ${record.unfinished.began} and never ended`;
  if (!directoryExists) return 'its project folder is gone';
  if (containers.length === 0 && networks.length > 0) return 'a network without containers';
  if (containers.length === 0 && record) return 'a record without containers';
  // Without a record it may be another user's: only what does not run counts as left behind.
  if (!record && containers.every((container) => container.state !== 'running')) return 'nothing is recorded of it, and nothing of it runs';
  return undefined;
}

async function findRemains({ engine, store, exists }: CleanPorts, signal: AbortSignal): Promise<Remains[]> {
  const [containers, networks, records] = await Promise.all([
    engine.listContainers([LABELS.version], signal),
    engine.listNetworks([LABELS.version], signal),
    store.listEnvironments(),
  ]);
  const keyOf = (directory: string | undefined, set: string | undefined) => JSON.stringify([directory ?? '', set ?? '']);
  const ofLabels = ({ labels }: { readonly labels: Readonly<Record<string, string>> }) => keyOf(labels[LABELS.directory], labels[LABELS.set]);
  const byContainers = groupBy(containers, ofLabels);
  const byNetworks = groupBy(networks, ofLabels);
  const byRecords = new Map(records.map((record) => [keyOf(record.directory, record.set), record]));
  const keys = [...new Set([...byContainers.keys(), ...byNetworks.keys(), ...byRecords.keys()])];
  return Promise.all(
    keys.map(async (key) => {
      const [directory = '', set = ''] = JSON.parse(key) as string[];
      return {
        directory,
        set,
        containers: byContainers.get(key) ?? [],
        networks: byNetworks.get(key) ?? [],
        record: byRecords.get(key),
        directoryExists: await exists(directory),
      };
    }),
  );
}

async function removeRemains({ containers, networks, record, directory }: Remains, why: string, dryRun: boolean, task: CleanPorts & Work): Promise<RemovedThing[]> {
  const things: RemovedThing[] = [
    ...containers.map(({ name }) => ({ kind: 'container' as const, name, why })),
    ...networks.map(({ name }) => ({ kind: 'network' as const, name, why })),
    ...(record ? [{ kind: 'state' as const, name: record.composeProject, why }] : []),
  ];
  if (dryRun) return things;
  await Promise.all(containers.map((container) => removeContainer(container, task, 1)));
  await Promise.all(networks.map((network) => task.engine.removeNetwork(network.id, task.signal)));
  if (record) await task.store.removeEnvironment(record.composeProject, directory);
  return things;
}
