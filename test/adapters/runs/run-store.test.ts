import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRunStore } from '#adapters/runs/run-store.ts';
import { keptRuns, runsToForget } from '#adapters/runs/runs-to-forget.ts';
import { findPaths } from '#adapters/state/paths.ts';
import type { RunSummary } from '#contract/runs.ts';

const counts = { seconds: 1, tests: 1, failures: 0, skipped: 0 };
const stage = (name: string, state: 'passed' | 'failed' = 'passed', cached = false) => ({ name, state, cached, ...counts });
const run = (number: number, more: Partial<RunSummary> = {}): RunSummary => ({
  run: `261121-${String(number).padStart(6, '0')}-aaaaaa`,
  project: 'shop',
  directory: '/shop',
  state: 'passed',
  started: '2026-11-21T10:00:00.000Z',
  operation: 'op',
  who: 'me',
  stages: [stage('unit')],
  ...more,
});

async function withStore(body: (open: (kept?: number) => ReturnType<typeof createRunStore>, state: string) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'runs-'));
  const paths = findPaths({ BACKLOT_HOME: home });
  try {
    await body((kept) => createRunStore({ paths, ...(kept !== undefined && { kept }) }), paths.state);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

test('the latest runs of a project are listed, whatever others have, and as well where the index has to be made first', () =>
  withStore(async (open, state) => {
    const store = open();
    for (let number = 0; number < 40; number++) await store.end({ ...run(number), directory: number % 4 === 0 ? '/shop' : '/other' });
    await rm(join(state, 'runs-by-project'), { recursive: true, force: true });
    const expected = [36, 32, 28].map((number) => run(number).run);
    expect((await open().list('/shop', 3)).map((one) => one.run)).toEqual(expected);
    const next = run(50);
    await store.begin(next);
    expect((await open().list('/shop', 3)).map((one) => one.run)).toEqual([next.run, ...expected.slice(0, 2)]);
    expect(await open().list('/shop', 100)).toHaveLength(11);
    expect(await open().list('/nobody', 100)).toEqual([]);
  }));

test('the oldest runs go when there are too many of a project, with all that is kept of them, and not those of another', () =>
  withStore(async (open, state) => {
    const store = open(10);
    await store.begin({ ...run(0), directory: '/other' });
    for (let number = 1; number <= 12; number++) {
      const one = run(number, number === 2 ? { stages: [stage('unit'), stage('browser')] } : {});
      await store.begin(one);
      await store.writeTests(one.run, 'unit', []);
      await store.end(one);
    }
    // The second is the last in which the browser stage passed.
    const left = [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2].map((number) => run(number).run);
    expect((await store.list('/shop', 100)).map((one) => one.run)).toEqual(left);
    expect((await readdir(join(state, 'runs'))).sort()).toEqual([run(0).run, ...left.toReversed()]);
  }));

test('what still goes on, what was lost, and what a stage last passed in stays, however old', () => {
  const old = [run(9, { state: 'held' }), run(8), run(7, { stages: [stage('live')] }), run(6, { stages: [stage('live')] }), run(5, { stages: [stage('browser', 'passed', true)] }), run(4, { state: 'lost', stages: [] }), run(3, { state: 'failed', stages: [stage('unit', 'failed')] })];
  expect(runsToForget(old, new Set(['unit']))).toEqual([8, 6, 5, 3].map((number) => run(number).run));
  expect([keptRuns(undefined), keptRuns('50'), keptRuns('-1'), keptRuns('many')]).toEqual([1_000, 50, 1_000, 1_000]);
});
