import { BacklotError } from '#contract/errors.ts';
import type { GuardMode } from '#contract/names.ts';
import type { YamlSource } from '#core/yaml/read-yaml.ts';
import type { ResolvedModel } from '#ports/compose.ts';
import { aliasesOf, checkReferences } from './check-references.ts';
import { findCycle } from './close-set.ts';
import { findRisks } from './find-risks.ts';
import type { Project } from './project.ts';
import type { ProjectFile } from './project-schema.ts';
import { servicesOf } from './project-services.ts';
import { setsOf } from './project-sets.ts';
import { throwFaults } from './read-project-file.ts';
import type { Fault } from './schema-faults.ts';

/** What a project is made of, read and resolved. */
export type ProjectParts = {
  readonly directory: string;
  readonly declared: ProjectFile;
  readonly yaml: YamlSource;
  readonly composeFiles: readonly string[];
  readonly model: ResolvedModel;
  readonly warnings: readonly string[];
};

/** The project, frozen. Fails with every name that stands for nothing, every clash of names, and a cycle where there is one. */
export function buildProject({ directory, declared, yaml, composeFiles, model, warnings }: ProjectParts): Project {
  const faults: Fault[] = [];
  const names = Object.keys(model.services);
  if (names.length === 0) throw noServices(composeFiles);
  const services = servicesOf(model, aliasesOf(declared, names, { yaml, faults }));
  refuseCycle(services, composeFiles);
  checkReferences(declared, names, { yaml, faults });
  const { sets, defaultSet } = setsOf(declared, { model, services, yaml, faults });
  throwFaults(faults);
  return deepFreeze({
    name: declared.name ?? model.name,
    directory,
    file: yaml.file,
    composeFiles,
    components: [],
    model,
    services,
    sets,
    defaultSet,
    groups: {},
    suffixes: declared.names?.suffixes ?? [],
    guard: guardOf(declared),
    allow: declared.names?.allow ?? [],
    stages: Object.keys(declared.stages ?? {}),
    fixtures: Object.keys(declared.fixtures ?? {}),
    targets: Object.keys(declared.targets ?? {}),
    warnings: [...warnings, ...notYetMerged(declared), ...findRisks(model)],
  });
}

/** Without suffixes there is nothing to guard. */
function guardOf({ names }: ProjectFile): GuardMode {
  return (names?.suffixes ?? []).length === 0 ? 'off' : (names?.guard ?? 'block');
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

function notYetMerged({ components }: ProjectFile): string[] {
  const names = Object.keys(components ?? {});
  return names.length === 0 ? [] : [`components: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} not merged in by this version; name their Compose files in compose, or include them`];
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
