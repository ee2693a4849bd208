import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
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

const reused = (name: string, from: number) => ({ ...stage(name, 'passed', true), cachedFrom: run(from).run });

test('a run stays for as long as others have the files of its stages, and what is gone is not reused', () =>
  withStore(async (open) => {
    const store = open(5);
    const has = async (number: number) => (await store.readArtifact(run(number).run, 'unit', 'out.txt', 100))?.bytes;
    const keep = async (one: RunSummary) => {
      await store.begin(one);
      const isOwn = one.stages.some(({ cached }) => !cached);
      if (isOwn) await store.putArtifact(one.run, 'unit', 'out.txt', (async function* () { yield Buffer.from('kept'); })());
      if (isOwn) await store.rememberPassed(one.run.slice(7, 13), { run: one.run, result: stage('unit') });
      await store.end(one);
    };
    for (const number of [1, 2]) await keep(run(number));
    // Of another checkout of the same project as well.
    for (const number of [3, 4, 5, 6, 7]) await keep(run(number, { stages: [reused('unit', 1)], directory: number === 3 ? '/shop-too' : '/shop' }));
    await keep(run(8));
    expect(await Promise.all([1, 3, 7].map(has))).toEqual([4, 4, 4]);
    expect((await store.passedWith('000001'))?.run).toBe(run(1).run);
    for (const number of [9, 10, 11, 12, 13]) await keep(run(number));
    expect(await has(3)).toBe(4);
    // With the last that reused it, it goes.
    for (const number of [14, 15, 16, 17, 18, 19]) await keep(run(number, { directory: '/shop-too' }));
    await keep(run(20));
    expect([await store.read(run(3).run), await store.read(run(1).run), await store.passedWith('000001')]).toEqual([undefined, undefined, undefined]);
    expect((await store.passedWith('000020'))?.run).toBe(run(20).run);
  }));

test('what still goes on, what was lost, and what a stage last passed in stays, however old', () => {
  const old = [run(9, { state: 'held' }), run(8), run(7, { stages: [stage('live')] }), run(6, { stages: [stage('live')] }), run(5, { stages: [stage('browser', 'passed', true)] }), run(4, { state: 'lost', stages: [] }), run(3, { state: 'failed', stages: [stage('unit', 'failed')] })];
  expect(runsToForget(old, new Set(['unit']))).toEqual([8, 6, 5, 3].map((number) => run(number).run));
  expect([keptRuns(undefined), keptRuns('50'), keptRuns('-1'), keptRuns('many')]).toEqual([1_000, 50, 1_000, 1_000]);
});

test('what cannot be written where somebody wants it is told of that place, not of Backlot’s own folder', () =>
  withStore(async (open, state) => {
    const store = open();
    await store.end(run(1));
    await store.putArtifact(run(1).run, 'unit', 'log.txt', Readable.from([new Uint8Array(1)]) as AsyncIterable<Uint8Array>);
    await store.writeFile(join(state, 'file'), '');
    const told = { code: 'command-failed', message: expect.stringMatching(/file\/below cannot be written$/) as string, fix: 'Check that you may write to its folder.' };
    await expect(store.writeFile(join(state, 'file/below'), '')).rejects.toMatchObject(told);
    await expect(store.exportTo(run(1).run, join(state, 'file/below'))).rejects.toMatchObject({ ...told, message: expect.stringMatching(/file\/below\/unit cannot be written$/) as string });
  }));
