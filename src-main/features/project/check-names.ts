import type { ResolvedService } from '#ports/compose.ts';
import type { Declarations, NamesOf } from './declared-names.ts';
import { assertName, findClashes, NameFault, type NameClaim } from './names.ts';
import type { Service } from './project.ts';
import type { Fault } from './schema-faults.ts';

type SetNames = {
  readonly set: string;
  readonly members: readonly string[];
  readonly standIns: NamesOf;
  readonly services: Readonly<Record<string, Service>>;
  readonly groups: NamesOf;
  readonly suffixes: readonly string[];
  readonly declarations: Declarations;
  readonly faults: Fault[];
};

/** Adds a fault for every name of a set, suffixes included, that two services have on one network, unless a group has it on purpose. */
export function checkNames(context: SetNames): void {
  const clashes = findClashes(context.members.flatMap((name) => claimsOf(name, context)));
  const names = new Set(clashes.map(({ name }) => name.toLowerCase()));
  const isRepeated = (name: string) => context.suffixes.some((suffix) => name.toLowerCase().endsWith(`.${suffix.toLowerCase()}`) && names.has(name.slice(0, -suffix.length - 1).toLowerCase()));
  for (const { name, services: owners } of clashes) {
    if (isRepeated(name)) continue;
    context.faults.push({
      message: `In the set ${context.set}, both ${owners[0]} and ${owners[1]} have the name ${name}: which of them answers would be left to chance`,
      where: whereClaimed(name, owners, context),
      fix: 'Give the name to one of them (names.aliases, standIns, or the aliases of the Compose file), or to both on purpose (names.groups).',
    });
  }
}

function claimsOf(name: string, { services, standIns, groups, suffixes }: SetNames): NameClaim[] {
  const service = services[name];
  if (!service) return [];
  const networks = Object.keys(service.resolved.networks ?? {});
  const own = [...new Set([...service.names, ...service.groups, ...(standIns[name] ?? [])])].flatMap((claimed) => {
    const group = service.groups.includes(claimed) && groups[claimed]?.includes(name) ? { group: claimed } : {};
    return [claimed, ...suffixes.map((suffix) => `${claimed}.${suffix}`)].map((full): NameClaim => ({ name: full, service: name, networks, ...group }));
  });
  return [...own, ...aliasClaims(name, service.resolved)];
}

/** Aliases of the Compose file count on their own network only. */
function aliasClaims(service: string, { networks }: ResolvedService): NameClaim[] {
  return Object.entries(networks ?? {}).flatMap(([network, settings]) => (settings?.aliases ?? []).map((name) => ({ name, service, networks: [network] })));
}

function whereClaimed(name: string, owners: readonly string[], { set, declarations, suffixes }: SetNames): Fault['where'] {
  const [root] = declarations;
  const suffix = suffixes.find((candidate) => name.endsWith(`.${candidate}`));
  const short = suffix === undefined ? name : name.slice(0, -suffix.length - 1);
  for (const owner of [...owners].reverse()) {
    const stood = root.file.sets?.[set]?.standIns?.[owner];
    if (stood?.includes(short)) return root.yaml.whereIs(['sets', set, 'standIns', owner, stood.indexOf(short)]);
    const declared = declarations.find(({ file }) => Object.hasOwn(file.names?.aliases ?? {}, owner));
    if (declared) return declared.yaml.whereIsKey(['names', 'aliases', owner]);
  }
  const grouped = declarations.find(({ file }) => Object.hasOwn(file.names?.groups ?? {}, short));
  return grouped ? grouped.yaml.whereIsKey(['names', 'groups', short]) : root.yaml.whereIsKey(['sets', set]);
}

/** What of the services' own names no name server could answer for; names of `backlot.yaml` are refused where they are read. */
export function unaskableNames(services: Readonly<Record<string, Service>>): string[] {
  return Object.values(services).flatMap(({ name, names, resolved }) => {
    const aliases = Object.values(resolved.networks ?? {}).flatMap((network) => network?.aliases ?? []);
    return [...new Set([...names, ...aliases])].flatMap((candidate) => {
      const fault = faultOf(candidate);
      return fault === undefined ? [] : [`${candidate === name ? '' : `${name}: `}${fault}, so nobody can ask for it`];
    });
  });
}

/** Adds a fault for every suffix with which a name would be longer than names can be. */
export function checkLengths(services: Readonly<Record<string, Service>>, { declarations, suffixes, faults }: Pick<SetNames, 'declarations' | 'suffixes' | 'faults'>): void {
  const names = Object.values(services).flatMap((service) => [...service.names, ...service.groups]);
  const longest = names.reduce((long, name) => (name.length > long.length ? name : long), '');
  for (const suffix of suffixes) {
    if (longest.length + 1 + suffix.length <= 253) continue;
    const declared = declarations.find(({ file }) => file.names?.suffixes?.includes(suffix));
    if (!declared) continue;
    const where = declared.yaml.whereIs(['names', 'suffixes', declared.file.names?.suffixes?.indexOf(suffix) ?? 0]);
    faults.push({ message: `${longest.slice(0, 40)}… with the suffix ${suffix.slice(0, 40)}… is longer than 253 characters`, where, fix: 'Shorten one of them.' });
  }
}

function faultOf(name: string): string | undefined {
  try {
    assertName(name);
    return undefined;
  } catch (error) {
    if (error instanceof NameFault) return error.message;
    throw error;
  }
}
