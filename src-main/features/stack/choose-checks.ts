import type { ServiceKind } from '#contract/project.ts';
import { KIND_PORTS, ownPorts } from '#features/project/connections.ts';
import type { Service } from '#features/project/project.ts';
import type { ContainerDetails } from '#ports/container-engine.ts';
import { listeningKind } from './listening-kind.ts';

/** What has to hold for a container to count as ready. All of a container's checks must hold at once. */
export type Check =
  /** Its declared health check, run inside. */
  | { readonly kind: 'command'; readonly command: readonly string[]; readonly timeout: number }
  /** A server of its kind answers on the port. */
  | { readonly kind: 'server'; readonly server: ServiceKind; readonly port: number }
  /** It runs, and still does a moment after its start. */
  | { readonly kind: 'settled' }
  /** It has ended, with 0. */
  | { readonly kind: 'completed' };

/** Ports that debuggers listen on: never the sign that a program is ready. */
const DEBUG_PORTS: ReadonlySet<number> = new Set([5005, 5678, 9229, 40000]);

/**
 * Kinds whose images first start a private server to set the data up, which answers the health command but takes no connections.
 * For them the port is asked too, before the command.
 */
const STARTS_TWICE: ReadonlySet<ServiceKind> = new Set(['postgres', 'mysql', 'mariadb', 'mongodb']);

/** How long one run of a health command may take where nothing is said, as the engine has it. */
const DEFAULT_COMMAND_TIMEOUT = 30_000;

type Known = {
  /** Some service waits for this one to end. */
  readonly awaitedCompletion: boolean;
  /** Ports that the image says it listens on. */
  readonly exposed: readonly string[];
};

/** Decides when a container of a service counts as ready (see the architecture page, Own readiness). */
export function chooseChecks(service: Service, container: Pick<ContainerDetails, 'healthcheck'>, known: Known): Check[] {
  if (known.awaitedCompletion) return [{ kind: 'completed' }];
  const command = healthCommand(container.healthcheck);
  const port = mainPort(service, known.exposed);
  if (command) {
    const check: Check = { kind: 'command', command, timeout: parseDuration(service.resolved.healthcheck?.timeout) ?? DEFAULT_COMMAND_TIMEOUT };
    return port !== undefined && STARTS_TWICE.has(service.kind) && !hasOwnCommand(service) ? [{ kind: 'server', server: service.kind, port }, check] : [check];
  }
  if (port === undefined) return [{ kind: 'settled' }];
  return [{ kind: 'server', server: service.kind, port }];
}

/** The command of a health check as the engine declares it, or nothing where it is switched off. */
function healthCommand(test: readonly string[]): readonly string[] | undefined {
  const [form, ...rest] = test;
  if (form === 'CMD' && rest.length > 0) return rest;
  if (form === 'CMD-SHELL' && rest[0] !== undefined) return ['/bin/sh', '-c', rest[0]];
  return undefined;
}

/** Milliseconds of a Compose duration such as "1m30s" or "500ms". */
export function parseDuration(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const units: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1, us: 0.001, µs: 0.001, ns: 0.000_001 };
  let total = 0;
  let rest = text;
  while (rest !== '') {
    const match = /^(\d+(?:\.\d+)?)(d|h|ms|m|s|us|µs|ns)/.exec(rest);
    if (!match) return undefined;
    total += Number(match[1]) * (units[match[2] ?? ''] ?? 0);
    rest = rest.slice(match[0].length);
  }
  return total;
}

/** The port that tells most about a service: the first that Compose names and that is no debugger's, else its kind's, else the image's. */
function mainPort(service: Service, exposed: readonly string[]): number | undefined {
  const kindPort = KIND_PORTS[listeningKind(service, exposed)];
  const named = ownPorts(service.resolved, 'other', []).filter((port) => !DEBUG_PORTS.has(port));
  if (kindPort !== undefined && (named.length === 0 || named.includes(kindPort))) return hasOwnCommand(service) && named.length === 0 ? undefined : kindPort;
  if (named.length > 0) return named[0];
  // An image's own ports say nothing once Compose runs another program in it.
  return hasOwnCommand(service) ? undefined : ownPorts(service.resolved, 'other', exposed).find((port) => !DEBUG_PORTS.has(port));
}

/** Compose runs something else than what the image does by itself. Options for the image's own program do not count. */
function hasOwnCommand({ resolved }: Service): boolean {
  if (resolved['entrypoint'] !== undefined && resolved['entrypoint'] !== null) return true;
  const { command } = resolved;
  const first = Array.isArray(command) ? (command[0] as unknown) : command;
  return typeof first === 'string' && first !== '' && !first.startsWith('-') && !/(^|\/)(postgres|mysqld|mariadbd|redis-server|valkey-server|mongod|docker-entrypoint\.sh|rabbitmq-server|memcached|nginx)$/.test(first);
}
