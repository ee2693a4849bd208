import type { YamlSource } from '#core/yaml/read-yaml.ts';
import { expectKnown } from './expect-known.ts';
import type { ProjectFile } from './project-schema.ts';
import type { Fault } from './schema-faults.ts';

type Context = { readonly yaml: YamlSource; readonly faults: Fault[] };

/** Adds a fault for every name in the file that stands for nothing: services, stages, fixtures, targets. */
export function checkReferences(file: ProjectFile, services: readonly string[], context: Context): void {
  const stages = Object.keys(file.stages ?? {});
  const fixtures = Object.keys(file.fixtures ?? {});
  const targets = Object.keys(file.targets ?? {});
  for (const [name, set] of Object.entries(file.sets ?? {})) {
    if (set.fixture !== undefined) expectKnown({ kind: 'fixture', name: set.fixture, path: ['sets', name, 'fixture'] }, fixtures, context);
  }
  for (const [name, fixture] of Object.entries(file.fixtures ?? {})) {
    for (const service of Object.keys(fixture.services)) expectKnown({ kind: 'service', name: service, path: ['fixtures', name, 'services', service], isKey: true }, services, context);
  }
  for (const [name, stage] of Object.entries(file.stages ?? {})) {
    stage.needs?.forEach((needed, index) => expectKnown({ kind: 'stage', name: needed, path: ['stages', name, 'needs', index] }, stages, context));
    stage.services?.forEach((service, index) => expectKnown({ kind: 'service', name: service, path: ['stages', name, 'services', index] }, file.build ? [...services, 'app'] : services, context));
    if (stage.fixture !== undefined) expectKnown({ kind: 'fixture', name: stage.fixture, path: ['stages', name, 'fixture'] }, fixtures, context);
  }
  for (const [name, target] of Object.entries(file.targets ?? {})) {
    target.after?.forEach((stage, index) => expectKnown({ kind: 'stage', name: stage, path: ['targets', name, 'after', index] }, stages, context));
    target.requires?.forEach((requirement, index) => {
      const path = ['targets', name, 'requires', index];
      if (typeof requirement === 'string') return expectKnown({ kind: 'stage', name: requirement, path }, stages, context);
      expectKnown({ kind: 'stage', name: requirement.stage, path: [...path, 'stage'] }, stages, context);
      expectKnown({ kind: 'target', name: requirement.on, path: [...path, 'on'] }, targets, context);
    });
  }
}
