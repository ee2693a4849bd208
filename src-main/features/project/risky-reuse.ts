import type { ProjectFile } from './project-schema.ts';
import type { StageFile } from './schema/stage-schema.ts';

/** Warnings of stages that are reused although what they depend on is in no digest. Pure. */
export function riskyReuse({ stages = {} }: ProjectFile, file: string): string[] {
  return Object.entries(stages).flatMap(([name, stage]) => {
    const why = stage.cache === true ? unknownOf(stage) : undefined;
    return why === undefined ? [] : [`${file}: stages.${name}.cache: ${why}, so that it passed once says little: leave cache out`];
  });
}

function unknownOf({ browser, engine, against, sharedServices }: StageFile): string | undefined {
  if (against !== undefined) return 'what is deployed changes without the stage’s inputs';
  if (engine === true) return 'what the suite starts with the engine is no input of the stage';
  if (sharedServices === true) return 'what other stages do to its services is no input of it';
  return browser === undefined ? undefined : 'a browser is not the same in every run';
}
