import type { PortMapping } from '#contract/project.ts';
import type { EnvironmentVariables, ServiceStatus } from '#contract/stack.ts';
import { connectionUrl, KIND_PORTS, ownPorts, variablesOf } from '#features/project/connections.ts';
import type { Service } from '#features/project/project.ts';
import type { Environment } from './environment.ts';

type Variable = EnvironmentVariables['variables'][number];
type Connection = NonNullable<EnvironmentVariables['connections']>[number];

/** How the services of a set are reached: variables for a process on this machine, and for each port what clients take, in the set and here. Pure. */
export function connectionVariables(environment: Environment, services: readonly ServiceStatus[], reachesContainers: boolean): EnvironmentVariables {
  const { project, set } = environment;
  const variables: Variable[] = [
    { name: 'BACKLOT_PROJECT', value: project.name },
    { name: 'BACKLOT_SET', value: set.name },
  ];
  const connections: Connection[] = [];
  for (const name of set.services) {
    const service = project.services[name];
    const status = services.find((candidate) => candidate.name === name && runs(candidate));
    if (!service || !status) continue;
    const own = variablesOf(service.resolved, set.environment);
    const ports = portsOf(service, status);
    connections.push(...ports.map((port, index) => connectionOf({ service, port, isMain: index === 0 }, own, reachedAt(status, port, reachesContainers))));
    const reached = ports.map((port) => reachedAt(status, port, reachesContainers)).find((at) => at !== undefined);
    if (!reached) continue;
    const prefix = name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
    const url = connectionUrl(service.kind, inUrl(reached), own);
    variables.push({ name: `${prefix}_HOST`, value: reached.host, service: name }, { name: `${prefix}_PORT`, value: String(reached.port), service: name });
    if (url !== undefined) variables.push({ name: `${prefix}_URL`, value: url, service: name });
  }
  return { schema: 1, set: set.name, variables, connections };
}

type Reached = { readonly host: string; readonly port: number };

function runs({ state }: ServiceStatus): boolean {
  return !['absent', 'created', 'done', 'failed', 'stopped', 'removed'].includes(state);
}

/** TCP ports that it listens on, the one that its kind is known by first. */
function portsOf({ resolved, kind }: Service, status: ServiceStatus): number[] {
  const seen = status.ports.filter(({ protocol }) => protocol === 'tcp').map(({ container }) => container);
  const named = status.swappedTo ? [] : ownPorts(resolved, kind, []);
  const all = [...new Set([...named, ...seen])];
  // What the image exposes says little once the Compose file names others.
  const main = KIND_PORTS[kind];
  return main !== undefined && (named.length > 0 ? named : all).includes(main) ? [main, ...all.filter((port) => port !== main)] : all;
}

function connectionOf(
  { service, port, isMain }: { readonly service: Service; readonly port: number; readonly isMain: boolean },
  own: Readonly<Record<string, string>>,
  reached: Reached | undefined,
): Connection {
  const text = (at: Reached) => (isMain ? connectionUrl(service.kind, inUrl(at), own) : undefined) ?? `${inUrl(at).host}:${at.port}`;
  return { service: service.name, port, inside: text({ host: service.name, port }), ...(reached && { host: text(reached) }) };
}

/** Where this machine reaches a port: where it is published, else at the container's own address. */
function reachedAt({ ports, addresses }: ServiceStatus, port: number, reachesContainers: boolean): Reached | undefined {
  const published = ports.find((mapping): mapping is PortMapping & { host: number } => mapping.host !== undefined && mapping.protocol === 'tcp' && mapping.container === port);
  if (published) return { host: isAny(published.address) ? '127.0.0.1' : (published.address ?? '127.0.0.1'), port: published.host };
  return reachesContainers && addresses.container !== undefined ? { host: addresses.container, port } : undefined;
}

function isAny(address: string | undefined): boolean {
  return address === undefined || address === '' || address === '0.0.0.0' || address === '::';
}

function inUrl({ host, port }: Reached): Reached {
  return { host: host.includes(':') ? `[${host}]` : host, port };
}
