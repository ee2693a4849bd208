import type { StageState } from '#contract/operations.ts';
import type { ProjectView, StageView } from '#contract/project.ts';
import type { RunSummary, StageResult } from '#contract/runs.ts';
import type { OperationProgress, StageProgress } from '../../state/operations.ts';
import { counted, duration } from '../../ui/format.ts';
import type { Look } from '../../ui/phase.ts';

/** One stage as a run knows it: what the project says of it, how far it is, and how it ended. */
export type StageRow = {
  readonly name: string;
  readonly view: StageView | undefined;
  /** Absent where the run does not have it. */
  readonly state: StageState | undefined;
  readonly result: StageResult | undefined;
  readonly live: StageProgress | undefined;
};

const LOOKS: Record<StageState, Look> = {
  waiting: { tone: 'idle', label: 'waiting', shape: 'pause' },
  preparing: { tone: 'busy', label: 'preparing', shape: 'spinner' },
  running: { tone: 'busy', label: 'running', shape: 'spinner' },
  collecting: { tone: 'busy', label: 'collecting', shape: 'spinner' },
  held: { tone: 'warn', label: 'failed, held', shape: 'pause' },
  passed: { tone: 'ready', label: 'passed', shape: 'check' },
  failed: { tone: 'fail', label: 'failed', shape: 'cross' },
  skipped: { tone: 'idle', label: 'skipped', shape: 'ring' },
  cancelled: { tone: 'idle', label: 'cancelled', shape: 'ring' },
};
const NOT_RUN: Look = { tone: 'idle', label: 'not run', shape: 'ring' };

const RUNS: Record<RunSummary['state'], Look> = {
  running: { tone: 'busy', label: 'running', shape: 'spinner' },
  held: { tone: 'warn', label: 'held', shape: 'pause' },
  passed: { tone: 'ready', label: 'passed', shape: 'check' },
  failed: { tone: 'fail', label: 'failed', shape: 'cross' },
  cancelled: { tone: 'idle', label: 'cancelled', shape: 'ring' },
  lost: { tone: 'warn', label: 'lost', shape: 'alert' },
};

export const lookOfRun = (state: RunSummary['state']): Look => RUNS[state];
export const lookOfStage = ({ state }: Pick<StageRow, 'state'>): Look => (state === undefined ? NOT_RUN : LOOKS[state]);

const ENDED: readonly (StageState | undefined)[] = ['passed', 'failed', 'skipped', 'cancelled'];

/** Whether more comes of a stage by itself. */
export const isGoingOn = ({ state }: Pick<StageRow, 'state'>): boolean => state !== undefined && !ENDED.includes(state);

/** Every stage of the project and of the run, in the order of the file: events tell of what goes on, results of what has ended. */
export function stageRows(project: Pick<ProjectView, 'stageViews'>, run: Pick<RunSummary, 'stages' | 'state'> | undefined, progress: Pick<OperationProgress, 'stages'>): readonly StageRow[] {
  const declared = project.stageViews.map(({ name }) => name);
  const others = [...(run?.stages ?? []).map(({ name }) => name), ...Object.keys(progress.stages)].filter((name) => !declared.includes(name));
  const isOver = run !== undefined && run.state !== 'running' && run.state !== 'held';
  return [...declared, ...new Set(others)].map((name) => {
    const result = run?.stages.find((stage) => stage.name === name);
    const live = progress.stages[name];
    return { name, view: project.stageViews.find((view) => view.name === name), state: isHeld(run, live) ? 'held' : (result?.state ?? (isOver ? cutShort(live) : live?.event.state)), result, live };
  });
}

/** How it failed is known while it is held; that it is held says more. */
function isHeld(run: Pick<RunSummary, 'state'> | undefined, live: StageProgress | undefined): boolean {
  return run?.state === 'held' && live?.event.state === 'held';
}

/** What was going on in a run that is over did not end by itself. */
function cutShort(live: StageProgress | undefined): StageState | undefined {
  return live && (ENDED.includes(live.event.state) ? live.event.state : 'cancelled');
}

/** `12 tests, 2 failed`, `cached`, or what it waits for. */
export function factsOf({ state, result, live, view }: StageRow): string {
  if (result?.cached) return `cached, ${testsOf(result)}`;
  if (result && (result.tests > 0 || result.state === 'passed')) return testsOf(result);
  if (live?.event.state === 'running' && live.tests.length > 0) {
    const failures = live.tests.filter((test) => test.state === 'failed' || test.state === 'broken').length;
    return testsOf({ tests: live.tests.length, failures });
  }
  const why = result?.why ?? live?.event.phase ?? live?.event.why;
  if (why !== undefined) return why;
  if (view?.against) return 'after a deploy';
  return lookOfStage({ state }).label;
}

function testsOf({ tests, failures }: Pick<StageResult, 'tests' | 'failures'>): string {
  if (tests === 0) return 'no tests';
  return failures > 0 ? `${failures} of ${counted(tests, 'test')} failed` : counted(tests, 'test');
}

/** How long it took; for what goes on, since when. */
export function timeOf({ state, result, live }: StageRow): { readonly words: string } | { readonly since: number } | undefined {
  if (result && result.state !== 'skipped' && (result.seconds > 0 || result.state === 'passed')) return { words: duration(result.seconds * 1000) };
  if (live?.event.seconds !== undefined && state !== 'skipped') return { words: duration(live.event.seconds * 1000) };
  return live?.started !== undefined && isGoingOn({ state }) ? { since: Date.parse(live.started) } : undefined;
}

/** The stage to open first: one that failed, one that goes on, the last that ended, the first. */
export function stageToOpen(rows: readonly StageRow[]): StageRow | undefined {
  return rows.find(({ state }) => state === 'failed' || state === 'held') ?? rows.find(({ state }) => state === 'running') ?? rows.find((row) => isGoingOn(row)) ?? rows.findLast(({ state }) => state !== undefined) ?? rows[0];
}

/** `3 passed, 1 failed`. */
export function sumsOf(rows: readonly StageRow[]): string {
  const states = [...new Set(rows.flatMap(({ state }) => state ?? []))];
  const words = (state: StageState) => (state === 'held' ? 'failed and held' : LOOKS[state].label);
  return states.map((state) => `${rows.filter((row) => row.state === state).length} ${words(state)}`).join(', ');
}

/** The run's length so far, in milliseconds; of a run that is over, its whole length. */
export function lengthOf({ started, ended }: Pick<RunSummary, 'started' | 'ended'>, now: number): number {
  return (ended === undefined ? now : Date.parse(ended)) - Date.parse(started);
}

/** How long a stage took in these runs, oldest first; runs that did not really run it are left out. */
export function durationsOf(stage: string, runs: readonly Pick<RunSummary, 'stages'>[]): readonly number[] {
  return runs.toReversed().flatMap(({ stages }) => stages.filter(({ name, cached, state }) => name === stage && !cached && (state === 'passed' || state === 'failed')).map(({ seconds }) => seconds));
}
