import { readFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRunStore } from '#adapters/runs/run-store.ts';
import { findPaths } from '#adapters/state/paths.ts';
import { git, runStages, withProject } from './run-scene.ts';

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

test('a stage is run again when a file that its services mount is another, which no revision tells', () =>
  withProject(
    { '.gitignore': 'local-*\n', 'local-extra.conf': '# one', 'compose.override.yaml': 'services: { cache: { volumes: ["./local-extra.conf:/etc/extra.conf"], configs: [told] } }\nconfigs: { told: { file: ./local-told } }\n', 'local-told': 'one' },
    '  data: { image: "debian:bookworm-slim", run: "true", services: [cache], inputs: [compose.yaml], cache: true, allowEmpty: true }\n',
    async (scene) => {
      await scene.write({ 'backlot.yaml': (await readFile(join(scene.directory, 'backlot.yaml'), 'utf8')).replace('[compose.yaml]', '[compose.yaml, compose.override.yaml]') });
      const first = await runStages(scene);
      expect(first.stage('data'), JSON.stringify(first.result)).toMatchObject({ state: 'passed', cached: false });
      expect((await runStages(scene)).stage('data').cached).toBe(true);
      await scene.write({ 'local-extra.conf': '# two' });
      const second = await runStages(scene);
      expect(second.stage('data').cached).toBe(false);
      const { differences } = await scene.backlot.runs.compare({ a: first.value?.run ?? '', b: second.value?.run ?? '' });
      expect(differences.map(({ what }) => what)).toEqual(['mounted files']);
      await scene.write({ 'local-told': 'two' });
      expect((await runStages(scene)).stage('data').cached).toBe(false);
    },
  ));

test('of a run whose image could not be built, everything failed, and its report says why', () =>
  withProject({ Dockerfile: 'FROM node:20-slim\nRUN false\n' }, '  unit: { run: "true" }\n', async (scene) => {
    const junit = join(scene.home, 'junit.xml');
    expect((await runStages(scene, [], { junit })).result).toMatchObject({ ok: false, error: { code: 'build-failed' } });
    expect(await readFile(junit, 'utf8')).toMatch(/<testsuite name="unit" tests="1" failures="1"[\s\S]*<failure message="it was not run: [^"]*RUN false/);
    expect((await runStages(scene, [], { failed: true })).result).toMatchObject({ ok: false, error: { code: 'build-failed' } });
  }));

const JS_ONLY = '  unit: { run: "true", inputs: ["*.js"], cache: true, allowEmpty: true }\n';

test('an image that was not built here has to pass by itself, and is of no revision that it does not say', () =>
  withProject({ 'used.js': 'one' }, JS_ONLY, async (scene) => {
    await runStages(scene);
    const other = await runStages(scene, [], { image: 'debian:bookworm-slim' });
    expect(other.stage('unit')).toMatchObject({ state: 'passed', cached: false });
    const store = createRunStore({ paths: findPaths({ BACKLOT_HOME: scene.home }) });
    const evidence = await store.readEvidence(other.value?.digest ?? '');
    expect(evidence).toMatchObject({ stages: [{ stage: 'unit', run: other.value?.run }] });
    expect(evidence?.revision).toBeUndefined();
  }));

test('evidence has what passed and failed on the tested image, also where a Compose service is it, with its inputs and counts', () =>
  withProject(
    { 'server.js': "require('node:http').createServer((_q, r) => r.end('shop')).listen(8080);", 'compose.override.yaml': 'services: { shop: { build: ., stop_grace_period: 0s } }\n' },
    `  good: { image: "debian:bookworm-slim", run: "echo 1..2; echo ok 1 - one; echo 'ok 2 - two # SKIP'", services: [shop] }
  bad: { image: "debian:bookworm-slim", run: "echo 1..1; echo not ok 1 - planted; exit 1", services: [shop] }
  aside: { image: "debian:bookworm-slim", run: "true", allowEmpty: true }
`,
    async (scene) => {
      await scene.write({ 'backlot.yaml': (await readFile(join(scene.directory, 'backlot.yaml'), 'utf8')).replace('[compose.yaml]', '[compose.yaml, compose.override.yaml]') });
      await git(scene.directory, 'commit', '--all', '--quiet', '--message=shop');
      const { value, stage } = await runStages(scene);
      expect([stage('good').state, stage('bad').state, stage('aside').state]).toEqual(['passed', 'failed', 'passed']);
      const evidence = await createRunStore({ paths: findPaths({ BACKLOT_HOME: scene.home }) }).readEvidence(value?.digest ?? '');
      const entry = (name: string) => ({ stage: name, run: value?.run, inputs: stage(name).inputs?.hash, seconds: stage(name).seconds, time: stage(name).ended, where: `${userInfo().username}@${hostname()}` });
      const revision = await git(scene.directory, 'rev-parse', 'HEAD');
      expect({ ...evidence, stages: evidence?.stages.toSorted((one, other) => (one.stage < other.stage ? 1 : -1)) }).toEqual({
        schema: 1,
        digest: value?.digest,
        image: `${scene.name}/app:${revision}`,
        revision,
        dirty: false,
        platform: expect.stringMatching(/^linux\/\w+/),
        stages: [
          { ...entry('good'), tests: 2, failures: 0, skipped: 1 },
          { ...entry('bad'), tests: 1, failures: 1, skipped: 0, passed: false },
        ],
      });
    },
  ));

test('what failed since on the same inputs is run again', () =>
  withProject({ 'used.js': 'one' }, JS_ONLY, async (scene) => {
    const first = await runStages(scene);
    const store = createRunStore({ paths: findPaths({ BACKLOT_HOME: scene.home }) });
    await store.rememberOutcome(first.stage('unit').inputs?.hash ?? '', { run: 'other', state: 'failed' });
    expect((await runStages(scene)).stage('unit')).toMatchObject({ state: 'passed', cached: false, flaky: true });
    expect((await store.readEvidence(first.value?.digest ?? ''))?.revision).toBe(await git(scene.directory, 'rev-parse', 'HEAD'));
  }));
