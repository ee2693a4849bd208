import type { z } from 'zod';
import type { Removed } from '#contract/system.ts';
import { groupBy } from '#core/group-by.ts';
import type { Work } from '#core/work.ts';
import { removeNetworks } from '#features/stack/remove.ts';
import { LABELS, type ContainerEngine, type ContainerSummary, type Network } from '#ports/container-engine.ts';
import type { DeployOrder } from '#ports/deployer.ts';
import type { Swarm, SwarmNetwork, SwarmService } from '#ports/swarm.ts';
import { pairFilters } from './pair-model.ts';

type RemovedThing = z.infer<typeof Removed>;
/** What there is of a pair: on an engine, or on the Swarm that it manages. */
type Pair = { readonly containers: readonly ContainerSummary[]; readonly networks: readonly Network[]; readonly services: readonly SwarmService[]; readonly overlays: readonly SwarmNetwork[] };
type Removing = { readonly engine: ContainerEngine; readonly swarm: Swarm } & Pick<Work, 'signal' | 'tell'>;

/** So long a pair that does not run may be one that is just being made. */
const YOUNG = 600_000;

/** Removes a target's pair from its engine or its Swarm, the balancer first: nobody is sent to what goes then. Data stays. Answers the names of what is gone. */
export async function removePair(order: Pick<DeployOrder, 'project' | 'target'>, task: Removing): Promise<string[]> {
  return remove(await look(task, pairFilters(order)), task);
}

/** Removes, or, dry, only names pairs of which nothing runs any more. One that serves stays, and so does one that is being made. */
export async function cleanPairs(dryRun: boolean, task: Removing): Promise<RemovedThing[]> {
  const found = await look(task, [`${LABELS.role}=pair`]);
  const removed: RemovedThing[] = [];
  for (const pair of pairsOf(found)) {
    const why = whyDead(pair, Date.now());
    if (why === undefined) continue;
    const { containers, networks, services, overlays } = pair;
    removed.push(...[...containers, ...services].map(({ name }) => ({ kind: 'container' as const, name, why })), ...[...networks, ...overlays].map(({ name }) => ({ kind: 'network' as const, name, why })));
    if (!dryRun) await remove(pair, task);
  }
  return removed;
}

function pairsOf(found: Pair): Pair[] {
  const keyOf = ({ labels }: { readonly labels: Readonly<Record<string, string>> }) => JSON.stringify([labels[LABELS.project], labels[LABELS.target]]);
  const [containers, networks, services, overlays] = [groupBy(found.containers, keyOf), groupBy(found.networks, keyOf), groupBy(found.services, keyOf), groupBy(found.overlays, keyOf)];
  const keys = new Set([containers, networks, services, overlays].flatMap((one) => [...one.keys()]));
  return [...keys].map((key) => ({ containers: containers.get(key) ?? [], networks: networks.get(key) ?? [], services: services.get(key) ?? [], overlays: overlays.get(key) ?? [] }));
}

/** Why nobody needs a pair any more. Pure. */
function whyDead({ containers, networks, services }: Pair, now: number): string | undefined {
  if (containers.some(({ state }) => ['running', 'restarting', 'paused'].includes(state)) || services.some(({ replicas }) => replicas > 0)) return undefined;
  const isYoung = [...containers, ...networks, ...services].some(({ created }) => created === undefined || now - created < YOUNG);
  return isYoung ? undefined : 'of a pair of which nothing runs';
}

async function look({ engine, swarm, signal }: Removing, labels: readonly string[]): Promise<Pair> {
  const [containers, all] = await Promise.all([engine.listContainers(labels, signal), engine.listNetworks(labels, signal)]);
  // A manager knows the network of each pair of its Swarm.
  if (all.length === 0 || !(await swarm.isManager(signal))) return { containers, networks: all, services: [], overlays: [] };
  const [services, known] = await Promise.all([swarm.services(labels, signal), swarm.networks(signal)]);
  const overlays = known.filter(({ name }) => all.some((network) => network.name === name));
  return { containers, networks: all.filter(({ name }) => !overlays.some((overlay) => overlay.name === name)), services, overlays };
}

async function remove({ containers, networks, services, overlays }: Pair, { engine, swarm, signal, tell }: Removing): Promise<string[]> {
  const isBalancer = ({ labels }: ContainerSummary) => labels[LABELS.slot] === 'proxy';
  for (const part of [containers.filter(isBalancer), containers.filter((one) => !isBalancer(one))]) {
    await Promise.all(part.map(async (one) => {
      if (one.state === 'running') await engine.stopContainer(one.id, isBalancer(one) ? 1 : undefined, signal);
      await engine.removeContainer(one.id, signal, { withData: isBalancer(one) });
    }));
  }
  for (const { id } of services) await swarm.removeService(id, signal);
  for (const { name, labels } of overlays) {
    await swarm.removeFiles([LABELS.project, LABELS.role, LABELS.target].map((label) => `${label}=${labels[label] ?? ''}`), signal);
    await swarm.removeNetwork(name, signal);
  }
  const stuck = await removeNetworks(networks, { engine, signal, tell });
  return [...[...containers, ...services, ...overlays].map(({ name }) => name), ...networks.map(({ name }) => name).filter((name) => !stuck.includes(name))];
}
