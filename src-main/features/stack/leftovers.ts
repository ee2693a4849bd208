import { LABELS, type ContainerSummary } from '#ports/container-engine.ts';

/** What work that was killed, or an engine that could not finish, left of an environment's containers. */
export type Leftovers = {
  /** New containers beside the old ones that they were to replace, and containers that the engine removes or failed to remove. */
  readonly remove: readonly ContainerSummary[];
  /** New containers whose old ones are gone already, and which did not get their names yet. */
  readonly rename: readonly ContainerSummary[];
};

/** Finds what is left over. Compose recreates under a name of its own, removes the old container, and only then gives the new one its name. */
export function findLeftovers(containers: readonly ContainerSummary[]): Leftovers {
  const taken = new Set(containers.filter((container) => !isGoing(container) && !isHalfNamed(container)).map(placeOf));
  const remove = containers.filter(isGoing);
  const rename: ContainerSummary[] = [];
  for (const container of containers.filter((other) => !isGoing(other) && isHalfNamed(other))) {
    (taken.has(placeOf(container)) ? remove : rename).push(container);
    taken.add(placeOf(container));
  }
  return { remove, rename };
}

/** The name that a container was to have. */
export function wholeName(name: string): string {
  return name.replace(HALF_NAME, '');
}

const HALF_NAME = /^[0-9a-f]{12}_/;

function isHalfNamed({ name, labels }: ContainerSummary): boolean {
  return HALF_NAME.test(name) && labels['com.docker.compose.replace'] !== undefined;
}

function isGoing({ state }: ContainerSummary): boolean {
  return state === 'removing' || state === 'dead';
}

/** One of a service's replicas. */
function placeOf({ labels }: ContainerSummary): string {
  return JSON.stringify([labels[LABELS.service], labels['com.docker.compose.container-number']]);
}
