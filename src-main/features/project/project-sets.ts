import type { ServiceKind } from '#contract/project.ts';
import type { YamlSource } from '#core/yaml/read-yaml.ts';
import type { ResolvedModel } from '#ports/compose.ts';
import { checkNames } from './check-names.ts';
import { closeSet, type SetRequest } from './close-set.ts';
import { expandAt, type Declarations, type NamesOf } from './declared-names.ts';
import { expectKnown } from './expect-known.ts';
import type { ProjectSet, Service } from './project.ts';
import type { SetFile } from './project-schema.ts';
import type { Fault } from './schema-faults.ts';
import { fillEnvironment } from './set-environment.ts';

/** The services of a project as one set's variables make them. */
export type SetReading = { readonly model: ResolvedModel; readonly services: Readonly<Record<string, Service>> };

export type SetContext = {
  readonly yaml: YamlSource;
  readonly declarations: Declarations;
  readonly groups: NamesOf;
  readonly suffixes: readonly string[];
  readonly defaultSet: string;
  /** Compose's name of the default set's project. */
  readonly composeProject: string;
  /** Compose's own choice (`COMPOSE_PROFILES`), for sets that say nothing. */
  readonly profiles: readonly string[];
  readonly faults: Fault[];
  readonly warnings: string[];
};

/** One set of a project file, closed over what its services need. Faults and warnings are added to the context's. */
export function buildSet(name: string, given: SetFile, { services }: SetReading, context: SetContext): ProjectSet {
  const within = { ...context, set: name, services };
  const faultsBefore = context.faults.length;
  checkMembers(given, within);
  const expanded = expandStandIns(given, within);
  const standInFor = standInsOf(given, expanded, within);
  const isRight = context.faults.length === faultsBefore;
  const needs: SetRequest['needs'] = Object.fromEntries(Object.values(services).map((service) => [service.name, service.dependsOn]));
  const closed = closeSet({ chosen: chosenBy(given, services, context.profiles), needs, standInFor });
  const standIns = Object.fromEntries(Object.entries(expanded).filter(([owner]) => closed.services.includes(owner)));
  const members = closed.services;
  if (isRight && members.length === 0) context.faults.push(emptySet(name, given, context.yaml));
  if (isRight) checkNames({ ...within, members, standIns });
  if (isRight) warnOfKinds(standIns, within);
  checkReplicas(given, within);
  if (name === context.defaultSet) checkContainerNames(members, within);
  return {
    name,
    ...closed,
    addresses: given.addresses ?? 'localhost',
    composeProject: name === context.defaultSet ? context.composeProject : `${context.composeProject}-${name}`,
    environment: fillEnvironment(given.environment ?? {}, { ...within, members, standIns }),
    replicas: given.replicas ?? {},
    ...(given.fixture !== undefined && { fixture: given.fixture }),
    ports: Object.fromEntries(Object.entries(given.ports ?? {}).map(([service, ports]) => [service, ports as Readonly<Record<number, number>>])),
    standIns,
  };
}

type Within = SetContext & { readonly set: string; readonly services: Readonly<Record<string, Service>> };

/**
 * Without a list, and with "all", every service that Compose itself would start: those without a profile, and those of the set's profiles, or of
 * Compose's own choice where the set has none.
 */
function chosenBy(given: SetFile, services: Within['services'], usual: readonly string[]): string[] {
  const all = given.services === undefined || given.services === 'all';
  const wanted = new Set(given.profiles ?? (all ? usual : []));
  const listed = new Set(Array.isArray(given.services) ? given.services : []);
  return Object.values(services)
    .filter(({ name, resolved }) => {
      const profiles = resolved.profiles ?? [];
      return listed.has(name) || (all && profiles.length === 0) || (profiles.length > 0 && (wanted.has('*') || profiles.some((profile) => wanted.has(profile))));
    })
    .map(({ name }) => name);
}

function checkMembers(given: SetFile, { set, services, yaml, faults }: Within): void {
  const known = Object.keys(services);
  const listed = Array.isArray(given.services) ? given.services : [];
  listed.forEach((name, index) => expectKnown({ kind: 'service', name, path: ['sets', set, 'services', index] }, known, { yaml, faults }));
  for (const key of ['ports', 'replicas', 'standIns'] as const) {
    for (const name of Object.keys(given[key] ?? {})) expectKnown({ kind: 'service', name, path: ['sets', set, key, name], isKey: true }, known, { yaml, faults });
  }
  const profiles = [...new Set(Object.values(services).flatMap(({ resolved }) => resolved.profiles ?? []))];
  (given.profiles ?? []).forEach((name, index) => {
    if (name !== '*') expectKnown({ kind: 'profile', name, path: ['sets', set, 'profiles', index] }, profiles, { yaml, faults });
  });
}

