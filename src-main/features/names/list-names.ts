import type { z } from 'zod';
import { BacklotError } from '#contract/errors.ts';
import type { names, NameView } from '#contract/names.ts';
import { groupBy } from '#core/group-by.ts';
import { ownPorts } from '#features/project/connections.ts';
import type { LoadProject } from '#features/project/project.ts';
import { environmentLabels, environmentOf, type Environment } from '#features/stack/environment.ts';
import { LABELS, type ContainerEngine, type ContainerSummary } from '#ports/container-engine.ts';
import { ownedNames, withSuffixes } from './owned-names.ts';

export type ListPorts = { readonly engine: ContainerEngine; readonly loadProject: LoadProject };

type NameList = z.input<typeof names.list.output>;

/** Every name of the set, or of all sets that are up, else of the default one. */
export async function listNames({ directory, set }: { readonly directory: string; readonly set?: string | undefined }, { engine, loadProject }: ListPorts, signal: AbortSignal): Promise<NameList> {
  const project = await loadProject(directory, signal);
  const containers = await engine.listContainers(environmentLabels(project.directory), signal).catch(noneWithoutEngine);
  const up = Object.keys(project.sets).filter((name) => containers.some((container) => container.labels[LABELS.set] === name));
  const sets = set === undefined && up.length > 0 ? up : [environmentOf(project, set).set.name];
  const views = sets.flatMap((name) => namesOf(environmentOf(project, name), containers.filter((container) => container.labels[LABELS.set] === name), engine.reachesContainers));
  return { schema: 1, guard: project.guard, suffixes: [...project.suffixes], allow: [...project.allow], names: views };
}

/** Who has which name stands in the files: for that no engine is needed. */
function noneWithoutEngine(error: unknown): ContainerSummary[] {
  if (error instanceof BacklotError && error.code.startsWith('engine-')) return [];
  throw error;
}

/** The names of one set with what its containers say. Pure. */
function namesOf(environment: Environment, containers: readonly ContainerSummary[], reachesContainers: boolean): NameView[] {
  const { project, set } = environment;
  const byService = groupBy(containers, (container) => container.labels[LABELS.service] ?? '');
  return ownedNames(environment).flatMap(({ name, service, reason }) => {
    const definition = project.services[service];
    const ports = definition ? ownPorts(definition.resolved, definition.kind, []) : [];
    const container = byService.get(service)?.find(({ state }) => state === 'running');
    const address = container?.networks.find((network) => network.address !== '')?.address;
    const published = container?.ports.find((port) => port.host !== undefined);
    const own = reachesContainers && address !== undefined && ports[0] !== undefined ? `${address}:${ports[0]}` : undefined;
    const host = published?.host === undefined ? own : `${hostAddress(published.address)}:${published.host}`;
    return withSuffixes(name, project.suffixes).map((full): NameView => ({
      name: full,
      service,
      set: set.name,
      reason,
      ...(address !== undefined && { container: address }),
      ...(host !== undefined && { host }),
      ports,
    }));
  });
}

function hostAddress(address: string | undefined): string {
  return address === undefined || address === '' || address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address;
}
