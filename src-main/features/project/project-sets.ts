import { nearest } from '#core/nearest.ts';
import type { YamlPath, YamlSource } from '#core/yaml/read-yaml.ts';
import type { ResolvedModel } from '#ports/compose.ts';
import { closeSet, type SetRequest } from './close-set.ts';
import { findClashes, type NameClaim } from './names.ts';
import type { ProjectSet, Service } from './project.ts';
import type { ProjectFile, SetFile } from './project-schema.ts';
import { nameOf, type Fault } from './schema-faults.ts';
import { setNamesOf } from './set-names.ts';

export type Context = {
  readonly model: ResolvedModel;
  readonly services: Readonly<Record<string, Service>>;
  readonly yaml: YamlSource;
  readonly faults: Fault[];
};

/** The sets of a project file, closed over what their services need. Faults are added to the context's. */
export function setsOf(file: ProjectFile, context: Context): { readonly sets: Record<string, ProjectSet>; readonly defaultSet: string } {
  const { names, defaultSet } = setNamesOf(file);
  const sets = Object.fromEntries(names.map((name) => [name, buildSet(name, file.sets?.[name] ?? {}, name === defaultSet, context)]));
  return { sets, defaultSet };
}

function buildSet(name: string, given: SetFile, isDefault: boolean, context: Context): ProjectSet {
  const { model, services } = context;
  checkMembers(name, given, context);
  const faultsBefore = context.faults.length;
  const standInFor = standInsOf(name, given, context);
  const standInsAreRight = context.faults.length === faultsBefore;
  const needs: SetRequest['needs'] = Object.fromEntries(Object.values(services).map((service) => [service.name, service.dependsOn]));
  const closed = closeSet({ chosen: chosenBy(given, services), needs, standInFor });
  const standIns = Object.fromEntries(Object.entries(given.standIns ?? {}).filter(([owner]) => closed.services.includes(owner)));
  if (standInsAreRight) checkNames(name, closed.services, standIns, context);
  return {
    name,
    ...closed,
    addresses: given.addresses ?? 'localhost',
    composeProject: isDefault ? model.name : `${model.name}-${name}`,
    environment: given.environment ?? {},
    replicas: given.replicas ?? {},
    ports: Object.fromEntries(Object.entries(given.ports ?? {}).map(([service, ports]) => [service, ports as Readonly<Record<number, number>>])),
    standIns,
  };
}

/** Without a list, and with "all", every service that Compose itself would start: those without a profile, and those of the set's profiles. */
function chosenBy(given: SetFile, services: Context['services']): string[] {
  const wanted = new Set(given.profiles ?? []);
  const listed = new Set(Array.isArray(given.services) ? given.services : []);
  const all = given.services === undefined || given.services === 'all';
  return Object.values(services)
    .filter(({ name, resolved }) => {
      const profiles = resolved.profiles ?? [];
      return listed.has(name) || (all && profiles.length === 0) || (profiles.length > 0 && (wanted.has('*') || profiles.some((profile) => wanted.has(profile))));
    })
    .map(({ name }) => name);
}

function checkMembers(set: string, given: SetFile, context: Context): void {
  const known = Object.keys(context.services);
  const listed = Array.isArray(given.services) ? given.services : [];
  listed.forEach((name, index) => expectKnown({ kind: 'service', name, path: ['sets', set, 'services', index] }, known, context));
  for (const key of ['ports', 'replicas', 'standIns'] as const) {
    for (const name of Object.keys(given[key] ?? {})) expectKnown({ kind: 'service', name, path: ['sets', set, key, name], isKey: true }, known, context);
  }
  const profiles = [...new Set(Object.values(context.services).flatMap(({ resolved }) => resolved.profiles ?? []))];
  (given.profiles ?? []).forEach((name, index) => {
    if (name !== '*') expectKnown({ kind: 'profile', name, path: ['sets', set, 'profiles', index] }, profiles, context);
  });
}

