import type { YamlSource } from '#core/yaml/read-yaml.ts';
import type { ProjectFile } from './project-schema.ts';
import type { StageFile } from './schema/stage-schema.ts';
import type { Fault } from './schema-faults.ts';

/** Adds a fault for every stage that asks to share services with other stages and cannot. */
export function checkSharing({ stages = {} }: ProjectFile, { yaml, faults }: { readonly yaml: YamlSource; readonly faults: Fault[] }): void {
  for (const [name, stage] of Object.entries(stages)) {
    const [why, fix] = (stage.sharedServices === true && obstacle(stage)) || [];
    if (why !== undefined && fix !== undefined) faults.push({ message: `stages.${name}.sharedServices: ${why}`, where: yaml.whereIs(['stages', name, 'sharedServices']), fix });
  }
}

/** Why, and what to do about it. */
function obstacle({ services = [], network, browser }: StageFile): readonly [why: string, fix: string] | undefined {
  if (services.length === 0) return ['the stage has no services', 'Leave it out, or name the services that it talks to: services: [db]'];
  if (network === 'shared') return ['with network: shared its services answer on a localhost that only this stage has', 'Leave out one of the two.'];
  return browser === undefined ? undefined : ['a stage with a browser has services of its own', 'Leave it out of this stage; others can share theirs.'];
}
