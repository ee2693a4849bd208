import { BacklotError } from '#contract/errors.ts';
import type { ResolvedModel } from '#ports/compose.ts';
import { checkLengths, unaskableNames } from './check-names.ts';
import { checkReferences } from './check-references.ts';
import { checkSharing } from './check-sharing.ts';
import { findCycle } from './close-set.ts';
import { aliasesOf, groupsOf, suffixesOf, type Declarations } from './declared-names.ts';
import { findRisks } from './find-risks.ts';
import type { Component, Project, ProjectSet, Service } from './project.ts';
import { servicesOf } from './project-services.ts';
import { buildSet, type SetContext, type SetReading } from './project-sets.ts';
import { declaredParts } from './declared-parts.ts';
import { throwFaults } from './read-project-file.ts';
import { riskyReuse } from './risky-reuse.ts';
import type { Fault } from './schema-faults.ts';
import { setNamesOf } from './set-names.ts';

/** The one model that the files of all components make, and the component of each service that has one. */
export type Reading = { readonly model: ResolvedModel; readonly components: Readonly<Record<string, string>> };

/** What a project is made of, read and resolved. */
export type ProjectParts = {
  readonly directory: string;
  readonly declarations: Declarations;
  readonly composeFiles: readonly string[];
  readonly components: readonly Omit<Component, 'services'>[];
  /** By set; sets whose variables the files do not ask for have one and the same. */
  readonly readings: Readonly<Record<string, Reading>>;
  /** Profiles that Compose would take by itself. */
  readonly profiles: readonly string[];
  readonly warnings: readonly string[];
};

/** The project, frozen. Fails with every name that stands for nothing, every clash of names, and a cycle where there is one. */
export function buildProject({ directory, declarations, composeFiles, components, readings, profiles, warnings }: ProjectParts): Project {
  const [{ file: declared, yaml }] = declarations;
  const faults: Fault[] = [];
  const known = [...new Set(Object.values(readings).flatMap(({ model }) => Object.keys(model.services)))].sort();
  if (known.length === 0) throw noServices(composeFiles);
  const aliases = aliasesOf(declarations, known, faults);
  const groups = groupsOf(declarations, known, faults);
  const { suffixes, warnings: suffixWarnings } = suffixesOf(declarations, faults);
  const { names: setNames, defaultSet } = setNamesOf(declared);
  const read = readerOf({ aliases, groups, composeFiles });
  const main = read(readings[defaultSet] ?? { model: { name: '', services: {} }, components: {} });
  checkReferences(declared, known, { yaml, faults });
  checkSharing(declared, { yaml, faults });
  checkLengths(main.services, { declarations, suffixes, faults });
  const context: SetContext = { yaml, declarations, groups, suffixes, defaultSet, composeProject: main.model.name, profiles, faults, warnings: [] };
  const sets = setNames.map((name): ProjectSet => {
    const own = readings[name] ? read(readings[name]) : main;
    const set = buildSet(name, declared.sets?.[name] ?? {}, own, context);
    return own === main ? set : { ...set, own };
  });
  throwFaults(faults);
  return deepFreeze({
    name: declared.name ?? main.model.name,
    directory,
    file: yaml.file,
    composeFiles,
    components: components.map(({ name, directory: folder }) => ({ name, directory: folder, services: namesIn(main.services, name) })),
    ...main,
    sets: Object.fromEntries(sets.map((set) => [set.name, set])),
    defaultSet,
    groups,
    suffixes,
    ...declaredParts(declarations, suffixes),
    warnings: [...new Set([...warnings, ...suffixWarnings, ...riskyReuse(declared, yaml.file), ...context.warnings, ...unaskableNames(main.services), ...findRisks(main.model)])],
  });
}

/** Readings that are one stay one. */
function readerOf({ aliases, groups, composeFiles }: { readonly aliases: Record<string, string[]>; readonly groups: Record<string, string[]>; readonly composeFiles: readonly string[] }): (reading: Reading) => SetReading {
  const known = new Map<ResolvedModel, SetReading>();
  return ({ model, components }) => {
    const before = known.get(model);
    if (before) return before;
    const services = servicesOf(model, { aliases, groups, components });
    refuseCycle(services, composeFiles);
    const reading = { model, services };
    known.set(model, reading);
    return reading;
  };
}

function namesIn(services: Readonly<Record<string, Service>>, component: string): string[] {
  return Object.values(services).flatMap((service) => (service.component === component ? [service.name] : []));
}

function refuseCycle(services: Project['services'], composeFiles: readonly string[]): void {
  const cycle = findCycle(Object.fromEntries(Object.values(services).map(({ name, dependsOn }) => [name, dependsOn])));
  if (!cycle) return;
  const file = composeFiles[0];
  throw new BacklotError('dependency-cycle', `The services depend on each other in a circle: ${cycle.join('→')}`, {
    ...(file !== undefined && { where: { file } }),
    fix: 'Take one of these out of depends_on.',
  });
}

function noServices(composeFiles: readonly string[]): BacklotError {
  const [file] = composeFiles;
  return new BacklotError('compose-invalid', 'The Compose files have no services', {
    ...(file !== undefined && { where: { file } }),
    fix: 'Add one below services:, or name the right file in backlot.yaml at compose.',
  });
}

function deepFreeze<Value>(value: Value): Value {
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null || Object.isFrozen(next)) continue;
    Object.freeze(next);
    waiting.push(...Object.values(next));
  }
  return value;
}
