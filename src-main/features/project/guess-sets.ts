import type { Service } from './project.ts';
import { isBackend } from './service-kind.ts';

/** What the smallest useful set of a project is, as far as its Compose files tell. */
export type Guess = {
  /** In the order of the Compose file. */
  readonly minimal: readonly string[];
  /** Nodes of one cluster that one node answers for. */
  readonly standIns: Readonly<Record<string, readonly string[]>>;
  /** Built from source here: what a developer runs in the IDE. */
  readonly leftOut: readonly string[];
  readonly reason: 'backends' | 'everything';
  /** Every service has a Compose profile, so that a set without profiles has none of them. */
  readonly profilesOnly: boolean;
};

/**
 * Databases, caches and brokers, one node of each cluster; what prepares them; and what the applications need beside them. The applications
 * themselves are what a developer works on. Where there is none of those, everything.
 */
export function guessSets(services: Readonly<Record<string, Service>>): Guess {
  const withoutProfile = Object.values(services).filter(({ resolved }) => (resolved.profiles ?? []).length === 0);
  const profilesOnly = withoutProfile.length === 0;
  const usual = !profilesOnly ? withoutProfile : Object.values(services);
  const standIns = clusters(usual.filter(isBackend));
  const stoodFor = new Set(Object.values(standIns).flat());
  const backends = new Set(usual.filter((service) => isBackend(service) && !stoodFor.has(service.name)).map(({ name }) => name));
  const needed = neededImages(usual);
  const chosen = usual.filter((service) => backends.has(service.name) || (needed.has(service.name) && !stoodFor.has(service.name)) || prepares(service, usual, services));
  if (backends.size === 0 || chosen.length === 0) {
    return { minimal: usual.map(({ name }) => name), standIns: {}, leftOut: [], reason: 'everything', profilesOnly };
  }
  const minimal = chosen.map(({ name }) => name);
  const leftOut = usual.map(({ name }) => name).filter((name) => !minimal.includes(name) && !stoodFor.has(name));
  return { minimal, standIns, leftOut, reason: 'backends', profilesOnly };
}

/** `node-1`, `node-2`, `node-3` of one image: the first stands in for the others. */
function clusters(backends: readonly Service[]): Record<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { name, image } of backends) {
    const stem = /^(.*\D)\d+$/.exec(name)?.[1];
    if (stem === undefined) continue;
    const key = `${stem}\n${image}`;
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return Object.fromEntries([...groups.values()].filter((names) => names.length > 1).map(([first = '', ...others]) => [first, others]));
}

/** Ready-made images that services built here need: mail catchers, object stores, identity providers. */
function neededImages(services: readonly Service[]): Set<string> {
  const built = new Set(services.filter(({ build }) => build).map(({ name }) => name));
  const needs = services.filter(({ name }) => built.has(name)).flatMap(({ dependsOn }) => dependsOn.map(({ service }) => service));
  return new Set(needs.filter((name) => !built.has(name) && services.some((service) => service.name === name)));
}

/** A one-shot that others wait to end, such as a migration, and that needs nothing but backends: without it they are empty. */
function prepares({ name, dependsOn }: Service, usual: readonly Service[], services: Readonly<Record<string, Service>>): boolean {
  const awaited = usual.some((other) => other.dependsOn.some(({ service, condition }) => service === name && condition === 'completed'));
  return awaited && dependsOn.every(({ service }) => isBackend(services[service] ?? { kind: 'other', image: '' }));
}
