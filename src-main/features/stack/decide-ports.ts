import type { PortMapping } from '#contract/project.ts';
import { KIND_PORTS, ownPorts } from '#features/project/connections.ts';
import type { ResolvedService } from '#ports/compose.ts';
import type { Environment } from './environment.ts';
import { replicasOf } from './relations.ts';

export { KIND_PORTS, ownPorts };

/** A range as the engine understands it: whichever is free. */
const ANY_PORT = '0';

export type PublishedPort = PortMapping & {
  readonly service: string;
  /** Asked for by the Compose file or the set; others are published because a developer's tools expect them. */
  readonly declared: boolean;
  /** A range of host ports, such as "8000-8010", from which the engine picks. */
  readonly range?: string;
};

export type PortDecision = { readonly ports: readonly PublishedPort[]; readonly warnings: readonly string[] };

type Known = {
  /** Ports of services that stay as they are, by service. */
  readonly kept: Readonly<Record<string, readonly PublishedPort[]>>;
  /** Ports that each image says it listens on, by service, such as "5432/tcp". */
  readonly exposed: Readonly<Record<string, readonly string[]>>;
  /** Who else holds a host port on loopback. */
  readonly holderOf: (port: number) => string | undefined;
};

/**
 * Which host ports the services of a set get.
 * `localhost`: declared ports as declared but on loopback, then each service's own port at the same number where it is free.
 * `own`: only what the set asks for.
 */
export function decidePorts(environment: Environment, known: Known): PortDecision {
  const { project, set } = environment;
  const asked = set.services.flatMap((name) => known.kept[name] ?? declaredPortsOf(environment, name));
  const ports = asked.map((port, index) => orAnyPort(port, { others: [...asked.filter((other) => other.declared), ...asked.slice(0, index)], replicas: replicasOf(environment, port.service) }, known));
  const warnings: string[] = [];
  if (set.addresses !== 'localhost') return { ports, warnings };
  for (const name of set.services) {
    const service = project.services[name];
    if (!service || !publishes(service.resolved) || known.kept[name]) continue;
    for (const container of ownPorts(service.resolved, service.kind, known.exposed[name] ?? [])) {
      if (ports.some((port) => port.service === name && port.container === container)) continue;
      const holder = ports.find((port) => port.host === container)?.service ?? known.holderOf(container);
      if (replicasOf(environment, name) > 1) ports.push({ service: name, container, range: ANY_PORT, address: '127.0.0.1', protocol: 'tcp', declared: false });
      else if (holder !== undefined) warnings.push(`${name}: port ${container} is not published on this machine, because ${holder} has it; choose another with sets.${set.name}.ports.${name}.${container}`);
      else ports.push({ service: name, container, host: container, address: '127.0.0.1', protocol: 'tcp', declared: false });
    }
  }
  return { ports, warnings };
}

/** A port that Compose files leave to the engine is the service's own where that is free, and else any. */
function orAnyPort(port: PublishedPort, { others, replicas }: { readonly others: readonly PublishedPort[]; readonly replicas: number }, known: Known): PublishedPort {
  const { host, ...rest } = port;
  const taken = !port.declared && host !== undefined && (others.some((other) => other.host === host && other.protocol === port.protocol) || known.holderOf(host) !== undefined || replicas > 1);
  return taken ? { ...rest, range: ANY_PORT } : port;
}

/** The ports that the Compose file and the set ask for. */
export function declaredPortsOf({ project, set }: Environment, name: string): PublishedPort[] {
  const resolved = project.services[name]?.resolved;
  return resolved && publishes(resolved) ? declaredPorts(name, resolved, set.addresses, set.ports[name] ?? {}) : [];
}

function declaredPorts(
  service: string,
  resolved: ResolvedService,
  addresses: 'localhost' | 'own',
  chosen: Readonly<Record<number, number>>,
): PublishedPort[] {
  const declared = addresses === 'own' ? [] : (resolved.ports ?? []);
  const fromCompose = declared.map((port): PublishedPort => {
    const host = chosen[port.target] ?? (port.published ? Number(port.published) : port.target);
    const range = Number.isInteger(host) ? undefined : port.published;
    return {
      service,
      container: port.target,
      ...(range === undefined ? { host } : { range }),
      address: port.host_ip && port.host_ip !== '0.0.0.0' && port.host_ip !== '::' ? port.host_ip : '127.0.0.1',
      protocol: port.protocol === 'udp' ? 'udp' : 'tcp',
      declared: port.published !== undefined || chosen[port.target] !== undefined,
    };
  });
  const fromSet = Object.entries(chosen)
    .filter(([container]) => !declared.some((port) => port.target === Number(container)))
    .map(([container, host]): PublishedPort => ({ service, container: Number(container), host, address: '127.0.0.1', protocol: 'tcp', declared: true }));
  return [...fromCompose, ...fromSet];
}

function publishes(resolved: ResolvedService): boolean {
  return resolved.network_mode === undefined || resolved.network_mode === 'bridge' || resolved.network_mode === 'default';
}
