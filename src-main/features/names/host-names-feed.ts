import { SWAP_ROLE } from '#features/stack/swaps.ts';
import { LABELS, type ContainerSummary } from '#ports/container-engine.ts';
import type { Installation, PublishedSet } from '#ports/host-resolver.ts';

export type FeedInput = {
  readonly sets: readonly PublishedSet[];
  readonly containers: readonly ContainerSummary[];
  /** Container addresses can be reached from this machine. */
  readonly reachesContainers: boolean;
  readonly projects: Installation['projects'];
};

/** Addresses with their names, the set that was brought up last first: where several have a name, that one answers. Pure. */
export function hostAddresses({ sets, containers, reachesContainers }: FeedInput): { readonly address: string; readonly name: string }[] {
  const taken = new Set<string>();
  return newestFirst(sets).flatMap((set) => {
    const own = containers.filter(({ state, labels }) => state === 'running' && labels[LABELS.directory] === set.directory && labels[LABELS.set] === set.set && answers(labels[LABELS.role]));
    const entries = Object.entries(set.names).flatMap(([name, services]) => {
      const owners = own.filter(({ labels }) => services.includes(labels[LABELS.service] ?? ''));
      const addresses = [...new Set(owners.flatMap((container) => addressOf(container, set, reachesContainers) ?? []))];
      return taken.has(name) ? [] : addresses.map((address) => ({ address, name }));
    });
    for (const { name } of entries) taken.add(name);
    return entries;
  });
}

/** The lines that the resolver is told: a hosts file, and what becomes of other names. `UPSTREAM` stands for the servers that this machine asks. Pure. */
export function resolverLines(input: FeedInput): string[] {
  const addresses = hostAddresses(input);
  const short = [...new Set(addresses.map(({ name }) => name))].filter((name) => !name.includes('.'));
  const domains = new Map<string, boolean>();
  for (const { suffixes, guard } of [...input.sets, ...input.projects]) {
    for (const suffix of suffixes) domains.set(suffix, domains.get(suffix) === true || guard === 'block');
  }
  const allowed = [...new Set([...input.sets, ...input.projects].flatMap(({ allow }) => allow))].filter((pattern) => /^(\*\.)?[\w.-]+$/.test(pattern));
  return [
    ...addresses.map(({ address, name }) => `${address} ${name}`),
    // So that other record types of them are empty, and not refused.
    ...short.map((name) => `server=/${name}/`),
    ...[...domains].map(([suffix, blocked]) => `server=/${suffix}/${blocked ? '' : 'UPSTREAM'}`),
    ...allowed.map((pattern) => `server=/${pattern}/UPSTREAM`),
  ];
}

/** The lines of the hosts file's block: names under these suffixes only. Pure. */
export function blockLines(input: FeedInput, suffixes: readonly string[]): string[] {
  return hostAddresses(input)
    .filter(({ name }) => suffixes.some((suffix) => name.endsWith(`.${suffix}`)))
    .map(({ address, name }) => `${address} ${name}`);
}

export function newestFirst(sets: readonly PublishedSet[]): PublishedSet[] {
  return [...sets].sort((one, other) => other.at.localeCompare(one.at));
}

/** A service's own container, or the one that has its place; helpers of the set have no names. */
function answers(role: string | undefined): boolean {
  return role === undefined || role === SWAP_ROLE.inSet;
}

/** Where a program on this machine reaches a container. */
function addressOf({ ports, networks }: ContainerSummary, { addresses }: PublishedSet, reachesContainers: boolean): string | undefined {
  const container = reachesContainers ? networks.find((network) => network.address !== '')?.address : undefined;
  const published = ports.find((port) => port.host !== undefined);
  const host = published && (!published.address || published.address === '0.0.0.0' || published.address === '::' ? '127.0.0.1' : published.address);
  return addresses === 'own' ? (container ?? host) : (host ?? container);
}
