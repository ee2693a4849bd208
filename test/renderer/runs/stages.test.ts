import { describe, expect, test } from 'vitest';
import type { OperationEvent } from '#contract/operations.ts';
import type { RunSummary, StageResult, TestResult } from '#contract/runs.ts';
import { kindOf, pictureType } from '../../../src-renderer/features/stages/artifact-kinds.ts';
import { buildInShort } from '../../../src-renderer/features/stages/build-words.ts';
import { shortValue } from '../../../src-renderer/features/stages/compare-words.ts';
import { eventsUntil, failedTests, heldResult, missesAround, screenshotsOf, windowOf } from '../../../src-renderer/features/stages/failure.ts';
import { heldStages } from '../../../src-renderer/features/stages/held-stages.ts';
import { durationsOf, factsOf, lookOfStage, stageRows, stageToOpen, sumsOf, timeOf } from '../../../src-renderer/features/stages/stage-rows.ts';
import { matchingTests, testRows, testTree } from '../../../src-renderer/features/stages/test-tree.ts';
import { testTime } from '../../../src-renderer/features/stages/test-words.ts';
import { NO_PROGRESS, withEvent } from '../../../src-renderer/state/operations.ts';

type News = OperationEvent extends infer Event ? (Event extends OperationEvent ? Omit<Event, 'time' | 'sequence'> : never) : never;
const second = (at: number) => new Date(at * 1000).toISOString();
const after = (...news: readonly (readonly [number, News])[]) => news.map(([at, one], index) => ({ ...one, time: second(at), sequence: index + 1 }) as OperationEvent).reduce(withEvent, NO_PROGRESS);
const stage = (name: string, state: 'waiting' | 'running' | 'passed' | 'failed' | 'held', more: object = {}): News => ({ type: 'stage', stage: name, run: 'r', state, ...more });
const told = (name: string, state: TestResult['state'], seconds = 0.5): News => ({ type: 'test', stage: 'unit', suite: ['prices'], name, state, seconds });
const result = (name: string, more: Partial<StageResult> = {}): StageResult => ({ name, state: 'passed', seconds: 2, tests: 3, failures: 0, skipped: 0, cached: false, ...more });
const run = (state: RunSummary['state'], ...stages: readonly StageResult[]): RunSummary => ({ run: 'r', project: 'p', directory: '/p', state, started: second(0), operation: 'o', who: 'mira', stages: [...stages] });
const project = { stageViews: [{ name: 'unit', needs: [], services: [] }, { name: 'browser', needs: ['unit'], services: [] }] };

describe('the stages of a run', () => {
  test('have their live state from events and their outcome from the record', () => {
    const progress = after([0, stage('unit', 'waiting')], [1, stage('unit', 'running')], [4, stage('unit', 'passed', { seconds: 3 })], [4, stage('browser', 'running')]);
    const rows = stageRows(project, run('running', result('unit')), progress);
    expect(rows.map((row) => [row.name, lookOfStage(row).label, factsOf(row)])).toEqual([
      ['unit', 'passed', '3 tests'],
      ['browser', 'running', 'running'],
    ]);
    expect(rows.map(timeOf)).toEqual([{ words: '2.0 s' }, { since: 4000 }]);
    expect(sumsOf(rows)).toBe('1 passed, 1 running');
  });

  test('count the tests that were told so far', () => {
    const rows = stageRows(project, run('running'), after([0, stage('unit', 'running')], [1, told('adds', 'passed')], [2, told('rounds', 'failed')]));
    expect(rows.map(factsOf)).toEqual(['1 of 2 tests failed', 'not run']);
  });

  test('that were going on when the run was killed are cancelled, never running for ever', () => {
    const [row] = stageRows(project, run('lost'), after([0, stage('unit', 'running')]));
    expect(row?.state).toBe('cancelled');
  });

  test('a stage that the file does not have any more is shown all the same', () => {
    expect(stageRows(project, run('passed', result('old')), NO_PROGRESS).map(({ name }) => name)).toEqual(['unit', 'browser', 'old']);
  });

  test('the one that failed is opened first', () => {
    const rows = stageRows(project, run('failed', result('unit'), result('browser', { state: 'failed' })), NO_PROGRESS);
    expect(stageToOpen(rows)?.name).toBe('browser');
  });

  test('a trend leaves out what was reused', () => {
    expect(durationsOf('unit', [run('passed', result('unit', { seconds: 5 })), run('passed', result('unit', { cached: true, seconds: 0 })), run('passed', result('unit', { seconds: 4 }))])).toEqual([4, 5]);
  });
});

