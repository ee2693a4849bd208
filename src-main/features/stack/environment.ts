import type { Dependency } from '#contract/project.ts';
import type { Project, ProjectSet } from '#features/project/project.ts';
import { LABELS } from '#ports/container-engine.ts';
import { BacklotError } from '#contract/errors.ts';
import { nearest } from '#core/nearest.ts';

/** One set of a project on one engine; or, as an environment of its own, what one stage of a run has. */
export type Environment = { readonly project: Project; readonly set: ProjectSet; readonly run?: RunOwner };

/** The stage of a run that an environment is for: it has its place in the labels that a set's folder and name have otherwise. */
type RunOwner = { readonly id: string; readonly stage: string };

/** The set by name, or the default one, with the services as its variables make them. An unknown name is refused with the nearest one. */
export function environmentOf(project: Project, setName: string | undefined): Environment {
  const name = setName ?? project.defaultSet;
  const set = Object.hasOwn(project.sets, name) ? project.sets[name] : undefined;
  if (!set) throw unknownSet(name, Object.keys(project.sets));
  return { project: set.own ? { ...project, ...set.own } : project, set };
}

/** What a service needs within the set: where a stand-in answers for a service that the set leaves out, the stand-in is needed. */
export function dependenciesWithin({ project, set }: Environment, service: string): Dependency[] {
  const standInFor = (name: string) => Object.entries(set.standIns).find(([, names]) => names.includes(name))?.[0] ?? name;
  return (project.services[service]?.dependsOn ?? [])
    .map((dependency) => (set.services.includes(dependency.service) ? dependency : { ...dependency, service: standInFor(dependency.service) }))
    .filter((dependency) => dependency.service !== service && set.services.includes(dependency.service));
}

export function unknownSet(name: string, known: readonly string[]): BacklotError {
  const suggestion = nearest(name, known);
  return new BacklotError('set-unknown', `There is no set ${JSON.stringify(name)}`, {
    fix: suggestion ? `Did you mean ${suggestion}? The sets are: ${known.join(', ')}.` : `The sets are: ${known.join(', ')}.`,
  });
}

/** Refuses the first name that is not a service of the set, with the nearest one. */
export function assertServices(names: readonly string[], known: readonly string[], where: string): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    const suggestion = nearest(name, known);
    if (known.length === 0) throw new BacklotError('service-unknown', `There is nothing of ${where}, so no service ${JSON.stringify(name)}`, { fix: 'See what there is: backlot ps. Bring it up with backlot up.' });
    throw new BacklotError('service-unknown', `There is no service ${JSON.stringify(name)} in ${where}`, {
      fix: suggestion ? `Did you mean ${suggestion}? It has: ${known.join(', ')}.` : `It has: ${known.join(', ')}.`,
    });
  }
}

/** The labels by which everything of an environment is known. */
export function ownLabels({ project, set, run }: Environment): Record<string, string> {
  return run ? { [LABELS.run]: run.id, [LABELS.stage]: run.stage } : { [LABELS.directory]: project.directory, [LABELS.set]: set.name };
}

/** The label filters that find everything of an environment. */
export function labelFilters(environment: Environment): string[] {
  return Object.entries(ownLabels(environment)).map(([label, value]) => `${label}=${value}`);
}

/** Whether something with these labels belongs to the environment. */
export function isOwn(labels: Readonly<Record<string, string>>, environment: Environment): boolean {
  return Object.entries(ownLabels(environment)).every(([label, value]) => labels[label] === value);
}

/** The label filters that find everything of one set, or of all sets of a project. */
export function environmentLabels(directory: string, setName?: string): string[] {
  return [`${LABELS.directory}=${directory}`, ...(setName === undefined ? [] : [`${LABELS.set}=${setName}`])];
}
