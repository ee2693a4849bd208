import type { UpResult } from '#contract/stack.ts';
import type { Work } from '#core/work.ts';
import { LABELS } from '#ports/container-engine.ts';
import { assertServices, dependenciesWithin, environmentLabels, environmentOf, type Environment } from './environment.ts';
import { restartsWith } from './relations.ts';
import { stopByOrder } from './stop-order.ts';
import { findSwaps, isOfService, swapped } from './swaps.ts';
import { up, type StackPorts } from './up.ts';

export type RestartInput = { readonly directory: string; readonly set?: string | undefined; readonly services: readonly string[]; readonly timeout: number };

/** Stops the services, dependents first, and brings them up again in dependency order. Other services keep running. */
export async function restart(input: RestartInput, ports: StackPorts, work: Work): Promise<UpResult> {
  const began = performance.now();
  const project = await ports.loadProject(input.directory, work.signal);
  const { set } = environmentOf(project, input.set);
  assertServices(input.services, set.services, `the set ${set.name}`);
  await ports.engine.connect(work.signal);
  const { swaps } = findSwaps(await ports.engine.listContainers(environmentLabels(project.directory, set.name), work.signal));
  const asked = input.services.map((name) => swaps.get(name)).find((swap) => swap !== undefined);
  if (asked) throw swapped(asked, set.name);
  const chosen = (input.services.length > 0 ? withFollowers(input.services, { project, set }) : set.services).filter((name) => !swaps.has(name));
  const stopAll = async () => {
    const containers = await ports.engine.listContainers(environmentLabels(project.directory, set.name), work.signal);
    const dependenciesOf = (service: string) => dependenciesWithin({ project, set }, service).map((dependency) => dependency.service);
    const stopped = stopByOrder(chosen, dependenciesOf, async (service) => {
      const running = containers.filter((container) => container.labels[LABELS.service] === service && isOfService(container) && container.state !== 'exited' && container.state !== 'created');
      if (running.length > 0) work.tell({ type: 'service', service, state: 'stopping' });
      await Promise.all(running.map((container) => ports.engine.stopContainer(container.id, undefined, work.signal)));
    });
    await Promise.all(stopped.values());
  };
  const owner = { composeProject: set.composeProject, directory: project.directory, method: 'stack.restart' };
  await ports.store.withLock(owner, () => {}, stopAll, work.signal);
  const result = await up({ directory: input.directory, set: set.name, services: chosen, timeout: input.timeout, build: false }, ports, work);
  return { ...result, seconds: (performance.now() - began) / 1000 };
}

/** The services and all that are to be started again together with them, dependencies first. */
function withFollowers(services: readonly string[], { project, set }: Environment): string[] {
  const chosen = new Set(services);
  const follows = (name: string) => restartsWith(project.services[name]?.resolved ?? {}).some((leader) => chosen.has(leader));
  for (const name of set.services) if (follows(name)) chosen.add(name);
  return set.services.filter((name) => chosen.has(name));
}
