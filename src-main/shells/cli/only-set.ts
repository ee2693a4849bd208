import { BacklotError } from '#contract/errors.ts';
import type { ProjectView } from '#contract/project.ts';
import { nearest } from '#core/nearest.ts';

/** The project with one of its sets. */
export function onlySet(project: ProjectView, set: string | undefined): ProjectView {
  if (set === undefined) return project;
  const sets = project.sets.filter((candidate) => candidate.name === set);
  if (sets.length > 0) return { ...project, sets };
  const names = project.sets.map((candidate) => candidate.name);
  const close = nearest(set, names);
  throw new BacklotError('set-unknown', `There is no set ${JSON.stringify(set)} in ${project.name}`, {
    fix: close ? `Did you mean ${close}? Sets are: ${names.join(', ')}` : `Sets are: ${names.join(', ')}`,
  });
}
