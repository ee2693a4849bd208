import { BacklotError } from '#contract/errors.ts';
import type { Work } from '#core/work.ts';
import { LABELS, type ContainerEngine, type ContainerSummary, type Network } from '#ports/container-engine.ts';

import { isOfGuard } from './guard.ts';

type Removing = { readonly engine: ContainerEngine } & Pick<Work, 'signal' | 'tell'>;

/** Stops and removes containers of ours, all at once, with `grace` seconds each (or their own). Data stays. */
export async function removeContainers(containers: readonly ContainerSummary[], task: Removing, grace?: number): Promise<void> {
  await Promise.all(containers.map((container) => removeContainer(container, task, grace)));
}

/** Stops and removes one container, telling its service's state. */
export async function removeContainer(container: ContainerSummary, task: Removing, grace?: number): Promise<void> {
  await stopContainer(container, task, grace);
  await discardContainer(container, task);
}

/** Stops one container where it runs. */
export async function stopContainer(container: ContainerSummary, { engine, signal, tell }: Removing, grace?: number): Promise<void> {
  if (container.state !== 'running' && container.state !== 'paused' && container.state !== 'restarting') return;
  if (!isOfGuard(container)) tell({ type: 'service', service: serviceOf(container), state: 'stopping' });
  await engine.stopContainer(container.id, grace, signal);
}

/** Removes one container that no longer runs. */
export async function discardContainer(container: ContainerSummary, { engine, signal, tell }: Removing): Promise<void> {
  // What helps a set holds no data of anybody.
  await engine.removeContainer(container.id, signal, { withData: LABELS.role in container.labels });
  if (!isOfGuard(container)) tell({ type: 'service', service: serviceOf(container), state: 'removed' });
}

function serviceOf({ labels, name }: ContainerSummary): string {
  return labels[LABELS.service] ?? name;
}

/**
 * Removes networks. Answers the names of those that the engine does not let go of before it is restarted: nothing here helps that,
 * and nothing is broken by it, so it is told and the work goes on.
 */
export async function removeNetworks(networks: readonly Network[], { engine, signal, tell }: Removing): Promise<string[]> {
  const stuck = await Promise.all(
    networks.map(async ({ id, name }) => {
      try {
        await engine.removeNetwork(id, signal);
        return [];
      } catch (error) {
        if (!(error instanceof BacklotError) || error.code !== 'network-stuck') throw error;
        tell({ type: 'message', level: 'warning', text: error.message, ...(error.fix !== undefined && { fix: error.fix }) });
        return [name];
      }
    }),
  );
  return stuck.flat();
}

/** Removes the networks that carry these labels. */
export async function removeLabelledNetworks(labels: readonly string[], task: Removing): Promise<void> {
  await removeNetworks(await task.engine.listNetworks(labels, task.signal), task);
}
