import { BacklotError } from '#contract/errors.ts';
import { nearest } from '#core/nearest.ts';
import { findCycle } from '#features/project/close-set.ts';
import type { Project } from '#features/project/project.ts';
import type { StageFile } from '#features/project/schema/stage-schema.ts';

export type PlannedStage = { readonly name: string; readonly file: StageFile; readonly needs: readonly string[] };

/** The stages that are asked for, with what they need, each after what it needs. Without names, all that need no target. Pure. */
export function planRun({ stageFiles, file }: Pick<Project, 'stageFiles' | 'file'>, asked: readonly string[]): PlannedStage[] {
  const known = Object.keys(stageFiles);
  if (known.length === 0) throw new BacklotError('config-invalid', 'The project has no stages', { where: { file }, fix: 'Write some in backlot.yaml, such as: stages: { unit: { run: npm test } }' });
  for (const name of asked) if (!Object.hasOwn(stageFiles, name)) throw unknown(name, known);
  refuseCycle(stageFiles, file);
  const wanted = asked.length > 0 ? asked : known.filter((name) => stageFiles[name]?.against === undefined);
  const planned = new Map<string, PlannedStage>();
  const add = (name: string) => {
    const stage = stageFiles[name];
    if (!stage || planned.has(name)) return;
    if (stage.against !== undefined) throw againstTarget(name);
    for (const need of stage.needs ?? []) add(need);
    planned.set(name, { name, file: stage, needs: stage.needs ?? [] });
  };
  wanted.forEach(add);
  return [...planned.values()];
}

/** Whether nothing of the Compose files is needed to run these stages with what they need, or to refuse them. Pure. */
export function needsNoServices(stages: Readonly<Record<string, StageFile>>, asked: readonly string[]): boolean {
  const reached = new Set<string>();
  const add = (name: string) => {
    if (reached.has(name)) return;
    reached.add(name);
    for (const need of stages[name]?.needs ?? []) add(need);
  };
  (asked.length > 0 ? asked : Object.keys(stages)).forEach(add);
  return [...reached].every((name) => isAlone(stages[name]));
}

function isAlone(stage: StageFile | undefined): boolean {
  return stage === undefined || ((stage.services ?? []).length === 0 && stage.fixture === undefined && stage.browser === undefined && stage.network !== 'shared');
}

function unknown(name: string, known: readonly string[]): BacklotError {
  const close = nearest(name, known);
  return new BacklotError('stage-unknown', `There is no stage ${JSON.stringify(name)}`, { fix: `${close ? `Did you mean ${close}? ` : ''}The stages are: ${known.join(', ')}.` });
}

function refuseCycle(stages: Readonly<Record<string, StageFile>>, file: string): void {
  const cycle = findCycle(Object.fromEntries(Object.entries(stages).map(([name, { needs = [] }]) => [name, needs.map((service) => ({ service, required: true }))])));
  if (cycle) throw new BacklotError('dependency-cycle', `The stages need each other in a circle: ${cycle.join('→')}`, { where: { file }, fix: 'Take one of these out of needs.' });
}

function againstTarget(name: string): BacklotError {
  return new BacklotError('usage', `The stage ${name} runs against a deployed target, and not in a run of its own`, { fix: 'It runs after a deploy: backlot deploy TARGET.' });
}
