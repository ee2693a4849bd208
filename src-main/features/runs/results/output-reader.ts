import type { TestCounts, TestResult } from '#contract/runs.ts';
import { SpecReader } from './spec-reporter.ts';
import { summaryIn } from './summaries.ts';
import { TapReader } from './tap.ts';
import { toldInTime } from '../test-times.ts';

 
const COLOURS = /\u001b\[[0-9;:]*[A-Za-z]/g;
const LONGEST_LINE = 2_000;
const MOST_TESTS = 100_000;
const LAST_LINES = 10;
const LONGEST_LAST = 300;

export type OutputResults = { readonly counts: TestCounts; readonly tests: readonly TestResult[] };

/** Finds tests in what a stage prints: TAP, node's reporter, and the last lines of the usual runners. */
export class OutputReader {
  private readonly found = { tap: [] as TestResult[], spec: [] as TestResult[] };
  private readonly tap = new TapReader((test) => this.add('tap', test));
  private readonly spec = new SpecReader((test) => this.add('spec', test));
  private readonly onTest: (test: TestResult) => void;
  private readonly latest: string[] = [];
  private time: string | undefined;
  private totals: Record<string, number> = {};
  private summary: TestCounts = { tests: 0, failures: 0, skipped: 0 };

  constructor(onTest: (test: TestResult) => void = () => {}) {
    this.onTest = onTest;
  }

  /** With the time at which it was printed. */
  push(raw: string, time?: string): void {
    this.time = time;
    const line = raw.slice(0, LONGEST_LINE).replaceAll(COLOURS, '').trimEnd();
    if (line !== '' && this.latest.push(line.slice(0, LONGEST_LAST)) > LAST_LINES) this.latest.shift();
    // Node prints its totals in both of its formats.
    const [, word, count] = /^(?:#|ℹ) (tests|suites|pass|fail|cancelled|skipped|todo) (\d+)$/u.exec(line) ?? [];
    if (word !== undefined) this.totals[word] = (this.totals[word] ?? 0) + Number(count);
    this.tap.push(line, time);
    this.spec.push(line);
    const summary = summaryIn(line);
    if (summary) this.summary = plus(this.summary, summary);
  }

  /** The last lines that say anything. */
  get last(): readonly string[] {
    return this.latest;
  }

  end(): OutputResults {
    this.tap.end();
    const tests = toldInTime(this.tap.isTap ? this.found.tap : this.found.spec);
    if (this.totals['tests'] !== undefined && this.totals['pass'] !== undefined) {
      const { tests: all = 0, fail = 0, cancelled = 0, skipped = 0 } = this.totals;
      return { counts: { tests: all, failures: fail + cancelled, skipped }, tests };
    }
    return tests.length > 0 ? { counts: countTests(tests), tests } : { counts: this.summary, tests: [] };
  }

  private add(kind: 'tap' | 'spec', told: TestResult): void {
    if (this.found[kind].length >= MOST_TESTS) return;
    // What is TAP is told with the line after it.
    const ended = kind === 'tap' ? told.ended : this.time;
    const test = ended === undefined ? told : { ...told, ended: new Date(ended).toISOString() };
    this.found[kind].push(test);
    if (kind === 'spec' || this.tap.isTap) this.onTest(test);
  }
}

export function countTests(tests: readonly TestResult[]): TestCounts {
  const count = (...states: readonly TestResult['state'][]) => tests.filter(({ state }) => states.includes(state)).length;
  return { tests: tests.length, failures: count('failed', 'broken'), skipped: count('skipped') };
}

function plus(one: TestCounts, other: TestCounts): TestCounts {
  return { tests: one.tests + other.tests, failures: one.failures + other.failures, skipped: one.skipped + other.skipped };
}
