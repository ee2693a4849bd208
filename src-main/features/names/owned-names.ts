import type { NameView } from '#contract/names.ts';
import type { Environment } from '#features/stack/environment.ts';
import { plainName } from './guard-rules.ts';

/** One name that a service of a set answers to, without suffix, and why it has it. */
export type OwnedName = { readonly name: string; readonly service: string; readonly reason: NameView['reason'] };

/** Every name of a set, without suffixes, in the order of its services. Names of groups come once for each service that has them. Pure. */
export function ownedNames({ project, set }: Environment): OwnedName[] {
  return set.services.flatMap((service) => {
    const { names = [service], groups = [], resolved } = project.services[service] ?? {};
    const ofCompose = new Set(Object.values(resolved?.networks ?? {}).flatMap((network) => network?.aliases ?? []));
    const reasonOf = (name: string): OwnedName['reason'] => (name === service ? 'service' : ofCompose.has(name) ? 'compose' : 'alias');
    const own = [...new Set([...names, ...ofCompose])].map((name): OwnedName => ({ name, service, reason: reasonOf(name) }));
    return [
      ...own,
      ...groups.map((name): OwnedName => ({ name, service, reason: 'group' })),
      ...(set.standIns[service] ?? []).map((name): OwnedName => ({ name, service, reason: 'stand-in' })),
    ];
  });
}

/** A name alone and with each suffix. */
export function withSuffixes(name: string, suffixes: readonly string[]): string[] {
  return [name, ...suffixes.map((suffix) => `${name}.${suffix}`)];
}

/** Every name of a set as it may be asked for: with suffixes too, in lower case. */
export function everyName(environment: Environment): Set<string> {
  return new Set(ownedNames(environment).flatMap(({ name }) => withSuffixes(name, environment.project.suffixes).map(plainName)));
}