function standInsOf(set: string, given: SetFile, { yaml, faults }: Context): Record<string, string> {
  const listed = new Set(Array.isArray(given.services) ? given.services : []);
  const result: Record<string, string> = {};
  for (const [owner, names] of Object.entries(given.standIns ?? {})) {
    names.forEach((name, index) => {
      const where = yaml.whereIs(['sets', set, 'standIns', owner, index]);
      const other = Object.hasOwn(result, name) ? result[name] : undefined;
      if (name === owner) faults.push({ message: `${owner} cannot stand in for itself`, where, fix: 'Take it out of the list.' });
      else if (other !== undefined && other !== owner) faults.push({ message: `Both ${other} and ${owner} stand in for ${name}`, where, fix: 'Keep one of them.' });
      else if (listed.has(name)) faults.push({ message: `The set ${set} has ${name} itself, and ${owner} stands in for it`, where, fix: `Take ${name} out of the set's services or out of standIns.` });
      else if (given.standIns && Object.hasOwn(given.standIns, name)) faults.push({ message: `${name} is itself a stand-in of this set`, where, fix: 'A stand-in must be in the set.' });
      else result[name] = owner;
    });
  }
  return result;
}

function checkNames(set: string, members: readonly string[], standIns: Readonly<Record<string, readonly string[]>>, { services, yaml, faults }: Context): void {
  const claims = members.flatMap((name): NameClaim[] => {
    const service = services[name];
    if (!service) return [];
    const networks = Object.keys(service.resolved.networks ?? {});
    const own = [...service.names, ...(standIns[name] ?? [])].map((claimed) => ({ name: claimed, service: name, networks }));
    const aliases = networks.flatMap((network) => (service.resolved.networks?.[network]?.aliases ?? []).map((alias) => ({ name: alias, service: name, networks: [network] })));
    return [...own, ...aliases];
  });
  for (const { name, services: owners } of findClashes(claims)) {
    faults.push({
      message: `In the set ${set}, both ${owners[0]} and ${owners[1]} have the name ${name}: which of them answers would be left to chance`,
      where: whereClaimed(name, owners, yaml, set),
      fix: 'Give the name to one of them (names.aliases, standIns, or the aliases of the Compose file).',
    });
  }
}

function whereClaimed(name: string, owners: readonly string[], yaml: YamlSource, set: string): Fault['where'] {
  const value = yaml.value as { names?: { aliases?: Record<string, unknown> }; sets?: Record<string, { standIns?: Record<string, unknown> }> };
  for (const owner of [...owners].reverse()) {
    const stood = value.sets?.[set]?.standIns?.[owner];
    if (Array.isArray(stood) && stood.includes(name)) return yaml.whereIs(['sets', set, 'standIns', owner, stood.indexOf(name)]);
    if (value.names?.aliases && Object.hasOwn(value.names.aliases, owner)) return yaml.whereIsKey(['names', 'aliases', owner]);
  }
  return yaml.whereIsKey(['sets', set]);
}

export type Mention = {
  readonly kind: 'service' | 'profile' | 'stage' | 'fixture' | 'target';
  readonly name: string;
  readonly path: YamlPath;
  /** The name stands there as a key, not as a value. */
  readonly isKey?: boolean;
};

/** Adds a fault, with the nearest known name, where a name is not known. */
export function expectKnown({ kind, name, path, isKey }: Mention, known: readonly string[], { yaml, faults }: Pick<Context, 'yaml' | 'faults'>): void {
  if (known.includes(name)) return;
  const suggestion = nearest(name, known);
  const list = known.length === 0 ? `There are no ${kind}s.` : `The ${kind}s are: ${known.join(', ')}.`;
  faults.push({
    message: `${nameOf(path.slice(0, 3))}: there is no ${kind} ${JSON.stringify(name)}`,
    where: isKey ? yaml.whereIsKey(path) : yaml.whereIs(path),
    fix: suggestion ? `Did you mean ${suggestion}? ${list}` : list,
  });
}
