import type { EngineState } from '#contract/engine.ts';
import { BacklotError } from '#contract/errors.ts';
import type { Endpoint } from './endpoint.ts';

const OLDEST_API = '1.41';
/** The newest version whose replies this adapter was written for. */
const NEWEST_API = '1.52';

export type EngineFacts = NonNullable<EngineState['engine']> & { readonly rootless: boolean; readonly desktop: boolean };

/** The version to speak with an engine that says it speaks `offered`. */
export function negotiateVersion(offered: string, endpoint: Endpoint): string {
  if (!/^\d+\.\d+$/.test(offered)) {
    throw new BacklotError('engine-failed', `What answers at ${endpoint.url} is not a Docker engine`, { fix: 'Choose an engine with --context or --host.' });
  }
  if (isOlder(offered, OLDEST_API)) {
    throw new BacklotError('engine-too-old', `The engine at ${endpoint.url} speaks Docker API ${offered}; Backlot needs ${OLDEST_API}`, {
      fix: 'Update it to Docker 20.10 or newer, or choose another engine with --context or --host.',
    });
  }
  return isOlder(offered, NEWEST_API) ? offered : NEWEST_API;
}

function isOlder(left: string, right: string): boolean {
  const [leftMajor = 0, leftMinor = 0] = left.split('.').map(Number);
  const [rightMajor = 0, rightMinor = 0] = right.split('.').map(Number);
  return leftMajor === rightMajor ? leftMinor < rightMinor : leftMajor < rightMajor;
}

type ApiInfo = {
  readonly ServerVersion?: string;
  readonly OSType?: string;
  readonly OperatingSystem?: string;
  readonly Architecture?: string;
  readonly NCPU?: number;
  readonly MemTotal?: number;
  readonly Name?: string;
  readonly DriverStatus?: readonly (readonly string[])[] | null;
  readonly SecurityOptions?: readonly string[] | null;
};

/** What the engine tells of itself. */
export function describeEngine(reply: unknown, apiVersion: string): EngineFacts {
  const info = (reply ?? {}) as ApiInfo;
  const [, fileSystem] = (info.DriverStatus ?? []).find(([name]) => name === 'Backing Filesystem') ?? [];
  return {
    version: info.ServerVersion ?? '',
    apiVersion,
    os: info.OSType ?? '',
    architecture: info.Architecture ?? '',
    cpus: info.NCPU ?? 0,
    memory: info.MemTotal ?? 0,
    name: info.Name ?? '',
    ...(fileSystem !== undefined && { fileSystem }),
    rootless: (info.SecurityOptions ?? []).some((option) => option.includes('name=rootless')),
    desktop: /docker desktop/i.test(info.OperatingSystem ?? ''),
  };
}

/** Where this program runs: within a container, that has a name of its own unless it is on its machine's own network. */
export type Here = { readonly platform: NodeJS.Platform; readonly isContainer: boolean; readonly name: string };

/** Whether a container's own address can be reached from here: only a Linux engine on this machine, outside a virtual machine and seen from outside of other containers, shares our routes. */
export function reachesContainers(endpoint: Endpoint, facts: EngineFacts | undefined, here: Here): boolean {
  if (here.platform !== 'linux' || endpoint.address.kind !== 'unix') return false;
  if (facts) return !facts.rootless && !facts.desktop && !(here.isContainer && facts.name !== here.name);
  return !/\/\.docker\/|\/run\/user\/|\/podman\/|\/\.(colima|rd|lima|orbstack)\//.test(endpoint.address.path);
}
