import { BacklotError } from '#contract/errors.ts';
import { nearest } from '#core/nearest.ts';
import type { Compose } from '#ports/compose.ts';
import type { Reading } from './build-project.ts';
import type { Part } from './find-parts.ts';
import { mergeModels, type Conflict, type Merged } from './merge-models.ts';
import { throwFaults } from './read-project-file.ts';
import type { PartResolver, SetVariables } from './resolve-parts.ts';
import type { Fault } from './schema-faults.ts';

type Reader = { readonly parts: readonly Part[]; readonly resolver: PartResolver; readonly compose: Compose; readonly warn: (text: string) => void };

/** What the files of all parts make of each set: resolved side by side, and merged once for all sets for which they are the same. */
export async function readParts(sets: SetVariables, { parts, resolver, compose, warn }: Reader): Promise<Record<string, Reading>> {
  const models = unwrapAll(await Promise.allSettled(parts.map((part) => resolver.resolve(part, sets, parts.length > 1))));
  const known: { readonly merged: Merged; readonly of: readonly unknown[] }[] = [];
  const readings: Record<string, Reading> = {};
  for (const set of Object.keys(sets)) {
    const own = models.map((model) => model[set] ?? { name: '', services: {} });
    let found = known.find(({ of }) => of.every((model, index) => model === own[index]));
    if (!found) {
      found = { merged: mergeModels(own.map((model, index) => ({ component: parts[index]?.component ?? '', model }))), of: own };
      known.push(found);
      await refuseConflicts(found.merged.conflicts, parts, compose);
      await refuseMissingServices(found.merged, parts, compose);
      for (const index of found.merged.lostDefaults) warn(`${parts[index]?.component}: what its Compose file says of the default network is not used; the project's own counts`);
    }
    readings[set] = { model: found.merged.model, components: componentsOf(found.merged, parts) };
  }
  return readings;
}

function componentsOf({ origins }: Merged, parts: readonly Part[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(origins).flatMap(([service, index]) => {
      const component = parts[index]?.component;
      return component === undefined ? [] : [[service, component] as const];
    }),
  );
}

async function refuseConflicts(conflicts: readonly Conflict[], parts: readonly Part[], compose: Compose): Promise<void> {
  const faults = conflicts.map(async ({ kind, name, first, second, keys }): Promise<Fault> => {
    const [before, here] = await Promise.all([first, second].map((index) => placeIn(parts[index], [`${kind}s`, name], compose)));
    const place = before ? [before.file, before.line, before.column].filter((part) => part !== undefined).join(':') : '';
    const other = [here?.file, here?.line, here?.column].filter((part) => part !== undefined).join(':');
    return {
      message: `The ${kind} ${name} is declared in two ways, in ${place} and in ${other}: ${keys.join(', ')} ${keys.length === 1 ? 'differs' : 'differ'}`,
      where: here ?? { file: '' },
      fix: kind === 'service' ? 'Declare it alike in both, include one file in both, or rename one of them.' : 'Declare it alike in both, or rename one of them.',
    };
  });
  throwFaults(await Promise.all(faults));
}

/** With components, Compose itself cannot say whether a service is there: another one may have it. */
async function refuseMissingServices({ model, origins }: Merged, parts: readonly Part[], compose: Compose): Promise<void> {
  const known = Object.keys(model.services);
  const faults = Object.entries(model.services).flatMap(([name, { depends_on: needs = {} }]) =>
    Object.entries(needs)
      .filter(([needed, { required }]) => required !== false && !Object.hasOwn(model.services, needed))
      .map(async ([needed]): Promise<Fault> => {
        const suggestion = nearest(needed, known);
        return {
          message: `${name} depends on ${needed}, and there is no such service`,
          where: (await placeIn(parts[origins[name] ?? 0], ['services', name, 'depends_on', needed], compose)) ?? { file: '' },
          fix: `${suggestion ? `Did you mean ${suggestion}? ` : ''}The services are: ${known.join(', ')}.`,
        };
      }),
  );
  const [first, ...also] = await Promise.all(faults);
  if (first) throw new BacklotError('compose-invalid', first.message, { where: first.where, fix: first.fix, ...(also.length > 0 && { also }) });
}

async function placeIn(part: Part | undefined, path: readonly string[], compose: Compose): Promise<Fault['where'] | undefined> {
  const [first] = part?.composeFiles ?? [];
  return (await compose.whereIs(part?.composeFiles ?? [], path)) ?? (first === undefined ? undefined : { file: first });
}

/** Every part is heard before the first fault is told, with the others beside it. */
function unwrapAll<Value>(settled: readonly PromiseSettledResult<Value>[]): Value[] {
  const errors = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  const [first, ...others] = errors;
  if (first instanceof BacklotError && others.length > 0) {
    const also = others.flatMap((error) => (error instanceof BacklotError && error.message !== first.message ? [error] : []));
    const { code, message, where, fix, cause } = first;
    throw new BacklotError(code, message, { where, fix, cause, also: [...(first.also ?? []), ...also.map((error) => ({ message: error.message, ...(error.where && { where: error.where }), ...(error.fix !== undefined && { fix: error.fix }) }))] });
  }
  if (errors.length > 0) throw first;
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}
