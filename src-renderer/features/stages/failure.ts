import type { Miss } from '#contract/names.ts';
import type { Artifact, RunDetails, ServiceEvent, StageResult, TestResult } from '#contract/runs.ts';
import { windowOfTest } from '#contract/test-window.ts';
import type { StageProgress } from '../../state/operations.ts';
import { kindOf } from './artifact-kinds.ts';
import type { StageRow } from './stage-rows.ts';
import { isBad } from './test-tree.ts';
import type { TimeWindow } from './use-run-log.ts';

export type FailedTest = Omit<TestResult, 'stage'>;

/** What did not pass, in the order of the report; the whole list where it is known already, else the first of them. */
export function failedTests(stage: string, result: StageResult, details: Pick<RunDetails, 'tests'> | undefined): readonly FailedTest[] {
  const all = details?.tests.filter((test) => test.stage === stage && isBad(test));
  return all && all.length > 0 ? all : (result.failed ?? []);
}

/** What is known of a stage that is held: its result is written down when the hold is over. */
export function heldResult({ name, live }: Pick<StageRow, 'name' | 'live'>): StageResult | undefined {
  if (live?.event.state !== 'held') return undefined;
  const failed = live.tests.filter(isBad).map(({ suite, name: test, state, seconds, message }) => ({ suite, name: test, state, ...(seconds !== undefined && { seconds }), ...(message !== undefined && { message }) }));
  return { name, state: 'failed', seconds: 0, tests: live.tests.length, failures: failed.length, skipped: 0, cached: false, failed, ...(live.event.why !== undefined && { why: live.event.why }) };
}

/** So much before and after a test belongs to it too: clocks and printing lag. */
const MARGIN = 1000;

/** When a failed test ran: as it was told while the stage ran, else as it is kept, else the stage's whole time. Told long after its end, it says nothing. */
export function windowOf(test: FailedTest | undefined, live: StageProgress | undefined, result: Pick<StageResult, 'started' | 'ended'>): { readonly window: TimeWindow | undefined; readonly exact: boolean } {
  const told = test && live?.tests.find(({ name, suite, state }) => name === test.name && state === test.state && suite.join() === test.suite.join());
  const spread = told && live?.tests.some(({ time }) => Math.abs(Date.parse(time) - Date.parse(told.time)) > MARGIN);
  if (told && spread && test.seconds !== undefined) {
    return widened(windowOfTest({ ended: told.time, seconds: test.seconds }, result));
  }
  return widened(windowOfTest(test, result));
}

function widened(found: ReturnType<typeof windowOfTest>): ReturnType<typeof windowOf> {
  return found ? { window: { from: found.from - MARGIN, to: found.to + MARGIN }, exact: found.exact } : { window: undefined, exact: false };
}

export type TimedEvent = ServiceEvent & { readonly within: boolean };

/** Events shown at once, the latest of them. */
const MOST_EVENTS = 12;

/** What befell the services before the window's end: a cause may lie before the test. */
export function eventsUntil(window: TimeWindow | undefined, events: readonly ServiceEvent[]): readonly TimedEvent[] {
  const at = ({ time }: ServiceEvent) => Date.parse(time);
  return events.filter((event) => !window || at(event) <= window.to).slice(-MOST_EVENTS).map((event) => ({ ...event, within: !window || at(event) >= window.from }));
}

export type TimedMiss = Miss & { readonly when: 'before' | 'within' | 'after' };

/** Names that were asked for in vain, by when that was last. */
export function missesAround(window: TimeWindow | undefined, misses: readonly Miss[]): readonly TimedMiss[] {
  return misses.map((miss) => {
    const at = Date.parse(miss.last);
    return { ...miss, when: window && at < window.from ? 'before' : window && at > window.to ? 'after' : 'within' };
  });
}

/** Pictures of a failure: those whose name tells of the test first. */
export function screenshotsOf(stage: string, test: FailedTest | undefined, artifacts: readonly Artifact[]): readonly Artifact[] {
  const words = test ? wordsOf(test.name) : [];
  const score = ({ path }: Artifact) => words.filter((word) => path.toLowerCase().includes(word)).length;
  const pictures = artifacts.filter((artifact) => artifact.stage === stage && kindOf(artifact) === 'picture');
  // Those that Backlot took while it ran are named by their time: the last ones show the failure.
  const taken = pictures.filter(({ path }) => path.startsWith(TAKEN)).toSorted((one, other) => other.path.localeCompare(one.path));
  const own = pictures.filter(({ path }) => !path.startsWith(TAKEN)).toSorted((one, other) => score(other) - score(one));
  return [...own.filter((one) => score(one) > 0), ...taken.slice(0, 2), ...own.filter((one) => score(one) === 0)].slice(0, 4);
}

/** Where the pictures lie that Backlot took of the browser. */
const TAKEN = 'browser/';

function wordsOf(name: string): readonly string[] {
  return name.toLowerCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 3);
}
