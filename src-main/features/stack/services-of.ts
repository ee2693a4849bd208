import type { ContainerSummary } from '#ports/container-engine.ts';
import type { StateStore } from '#ports/state-store.ts';
import { serviceOf } from './read-lines.ts';
import { isOfService } from './swaps.ts';

/** The services of an environment: those that it was made with, and those that containers show. */
export async function servicesOf(directory: string, set: string, containers: readonly ContainerSummary[], { store }: { readonly store: StateStore }): Promise<string[]> {
  const record = (await store.listEnvironments()).find((candidate) => candidate.directory === directory && candidate.set === set);
  return [...new Set([...Object.keys(record?.services ?? {}), ...containers.filter(isOfService).map(serviceOf)])];
}
