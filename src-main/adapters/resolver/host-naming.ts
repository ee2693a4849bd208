import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Paths } from '#adapters/state/paths.ts';
import type { ContainerEngine } from '#ports/container-engine.ts';
import type { HostNameRecords, HostResolver, SystemResolving } from '#ports/host-resolver.ts';
import type { Machine } from '#ports/machine.ts';
import type { ProcessRunner } from '#ports/process-runner.ts';
import { createHostNameRecords } from './host-name-records.ts';
import { createHostResolver } from './host-resolver.ts';
import { createSystemResolving } from './system-resolving.ts';

export type HostNamingOptions = {
  readonly engine: ContainerEngine;
  readonly processes: ProcessRunner;
  readonly machine: Machine;
  readonly paths: Paths;
  /** `BACKLOT_DNS_PORT` chooses the resolver's port; `BACKLOT_SYSTEM_ROOT` a folder to write to instead of the system, to see what would be written. */
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** Names on this machine: its resolver, its settings, and what is remembered of both. */
export function createHostNaming({ engine, processes, machine, paths, environment }: HostNamingOptions): { resolver: HostResolver; system: SystemResolving; records: HostNameRecords } {
  const folder = path.join(paths.state, 'names');
  const root = environment['BACKLOT_SYSTEM_ROOT'];
  const key = createHash('sha256').update(paths.state).digest('hex').slice(0, 16);
  return {
    resolver: createHostResolver({ engine, machine, key, port: environment['BACKLOT_DNS_PORT'] }),
    system: createSystemResolving({ runner: processes, folder, ...(root && { root }) }),
    records: createHostNameRecords(folder),
  };
}
