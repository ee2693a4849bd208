import type { TestResult } from '#contract/runs.ts';

type Test = Pick<TestResult, 'suite' | 'name' | 'state' | 'seconds' | 'message' | 'detail' | 'file' | 'line' | 'flaky'>;

/** A suite with the suites and tests in it, those that did not pass first. */
export type SuiteNode = {
  readonly key: string;
  readonly name: string;
  readonly suites: readonly SuiteNode[];
  readonly tests: readonly Test[];
  readonly count: number;
  readonly failures: number;
  readonly skipped: number;
  readonly seconds: number | undefined;
};

export type TestRow =
  | { readonly kind: 'suite'; readonly depth: number; readonly node: SuiteNode }
  | { readonly kind: 'test'; readonly depth: number; readonly key: string; readonly test: Test };

const ORDER: Record<TestResult['state'], number> = { failed: 0, broken: 0, skipped: 2, passed: 1 };

export const isBad = ({ state }: Pick<TestResult, 'state'>): boolean => ORDER[state] === 0;

/** The suites of a stage as a tree. What came in the same state keeps its order. */
export function testTree(tests: readonly Test[]): SuiteNode {
  return grow('', [], tests, 0);
}

function grow(name: string, path: readonly string[], tests: readonly Test[], depth: number): SuiteNode {
  const own = tests.filter(({ suite }) => suite.length === depth);
  const inner = new Map<string, Test[]>();
  for (const test of tests) {
    const next = test.suite[depth];
    if (next === undefined) continue;
    const known = inner.get(next);
    if (known) known.push(test);
    else inner.set(next, [test]);
  }
  const suites = [...inner].map(([suite, within]) => grow(suite, [...path, suite], within, depth + 1));
  const timed = tests.flatMap(({ seconds }) => seconds ?? []);
  return {
    key: JSON.stringify(path),
    name,
    suites: suites.toSorted((one, other) => Number(other.failures > 0) - Number(one.failures > 0)),
    tests: own.toSorted((one, other) => ORDER[one.state] - ORDER[other.state]),
    count: tests.length,
    failures: tests.filter(isBad).length,
    skipped: tests.filter(({ state }) => state === 'skipped').length,
    seconds: timed.length > 0 ? timed.reduce((sum, seconds) => sum + seconds, 0) : undefined,
  };
}

/** The rows to show: what is in a suite that is open. A suite with failures is open from the start, and all are where they are few. */
export function testRows(root: SuiteNode, isOpen: (node: SuiteNode) => boolean): readonly TestRow[] {
  const within = (node: SuiteNode, depth: number): TestRow[] => [
    ...node.tests.filter(isBad).map((test, index) => rowOf(node, test, `bad ${index}`, depth)),
    ...node.suites.flatMap((suite): TestRow[] => [{ kind: 'suite', depth, node: suite }, ...(isOpen(suite) ? within(suite, depth + 1) : [])]),
    ...node.tests.filter((test) => !isBad(test)).map((test, index) => rowOf(node, test, `${index}`, depth)),
  ];
  return within(root, 0);
}

function rowOf({ key }: SuiteNode, test: Test, place: string, depth: number): TestRow {
  return { kind: 'test', depth, key: `${key} ${place}`, test };
}

/** The tests whose name or suites hold the text. */
export function matchingTests<Item extends Test>(tests: readonly Item[], text: string): readonly Item[] {
  const wanted = text.trim().toLowerCase();
  return wanted === '' ? tests : tests.filter(({ suite, name }) => [...suite, name].join(' › ').toLowerCase().includes(wanted));
}
