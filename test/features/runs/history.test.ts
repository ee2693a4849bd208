import { expect, test } from 'vitest';
import { runStages, withProject } from './run-scene.ts';

const STAGES = `  good: { image: "debian:bookworm-slim", run: "true", allowEmpty: true }
  bad: { image: "debian:bookworm-slim", run: "echo 1..2; echo ok 1 - fine; echo not ok 2 - planted; exit 1", needs: [good] }
`;

test('only what failed is run again, with what it needs; and durations are told', () =>
  withProject({}, STAGES, async (scene) => {
    await expect(runStages(scene, [], { failed: true })).resolves.toMatchObject({ result: { ok: false, error: { code: 'usage' } } });
    const first = await runStages(scene);
    expect(first.stage('bad')).toMatchObject({ state: 'failed', failures: 1 });
    const again = await runStages(scene, [], { failed: true });
    expect(again.value?.stages.map(({ name }) => name)).toEqual(['good', 'bad']);
    expect(again.stage('bad').flaky).toBeUndefined();
    const { trends } = await scene.backlot.runs.list({ directory: scene.directory });
    expect(trends).toContainEqual(expect.objectContaining({ stage: 'bad', passed: 0, last: [expect.objectContaining({ run: first.value?.run }), expect.objectContaining({ run: again.value?.run })] }));
  }));

test('a test that differs on the same inputs is marked flaky, with its stage, and one that does not differ is not', () =>
  withProject({}, '  coin: { image: "debian:bookworm-slim", run: "echo 1..2; echo ok 1 - firm; if [ $(($(date +%s) / 4 % 2)) = 0 ]; then echo ok 2 - coin; else echo not ok 2 - coin; exit 1; fi" }\n', async (scene) => {
    const states = new Set<string>();
    for (;;) {
      const { stage, value } = await runStages(scene);
      states.add(stage('coin').state);
      if (states.size < 2) continue;
      expect(stage('coin').flaky).toBe(true);
      const { tests } = await scene.backlot.runs.show({ run: value?.run ?? '' });
      expect(tests.map(({ name, flaky }) => [name, flaky]).sort()).toEqual([['coin', true], ['firm', undefined]]);
      return;
    }
  }));

test('a stage that says which files it depends on is reused across revisions until one of them changes', () =>
  withProject({ 'used.js': 'one', 'README.md': 'first' }, '  unit: { run: "true", inputs: ["*.js"], cache: true, allowEmpty: true }\n', async (scene) => {
    const first = await runStages(scene);
    await scene.write({ 'README.md': 'second' });
    const second = await runStages(scene);
    expect(second.value?.revision).not.toBe(first.value?.revision);
    expect(second.stage('unit')).toMatchObject({ state: 'passed', cached: true, cachedFrom: first.value?.run });
    await scene.write({ 'used.js': 'two' });
    expect((await runStages(scene)).stage('unit')).toMatchObject({ state: 'passed', cached: false });
  }));
