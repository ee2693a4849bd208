import type { PortMapping } from '#contract/project.ts';

/** One port of a service, and where its traffic shall go. */
export type SwapTarget = { readonly container: number; readonly to: string; /** The files do not name this port: a person did. */ readonly added?: boolean };

/** A first answer for every TCP port of the service: the same port on this machine. */
export function firstTargets(ports: readonly PortMapping[], swappedTo: readonly string[] = []): readonly SwapTarget[] {
  const containers = [...new Set(ports.flatMap(({ container, protocol }) => (protocol === 'tcp' ? [container] : [])))];
  return containers.map((container, index) => ({ container, to: swappedTo[index]?.replace(/^\d+=/, '') ?? `localhost:${container}` }));
}

/** What is wrong with a `host:port`; undefined where nothing is. */
export function faultOf(to: string): string | undefined {
  const [, host = '', port = ''] = /^(\[[^\]]+\]|[^:\s]*):(\S*)$/.exec(to.trim()) ?? [];
  if (to.trim() === '') return 'Say where its traffic shall go, such as localhost:8080';
  if (port === '') return 'Write it as host:port';
  if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65_535) return `${port} is not a port: 1 to 65535`;
  if (host === '') return 'Name the host, such as localhost';
  return /^(\[[\da-f:.]+\]|[a-z\d]([a-z\d.-]*[a-z\d])?)$/i.test(host) ? undefined : `${host} is not a host`;
}

/** The targets as the core takes them: with the service's port, unless it has only that one. */
export function asTargets(targets: readonly SwapTarget[]): readonly string[] {
  return targets.map(({ container, to, added }) => (added || targets.length > 1 ? `${container}=${to.trim()}` : to.trim()));
}
