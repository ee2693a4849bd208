import type { RunSummary } from '#contract/runs.ts';

/** Runs of one project that are kept, unless BACKLOT_KEEP_RUNS says another number. */
export const KEPT_RUNS = 1_000;

/** How many runs of a project are kept, as the variable says it. */
export function keptRuns(variable: string | undefined): number {
  const number = Number(variable);
  return Number.isInteger(number) && number > 0 ? number : KEPT_RUNS;
}

/** The stages that a run itself passed, not by what an earlier one had. */
export function passedIn({ stages }: Pick<RunSummary, 'stages'>): string[] {
  return stages.filter(({ state, cached }) => state === 'passed' && !cached).map(({ name }) => name);
}

/**
 * Which of the runs that are too many go, newest first: not those that still go on or whose leavings nobody has removed, not the last in which a
 * stage passed, and not those whose stages a run that stays has reused. `reuses` are the runs that reused something of each. Pure.
 */
export function runsToForget(tooMany: readonly RunSummary[], passedSince: ReadonlySet<string>, reuses: ReadonlyMap<string, readonly string[]> = new Map()): string[] {
  const passed = new Set(passedSince);
  const going = new Set<string>();
  for (const run of tooMany) {
    const isLast = passedIn(run).some((stage) => !passed.has(stage));
    for (const stage of passedIn(run)) passed.add(stage);
    const isOpen = run.state === 'running' || run.state === 'held' || run.state === 'lost';
    const isReused = reuses.get(run.run)?.some((other) => !going.has(other)) === true;
    if (!isLast && !isOpen && !isReused) going.add(run.run);
  }
  return [...going];
}
