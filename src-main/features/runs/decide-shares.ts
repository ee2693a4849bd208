import type { PlannedStage } from './plan-run.ts';

/** Which stages of a run have their services together: for each of them, all that share with it, in their order. Those that share with nobody are left out. Pure. */
export function decideShares(stages: readonly Pick<PlannedStage, 'name' | 'file'>[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const { name, file } of stages) {
    const { sharedServices, services = [], fixture = '', network, browser } = file;
    if (sharedServices !== true || services.length === 0 || network === 'shared' || browser !== undefined) continue;
    const key = JSON.stringify([fixture, [...new Set(services)].sort()]);
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  return new Map([...groups.values()].filter(({ length }) => length > 1).flatMap((group) => group.map((name) => [name, group] as const)));
}

/** Not in names of stages. */
const BETWEEN = '+';

/** What stands in the label of things that several stages have, in the place of one stage's name. */
export function sharedLabel(stages: readonly string[]): string {
  return stages.join(BETWEEN);
}

/** The stages that something with this label is of. */
export function stagesOfLabel(label: string): readonly string[] {
  return label.split(BETWEEN);
}
