import type { ServiceEvent, StageInputs, StageResult, TestCounts, TestResult } from '#contract/runs.ts';
import type { RunStore } from '#ports/run-store.ts';
import type { Verdict } from './judge.ts';

const MOST_FAILED = 100;

export type StageFacts = {
  readonly name: string;
  readonly verdict: Verdict | { readonly state: 'cancelled'; readonly why?: string };
  readonly seconds: number;
  readonly started: string;
  readonly counts: TestCounts | undefined;
  readonly tests: readonly TestResult[];
  readonly exitCode: number | undefined;
  readonly output: readonly string[];
  readonly misses: StageResult['misses'];
  readonly events: readonly ServiceEvent[];
  readonly problems: readonly string[];
  readonly sharedWith: readonly string[];
  readonly inputs: StageInputs | undefined;
};

/** What is told and kept of a stage that ended just now. */
export function stageResult({ name, verdict, seconds, started, counts, tests, exitCode, output, misses, events, problems, sharedWith, inputs }: StageFacts): StageResult {
  const failed = tests.filter(({ state }) => state === 'failed' || state === 'broken').slice(0, MOST_FAILED);
  return {
    name,
    state: verdict.state,
    ...(verdict.why !== undefined && { why: verdict.why }),
    seconds,
    tests: 0,
    failures: 0,
    skipped: 0,
    ...counts,
    cached: false,
    ...(exitCode !== undefined && { exitCode }),
    ...(verdict.state === 'failed' && failed.length === 0 && output.length > 0 && { output: [...output] }),
    started,
    ended: new Date().toISOString(),
    ...(failed.length > 0 && { failed }),
    ...(misses && misses.length > 0 && { misses }),
    ...(events.length > 0 && { events: [...events] }),
    ...(problems.length > 0 && { problems: [...problems] }),
    ...(sharedWith.length > 0 && { sharedWith: [...sharedWith] }),
    ...(inputs && { inputs }),
  };
}

/** Keeps how a stage ended for those that come later with the same inputs, and its tests. */
export async function keepOutcome({ result, tests }: { readonly result: StageResult; readonly tests: readonly TestResult[] }, run: string, runs: RunStore): Promise<void> {
  const { name, state, inputs, sharedWith } = result;
  await Promise.all([
    tests.length > 0 && runs.writeTests(run, name, tests),
    inputs && (state === 'passed' || state === 'failed') && runs.rememberOutcome(inputs.hash, { run, state }),
    // What others did to its services is in no digest.
    inputs && state === 'passed' && !sharedWith && runs.rememberPassed(inputs.hash, { run, result }),
  ]);
}
