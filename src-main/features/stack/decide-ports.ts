import type { PortMapping } from '#contract/project.ts';
import { ownPorts } from '#features/project/connections.ts';
import type { ResolvedService } from '#ports/compose.ts';
import type { Remembered } from '#ports/state-store.ts';
import type { Environment } from './environment.ts';
import { listeningKind } from './listening-kind.ts';
import { replicasOf } from './relations.ts';

/** A range as the engine understands it: whichever is free. */
const ANY_PORT = '0';

export type PublishedPort = PortMapping & {
  readonly service: string;
  /** Asked for by the Compose file or the set; others are published because a developer's tools expect them. */
  readonly declared: boolean;
  /** The port that was asked for, where another stands in for it. */
  readonly asked?: number;
  /** A range of host ports, such as "8000-8010", from which the engine picks. */
  readonly range?: string;
};

export type PortDecision = {
  readonly ports: readonly PublishedPort[];
  /** Ports that nobody asked for and that somebody else has on this machine. */
  readonly left: readonly PublishedPort[];
  readonly warnings: readonly string[];
};

type Known = {
  /** Ports of services that stay as they are, by service. */
  readonly kept: Readonly<Record<string, readonly PublishedPort[]>>;
  /** Ports that each image says it listens on, by service, such as "5432/tcp". */
  readonly exposed: Readonly<Record<string, readonly string[]>>;
  /** Who else holds a host port on loopback. */
  readonly holderOf: (port: number) => string | undefined;
  /** Ports that stand in for others. */
  readonly remapped?: Remembered['remapped'];
  /** Where containers have no addresses that this machine reaches: the loopback address that a service has instead, or `any-port` where all share one. */
  readonly loopback?: ((service: string) => string) | 'any-port' | undefined;
};

/**
 * Which host ports the services of a set get.
 * `localhost`: declared ports as declared but on loopback, then each service's own port at the same number where it is free.
 * `own`: only what the set asks for; where this machine does not reach containers, each service's own ports on a loopback address of its own.
 */
export function decidePorts(environment: Environment, known: Known): PortDecision {
  const { project, set } = environment;
  const asked = set.services.flatMap((name) => known.kept[name] ?? declaredPortsOf(environment, name).map((port) => standingIn(port, known.remapped)));
  const ports = asked.map((port, index) => orAnyPort(port, { others: [...asked.filter((other) => other.declared), ...asked.slice(0, index)], replicas: replicasOf(environment, port.service) }, known));
  const warnings: string[] = [];
  const left: PublishedPort[] = [];
  if (set.addresses !== 'localhost') return { ports: [...ports, ...onLoopbacks(environment, known, ports)], left, warnings };
  for (const name of set.services) {
    const service = project.services[name];
    if (!service || !publishes(service.resolved) || known.kept[name]) continue;
    for (const container of ownPorts(service.resolved, listeningKind(service, known.exposed[name] ?? []), known.exposed[name] ?? [])) {
      if (ports.some((port) => port.service === name && port.container === container)) continue;
      const own = standingIn({ service: name, container, host: container, address: '127.0.0.1', protocol: 'tcp', declared: false }, known.remapped);
      const holder = ports.find((port) => port.host === own.host)?.service ?? known.holderOf(own.host ?? container);
      if (replicasOf(environment, name) > 1) ports.push({ service: name, container, range: ANY_PORT, address: '127.0.0.1', protocol: 'tcp', declared: false });
      else if (holder === undefined) ports.push(own);
      else {
        left.push(own);
        warnings.push(`${name}: port ${own.host} is not published on this machine, because ${holder} has it; choose another with sets.${set.name}.ports.${name}.${container}`);
      }
    }
  }
  return { ports, left, warnings };
}

/** A port that was taken when it was first asked for has another for as long as the same one is asked for. */
function standingIn(port: PublishedPort, remapped: Known['remapped'] = {}): PublishedPort {
  const stand = remapped[port.service]?.[port.container];
  return stand === undefined || port.protocol !== 'tcp' || stand.asked !== port.host ? port : { ...port, host: stand.given, asked: stand.asked };
}

/** Every service at its own ports, as if this machine reached its container. */
function onLoopbacks(environment: Environment, { loopback, kept, exposed }: Known, asked: readonly PublishedPort[]): PublishedPort[] {
  if (loopback === undefined) return [];
  const { project, set } = environment;
  return set.services.flatMap((name) => {
    const service = project.services[name];
    if (!service || !publishes(service.resolved) || kept[name]) return [];
    const free = ownPorts(service.resolved, listeningKind(service, exposed[name] ?? []), exposed[name] ?? []).filter((container) => !asked.some((port) => port.service === name && port.container === container));
    return free.map((container): PublishedPort => {
      const own = { service: name, container, protocol: 'tcp' as const, declared: false };
      return loopback === 'any-port' || replicasOf(environment, name) > 1 ? { ...own, address: '127.0.0.1', range: ANY_PORT } : { ...own, address: loopback(name), host: container };
    });
  });
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
