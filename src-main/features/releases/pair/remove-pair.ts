import type { z } from 'zod';
import type { Removed } from '#contract/system.ts';
import { groupBy } from '#core/group-by.ts';
import type { Work } from '#core/work.ts';
import { removeNetworks } from '#features/stack/remove.ts';
import { LABELS, type ContainerEngine, type ContainerSummary, type Network } from '#ports/container-engine.ts';
import type { DeployOrder } from '#ports/deployer.ts';
import { pairLabels } from './pair-model.ts';

type RemovedThing = z.infer<typeof Removed>;
type Pair = { readonly containers: readonly ContainerSummary[]; readonly networks: readonly Network[] };
type Removing = { readonly engine: ContainerEngine } & Pick<Work, 'signal' | 'tell'>;

/** So long a pair that does not run may be one that is just being made. */
const YOUNG = 600_000;

/** Removes a target's pair from its engine, the balancer first: nobody is sent to what goes then. Data stays. Answers the names of what is gone. */
export async function removePair(order: Pick<DeployOrder, 'project' | 'target'>, task: Removing): Promise<string[]> {
  const labels = Object.entries(pairLabels(order)).map(([key, value]) => `${key}=${value}`);
  return remove(await look(task.engine, labels, task.signal), task);
}

/** Removes, or, dry, only names pairs of which nothing runs any more. One that serves stays, and so does one that is being made. */
export async function cleanPairs(dryRun: boolean, task: Removing): Promise<RemovedThing[]> {
  const { containers, networks } = await look(task.engine, [`${LABELS.role}=pair`], task.signal);
  const keyOf = ({ labels }: { readonly labels: Readonly<Record<string, string>> }) => JSON.stringify([labels[LABELS.project], labels[LABELS.target]]);
  const [byContainers, byNetworks] = [groupBy(containers, keyOf), groupBy(networks, keyOf)];
  const removed: RemovedThing[] = [];
  for (const key of new Set([...byContainers.keys(), ...byNetworks.keys()])) {
    const pair: Pair = { containers: byContainers.get(key) ?? [], networks: byNetworks.get(key) ?? [] };
    const why = whyDead(pair, Date.now());
    if (why === undefined) continue;
    removed.push(...pair.containers.map(({ name }) => ({ kind: 'container' as const, name, why })), ...pair.networks.map(({ name }) => ({ kind: 'network' as const, name, why })));
    if (!dryRun) await remove(pair, task);
  }
  return removed;
}

/** Why nobody needs a pair any more. Pure. */
function whyDead({ containers, networks }: Pair, now: number): string | undefined {
  if (containers.some(({ state }) => ['running', 'restarting', 'paused'].includes(state))) return undefined;
  const isYoung = [...containers, ...networks].some(({ created }) => created === undefined || now - created < YOUNG);
  return isYoung ? undefined : 'of a pair of which nothing runs';
}

async function look(engine: ContainerEngine, labels: readonly string[], signal: AbortSignal): Promise<Pair> {
  const [containers, networks] = await Promise.all([engine.listContainers(labels, signal), engine.listNetworks(labels, signal)]);
  return { containers, networks };
}

async function remove({ containers, networks }: Pair, { engine, signal, tell }: Removing): Promise<string[]> {
  const isBalancer = ({ labels }: ContainerSummary) => labels[LABELS.slot] === 'proxy';
  for (const part of [containers.filter(isBalancer), containers.filter((one) => !isBalancer(one))]) {
    await Promise.all(part.map(async (one) => {
      if (one.state === 'running') await engine.stopContainer(one.id, isBalancer(one) ? 1 : undefined, signal);
      await engine.removeContainer(one.id, signal, { withData: isBalancer(one) });
    }));
  }
  const stuck = await removeNetworks(networks, { engine, signal, tell });
  return [...containers.map(({ name }) => name), ...networks.map(({ name }) => name).filter((name) => !stuck.includes(name))];
}
