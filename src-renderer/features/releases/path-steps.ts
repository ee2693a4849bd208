import type { RevisionPath, TargetView } from '#contract/releases.ts';

export type Step = 'run' | 'promote' | 'deploy' | 'rollback';

/** The one step that a revision is to take next toward a target, if any: only what is checked out can be run and promoted. */
export function nextStep({ revision, checkedOut, evidence, promoted, released, serves }: Pick<RevisionPath, 'revision' | 'checkedOut' | 'evidence' | 'promoted' | 'released' | 'serves'>, { name, kind, current }: Pick<TargetView, 'name' | 'kind' | 'current'>): Step | undefined {
  if (serves.includes(name)) return undefined;
  if (!promoted) return checkedOut ? (evidence.every(({ met }) => met) ? 'promote' : 'run') : undefined;
  if (kind === 'none') return undefined;
  const wasGood = released !== undefined && ['pass', 'inconclusive'].includes(released.state) && !released.rolledBack;
  const isEarlier = current !== undefined && released !== undefined && current.revision !== revision && Date.parse(released.started) < Date.parse(current.started);
  return wasGood && isEarlier ? 'rollback' : 'deploy';
}
