import type { StageResult, TestResult } from '#contract/runs.ts';
import type { RunStore } from '#ports/run-store.ts';

/** Earlier outcomes on the same inputs that are held against a new one. */
const MOST_COMPARED = 5;

type Outcome = { readonly result: StageResult; readonly tests: readonly TestResult[] };

/** Marks a stage, and its tests, that ended otherwise on the same inputs before. */
export async function markFlaky({ result, tests }: Outcome, runs: RunStore): Promise<Outcome> {
  const { inputs, name, state } = result;
  if (!inputs || (state !== 'passed' && state !== 'failed')) return { result, tests };
  const before = (await runs.outcomesOf(inputs.hash)).slice(0, MOST_COMPARED);
  const earlier = await Promise.all(before.map(async (one) => runs.readTests(one.run, name)));
  const marked = markTests(tests, earlier);
  const isFlaky = before.some((one) => one.state !== state) || marked.some(({ flaky }) => flaky);
  const failed = marked.filter((test) => isBad(test)).slice(0, result.failed?.length ?? 0);
  return { tests: marked, result: { ...result, ...(isFlaky && { flaky: true }), ...(failed.length > 0 && { failed }) } };
}

/** Pure. */
function markTests(tests: readonly TestResult[], earlier: readonly (readonly TestResult[])[]): TestResult[] {
  const known = new Map<string, Set<boolean>>();
  for (const test of earlier.flat()) {
    if (test.state === 'skipped') continue;
    known.set(keyOf(test), (known.get(keyOf(test)) ?? new Set()).add(isBad(test)));
  }
  return tests.map((test) => (test.state !== 'skipped' && known.get(keyOf(test))?.has(!isBad(test)) ? { ...test, flaky: true } : test));
}

const keyOf = ({ suite, name }: TestResult) => JSON.stringify([...suite, name]);
const isBad = ({ state }: TestResult) => state === 'failed' || state === 'broken';
