import type { Work } from '#core/work.ts';
import { LABELS, type ContainerEngine, type ContainerSummary } from '#ports/container-engine.ts';

type Removing = { readonly engine: ContainerEngine } & Work;

/** Stops and removes containers of ours, all at once, with `grace` seconds each (or their own). Data stays. */
export async function removeContainers(containers: readonly ContainerSummary[], task: Removing, grace?: number): Promise<void> {
  await Promise.all(containers.map((container) => removeContainer(container, task, grace)));
}

/** Stops and removes one container, telling its service's state. */
export async function removeContainer(container: ContainerSummary, { engine, signal, tell }: Removing, grace?: number): Promise<void> {
  const service = container.labels[LABELS.service] ?? container.name;
  if (container.state === 'running' || container.state === 'paused' || container.state === 'restarting') {
    tell({ type: 'service', service, state: 'stopping' });
    await engine.stopContainer(container.id, grace, signal);
  }
  await engine.removeContainer(container.id, signal);
  tell({ type: 'service', service, state: 'removed' });
}

/** Removes the networks that carry these labels. */
export async function removeNetworks(labels: readonly string[], engine: ContainerEngine, signal: AbortSignal): Promise<string[]> {
  const networks = await engine.listNetworks(labels, signal);
  await Promise.all(networks.map((network) => engine.removeNetwork(network.id, signal)));
  return networks.map((network) => network.name);
}
