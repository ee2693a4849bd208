import type { ResolvedModel, ResolvedService } from '#ports/compose.ts';
import type { Environment } from './environment.ts';

/** How many containers of a service a set has. */
export function replicasOf({ project, set }: Environment, service: string): number {
  const resolved = project.services[service]?.resolved;
  return set.replicas[service] ?? resolved?.scale ?? resolved?.deploy?.replicas ?? 1;
}

/** The services whose network, processes, memory or mounts a service shares: with a new container of theirs it needs a new one of its own. */
export function sharesWith(resolved: ResolvedService): string[] {
  const modes = [resolved.network_mode, resolved['pid'], resolved['ipc']];
  const mounts = Array.isArray(resolved['volumes_from']) ? (resolved['volumes_from'] as unknown[]) : [];
  const namespaces = modes.flatMap((mode) => (typeof mode === 'string' && mode.startsWith('service:') ? [mode.slice('service:'.length)] : []));
  const volumes = mounts.flatMap((mount) => (typeof mount === 'string' && !mount.startsWith('container:') ? [mount.split(':')[0] ?? ''] : []));
  return [...new Set([...namespaces, ...volumes])];
}

/** The services with which a service is to be started again: `depends_on` with `restart: true`, and those whose network it has. */
export function restartsWith(resolved: ResolvedService): string[] {
  const asked = Object.entries(resolved.depends_on ?? {}).flatMap(([name, { restart }]) => (restart ? [name] : []));
  const network = resolved.network_mode?.startsWith('service:') ? [resolved.network_mode.slice('service:'.length)] : [];
  return [...new Set([...asked, ...network])];
}

/** Whether files without a place on disk, of a variable or of a text, are put into a service's containers: older Compose does that once it has made one, newer Compose before it starts one. */
export function getsWrittenFiles(resolved: ResolvedService, model: ResolvedModel): boolean {
  return (['configs', 'secrets'] as const).some((kind) => {
    const definitions = (model[kind] ?? {}) as Readonly<Record<string, { readonly environment?: string; readonly content?: string } | null>>;
    const handed = (resolved[kind] ?? []) as readonly { readonly source?: string }[];
    return handed.some(({ source = '' }) => definitions[source]?.environment !== undefined || definitions[source]?.content !== undefined);
  });
}
