import type { TestResult } from '#contract/runs.ts';

/** Milliseconds: many reports tell whole seconds, and clocks and printing lag. */
const MARGIN = 1000;

/** Tests whose ends are the times at which they were printed: a suite that prints all at once says nothing by that. Pure. */
export function toldInTime(tests: readonly TestResult[]): readonly TestResult[] {
  const ends = tests.flatMap(({ ended }) => (ended === undefined ? [] : Date.parse(ended)));
  const [first = 0] = ends;
  return ends.some((end) => Math.abs(end - first) > MARGIN) ? tests : tests.map(withoutEnd);
}

/** Tests of a report, which may be older than the stage, and whose clock may be another: an end is known only where the test lies within the stage's own time. Pure. */
export function endedWithin(tests: readonly TestResult[], { from, to }: { readonly from: number; readonly to: number }): readonly TestResult[] {
  return tests.map((test) => {
    if (test.ended === undefined) return test;
    const end = Date.parse(test.ended);
    return end - (test.seconds ?? 0) * 1000 >= from - MARGIN && end <= to + MARGIN ? test : withoutEnd(test);
  });
}

function withoutEnd({ ended: _unknown, ...test }: TestResult): TestResult {
  return test;
}
