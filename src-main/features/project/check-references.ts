import type { YamlSource } from '#core/yaml/read-yaml.ts';
import { expandPattern, assertName, NameFault } from './names.ts';
import type { ProjectFile } from './project-schema.ts';
import { expectKnown } from './project-sets.ts';
import type { Fault } from './schema-faults.ts';

type Context = { readonly yaml: YamlSource; readonly faults: Fault[] };

/** The aliases of each service, expanded. */
export function aliasesOf(file: ProjectFile, known: readonly string[], context: Context): Record<string, string[]> {
  const result: Record<string, string[]> = {};
  for (const [service, patterns] of Object.entries(file.names?.aliases ?? {})) {
    expectKnown('service', service, known, ['names', 'aliases', service], context, true);
    result[service] = patterns.flatMap((pattern, index) => {
      try {
        return expandPattern(pattern);
      } catch (error) {
        if (!(error instanceof NameFault)) throw error;
        const where = context.yaml.whereIs(['names', 'aliases', service, index]);
        context.faults.push({ message: `names.aliases.${service}: ${error.message}`, where, fix: 'Write a name such as pg-main, or a pattern such as "pg-main-node-{1..2}".' });
        return [];
      }
    });
  }
  return result;
}

/** Adds a fault for every name in the file that stands for nothing: services, stages, fixtures, targets. */
export function checkReferences(file: ProjectFile, services: readonly string[], context: Context): void {
  const stages = Object.keys(file.stages ?? {});
  const fixtures = Object.keys(file.fixtures ?? {});
  const targets = Object.keys(file.targets ?? {});
  checkSuffixes(file, context);
  for (const [name, set] of Object.entries(file.sets ?? {})) {
    if (set.fixture !== undefined) expectKnown('fixture', set.fixture, fixtures, ['sets', name, 'fixture'], context);
  }
  for (const [name, fixture] of Object.entries(file.fixtures ?? {})) {
    for (const service of Object.keys(fixture.services)) expectKnown('service', service, services, ['fixtures', name, 'services', service], context, true);
  }
  for (const [name, stage] of Object.entries(file.stages ?? {})) {
    stage.needs?.forEach((needed, index) => expectKnown('stage', needed, stages, ['stages', name, 'needs', index], context));
    stage.services?.forEach((service, index) => expectKnown('service', service, services, ['stages', name, 'services', index], context));
    if (stage.fixture !== undefined) expectKnown('fixture', stage.fixture, fixtures, ['stages', name, 'fixture'], context);
  }
  for (const [name, target] of Object.entries(file.targets ?? {})) {
    target.after?.forEach((stage, index) => expectKnown('stage', stage, stages, ['targets', name, 'after', index], context));
    target.requires?.forEach((requirement, index) => {
      const path = ['targets', name, 'requires', index];
      if (typeof requirement === 'string') return expectKnown('stage', requirement, stages, path, context);
      expectKnown('stage', requirement.stage, stages, [...path, 'stage'], context);
      expectKnown('target', requirement.on, targets, [...path, 'on'], context);
    });
  }
}

function checkSuffixes(file: ProjectFile, { yaml, faults }: Context): void {
  file.names?.suffixes?.forEach((suffix, index) => {
    try {
      assertName(suffix);
    } catch (error) {
      if (!(error instanceof NameFault)) throw error;
      faults.push({ message: `names.suffixes: ${error.message}`, where: yaml.whereIs(['names', 'suffixes', index]), fix: 'Write a domain such as us-east-1.shop.example.' });
    }
  });
}