function expandStandIns(given: SetFile, { set, yaml, faults }: Within): Record<string, string[]> {
  const entries = Object.entries(given.standIns ?? {}).map(([owner, patterns]) => {
    const names = patterns.flatMap((pattern, index) => expandAt(pattern, ['sets', set, 'standIns', owner, index], { yaml, faults }));
    return [owner, [...new Set(names)]] as [string, string[]];
  });
  return Object.fromEntries(entries);
}

/** The stand-in of each name. Patterns are told by their own place. */
function standInsOf(given: SetFile, expanded: Readonly<Record<string, readonly string[]>>, { set, yaml, faults }: Within): Record<string, string> {
  const listed = new Set(Array.isArray(given.services) ? given.services : []);
  const result: Record<string, string> = {};
  for (const [owner, names] of Object.entries(expanded)) {
    names.forEach((name, index) => {
      const at = given.standIns?.[owner]?.indexOf(name) ?? -1;
      const where = yaml.whereIs(['sets', set, 'standIns', owner, at === -1 ? Math.min(index, (given.standIns?.[owner]?.length ?? 1) - 1) : at]);
      const other = Object.hasOwn(result, name) ? result[name] : undefined;
      if (name === owner) faults.push({ message: `${owner} cannot stand in for itself`, where, fix: 'Take it out of the list.' });
      else if (other !== undefined && other !== owner) faults.push({ message: `Both ${other} and ${owner} stand in for ${name}`, where, fix: 'Keep one of them.' });
      else if (listed.has(name)) faults.push({ message: `The set ${set} has ${name} itself, and ${owner} stands in for it`, where, fix: `Take ${name} out of the set's services or out of standIns.` });
      else if (Object.hasOwn(expanded, name)) faults.push({ message: `${name} is itself a stand-in of this set`, where, fix: 'A stand-in must be in the set.' });
      else result[name] = owner;
    });
  }
  return result;
}

function emptySet(set: string, given: SetFile, yaml: YamlSource): Fault {
  return {
    message: `The set ${set} names no service`,
    where: given.services === undefined ? yaml.whereIsKey(['sets', set]) : yaml.whereIs(['sets', set, 'services']),
    fix: 'Write services: all, or a list such as [api]. Services with a Compose profile are in a set that names them or their profile.',
  };
}

/** Kinds that speak one protocol. What is not known may speak any. */
const PROTOCOLS: Partial<Record<ServiceKind, string>> = { mariadb: 'mysql', nginx: 'http', haproxy: 'http' };

function warnOfKinds(standIns: NamesOf, { set, services, yaml, warnings }: Within): void {
  for (const [owner, names] of Object.entries(standIns)) {
    for (const name of names) {
      const [own, other] = [services[owner], services[name]];
      if (!own || !other || own.kind === 'other' || other.kind === 'other') continue;
      if ((PROTOCOLS[own.kind] ?? own.kind) === (PROTOCOLS[other.kind] ?? other.kind)) continue;
      const { file, line, column } = yaml.whereIsKey(['sets', set, 'standIns', owner]);
      warnings.push(`${file}:${line}:${column}: ${owner} (${own.kind}) stands in for ${name} (${other.kind}): clients of the one cannot speak to the other`);
    }
  }
}

/** On this machine one port is one container's; what the Compose files alone ask for is refused when the set is brought up. */
function checkReplicas(given: SetFile, { set, services, yaml, faults }: Within): void {
  if ((given.addresses ?? 'localhost') !== 'localhost') return;
  for (const [name, replicas] of Object.entries(given.replicas ?? {})) {
    const service = services[name];
    const chosen = Object.values(given.ports?.[name] ?? {});
    const declared = (service?.resolved.ports ?? []).flatMap(({ published }) => (published !== undefined && /^\d+$/.test(published) ? [Number(published)] : []));
    const [port] = [...chosen, ...declared].filter((candidate) => candidate !== 0);
    if (!service || replicas < 2 || port === undefined) continue;
    faults.push({
      message: `${name} has ${replicas} containers in the set ${set}, which cannot all have port ${port}`,
      where: yaml.whereIs(['sets', set, 'replicas', name]),
      fix: 'Leave the port out, or to the engine, in its Compose file; or give each container its own address: addresses: own.',
    });
  }
}

/** Only the default set's containers have the names that the Compose files give them. */
function checkContainerNames(members: readonly string[], { set, services, yaml, faults }: Within): void {
  const owners = new Map<string, string>();
  for (const member of members) {
    const name = services[member]?.resolved.container_name;
    if (name === undefined) continue;
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) {
      faults.push({ message: `${member} has the container_name ${JSON.stringify(name)}, which engines do not take`, where: yaml.whereIsKey(['sets', set]), fix: 'In its Compose file, make it two or more of a–z, A–Z, 0–9, "_", "." and "-", with a letter or a digit first.' });
      continue;
    }
    const other = owners.get(name);
    owners.set(name, member);
    if (other === undefined) continue;
    faults.push({ message: `Both ${other} and ${member} have the container_name ${name}, which one container only can have`, where: yaml.whereIsKey(['sets', set]), fix: 'Take container_name out of one of them in its Compose file, or one of them out of the set.' });
  }
}