const one = (suite: readonly string[], name: string, state: TestResult['state'] = 'passed', seconds?: number): TestResult => ({ suite: [...suite], name, state, ...(seconds !== undefined && { seconds }) });

describe('the tree of tests', () => {
  const tests = [one(['a'], 'first', 'passed', 0.2), one(['b', 'inner'], 'second', 'failed', 1), one(['a'], 'third', 'skipped'), one(['b'], 'fourth', 'passed', 0.5), one([], 'loose')];

  test('has suites with counts and durations, those with failures first', () => {
    const tree = testTree(tests);
    expect(tree).toMatchObject({ count: 5, failures: 1, skipped: 1, seconds: 1.7 });
    expect(tree.suites.map(({ name, count, failures, seconds }) => [name, count, failures, seconds])).toEqual([
      ['b', 2, 1, 1.5],
      ['a', 2, 0, 0.2],
    ]);
  });

  test('shows what is in open suites only, failed tests above passed ones', () => {
    const names = (rows: ReturnType<typeof testRows>) => rows.map((row) => (row.kind === 'suite' ? row.node.name : row.test.name));
    expect(names(testRows(testTree(tests), ({ failures }) => failures > 0))).toEqual(['b', 'inner', 'second', 'fourth', 'a', 'loose']);
  });

  test('suites of the same name in different places stay apart', () => {
    const keys = testRows(testTree([one(['x', 'y'], '1'), one(['z', 'y'], '2')]), () => true).map((row) => (row.kind === 'suite' ? row.node.key : row.key));
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('is filtered by suite and name', () => {
    expect(matchingTests(tests, 'INNER').map(({ name }) => name)).toEqual(['second']);
  });

  test('ten thousand tests in one suite are grouped at once', () => {
    expect(testTree(Array.from({ length: 10_000 }, (_, index) => one(['a'], `${index}`))).count).toBe(10_000);
  });
});

describe('a failure', () => {
  const failed = result('unit', { state: 'failed', started: second(100), ended: second(200), failed: [one(['prices'], 'rounds', 'failed', 2)] });

  test('has the tests of the report, else the first that the result names', () => {
    expect(failedTests('unit', failed, undefined).map(({ name }) => name)).toEqual(['rounds']);
    expect(failedTests('unit', failed, { tests: [{ ...one([], 'x', 'broken'), stage: 'unit' }, { ...one([], 'y', 'failed'), stage: 'browser' }] }).map(({ name }) => name)).toEqual(['x']);
  });

  test('has the time of its test where that was told while the stage ran', () => {
    const live = after([100, stage('unit', 'running')], [150, told('adds', 'passed')], [170, told('rounds', 'failed', 4)]).stages['unit'];
    expect(windowOf(one(['prices'], 'rounds', 'failed', 4), live, failed)).toEqual({ window: { from: 165_000, to: 171_000 }, exact: true });
  });

  test('has the time of its stage where all tests were told at its end', () => {
    const live = after([100, stage('unit', 'running')], [200, told('adds', 'passed')], [200, told('rounds', 'failed')]).stages['unit'];
    expect(windowOf(one(['prices'], 'rounds', 'failed', 0.5), live, failed)).toEqual({ window: { from: 99_000, to: 201_000 }, exact: false });
  });

  test('has the time of its test long after its run, where that is kept', () => {
    const kept = { ...one(['prices'], 'rounds', 'failed', 4), ended: second(170) };
    expect(windowOf(kept, undefined, failed)).toEqual({ window: { from: 165_000, to: 171_000 }, exact: true });
    const live = after([100, stage('unit', 'running')], [200, told('adds', 'passed')], [200, told('rounds', 'failed', 4)]).stages['unit'];
    expect(windowOf(kept, live, failed)).toMatchObject({ window: { to: 171_000 }, exact: true });
    expect(windowOf(one(['prices'], 'rounds', 'failed', 4), undefined, failed)).toEqual({ window: { from: 99_000, to: 201_000 }, exact: false });
  });

  test('tells of names that were asked for in vain whether that was before, while or after its test ran', () => {
    const miss = (at: number) => ({ name: 'pay.shop.example', caller: 'app', set: 'unit', count: 1, last: second(at), types: ['A'], kind: 'blocked' as const });
    expect(missesAround({ from: 165_000, to: 171_000 }, [miss(120), miss(170), miss(180)]).map(({ when }) => when)).toEqual(['before', 'within', 'after']);
    expect(missesAround(undefined, [miss(120)])).toMatchObject([{ when: 'within' }]);
  });

  test('that is held is known from what was told, before its result is written down', () => {
    const live = after([100, stage('unit', 'running')], [150, told('adds', 'passed')], [170, told('rounds', 'failed', 4)], [171, stage('unit', 'held')]).stages['unit'];
    expect(heldResult({ name: 'unit', live })).toMatchObject({ state: 'failed', tests: 2, failures: 1, failed: [{ name: 'rounds' }] });
    expect(heldResult({ name: 'unit', live: undefined })).toBeUndefined();
  });

  test('has what befell services until its test ended, also before it began', () => {
    const event = (at: number) => ({ time: second(at), service: 'db', kind: 'ended' as const, exitCode: 1 });
    const until = eventsUntil({ from: 165_000, to: 171_000 }, [event(120), event(170), event(180)]);
    expect(until.map(({ time, within }) => [time, within])).toEqual([[second(120), false], [second(170), true]]);
    expect(eventsUntil(undefined, [event(120)])).toMatchObject([{ within: true }]);
  });

  test('that is held has its outcome already, and can be entered where it ran and in its services', () => {
    const progress = after([0, stage('unit', 'running')], [1, { type: 'service', stage: 'unit', service: 'db', state: 'ready' }], [2, stage('unit', 'held')]);
    const [row] = stageRows(project, run('held', result('unit', { state: 'failed' })), progress);
    expect([row?.state, row?.result?.state]).toEqual(['held', 'failed']);
    expect(heldStages(progress)).toEqual([{ stage: 'unit', services: ['db'] }]);
  });

  test('shows the picture that is named after its test first', () => {
    const artifact = (path: string) => ({ stage: 'browser', path, bytes: 10 });
    expect(screenshotsOf('browser', one([], 'A voucher takes ten percent', 'failed'), [artifact('a/start.png'), artifact('a/voucher-percent.png'), artifact('notes.txt')]).map(({ path }) => path)).toEqual(['a/voucher-percent.png', 'a/start.png']);
    const taken = ['browser/10-00-01-0.png', 'browser/10-00-03-2.png', 'browser/10-00-02-1.png', 'start.png'].map(artifact);
    expect(screenshotsOf('browser', one([], 'pays', 'failed'), taken).map(({ path }) => path)).toEqual(['browser/10-00-03-2.png', 'browser/10-00-02-1.png', 'start.png']);
  });
});

test('artifacts are looked at by what they are, and large ones are not fetched', () => {
  expect(['a.PNG', 'b.log', 'c.zip', '.png'].map((path) => kindOf({ path, bytes: 10 }))).toEqual(['picture', 'text', 'other', 'picture']);
  expect(kindOf({ path: 'a.png', bytes: 9 * 1024 ** 2 })).toBe('other');
  expect(pictureType('x/y.jpeg')).toBe('image/jpeg');
});

test('a build tells its steps and what the cache gave', () => {
  const step = (number: string, state: 'running' | 'cached' | 'done' | 'failed'): News => ({ type: 'build', image: 'i', step: number, name: `step ${number}`, state });
  expect(buildInShort(after([0, step('1', 'cached')], [1, step('2', 'running')], [2, step('2', 'done')]).steps)).toBe('2 steps, 1 from the cache');
  expect(buildInShort(after([0, step('1', 'failed')]).steps)).toBe('failed at step 1');
});

test('short times are in milliseconds, digests are cut', () => {
  expect([testTime(0.0034), testTime(1.2), shortValue(`sha256:${'ab'.repeat(32)}`), shortValue('npm test')]).toEqual(['3 ms', '1.2 s', 'abababababab', 'npm test']);
});
