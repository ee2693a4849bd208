import type { StageResult, TestResult } from './runs.ts';

/** Milliseconds since the epoch; `exact` where it is the test's own time, else it is that of its whole stage. */
export type TestWindow = { readonly from: number; readonly to: number; readonly exact: boolean };

/** When a test ran, as far as that is known. */
export function windowOfTest(test: Pick<TestResult, 'ended' | 'seconds'> | undefined, stage: Pick<StageResult, 'started' | 'ended'>): TestWindow | undefined {
  if (test?.ended !== undefined && test.seconds !== undefined) {
    const to = Date.parse(test.ended);
    return { from: to - test.seconds * 1000, to, exact: true };
  }
  if (stage.started === undefined || stage.ended === undefined) return undefined;
  return { from: Date.parse(stage.started), to: Date.parse(stage.ended), exact: false };
}
