import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunResult } from '#contract/runs.ts';
import { judge } from '#features/runs/judge.ts';
import { docker } from '../../support/backlot.ts';
import { git, leftOf, runStages, withProject } from './run-scene.ts';

const BASH = 'debian:bookworm-slim';
const stage = (run: string, more = '') => `{ image: "${BASH}", run: ${JSON.stringify(run)}${more} }`;

test('a service that the kernel ends for its memory while the stage runs is told as that, with its time', () =>
  withProject(
    { 'compose.yaml': `name: NAME\nservices:\n  db: { image: "${BASH}", init: true, command: ["sh", "-c", "sleep 1; tail /dev/zero"], mem_limit: 20m, memswap_limit: 20m, stop_grace_period: 0s }\n` },
    // Its name goes with it.
    `  live: ${stage('while getent hosts db; do sleep 0.1; done; exit 1', ', services: [db], timeout: 30s')}\n`,
    async (scene) => {
      const { stage: of, result } = await runStages(scene);
      expect(of('live'), JSON.stringify(result)).toMatchObject({ state: 'failed', exitCode: 1, problems: ['db ended with 137, out of memory'] });
      expect(of('live').events?.map(({ service, kind, exitCode }) => [service, kind, exitCode])).toEqual(expect.arrayContaining([['db', 'out-of-memory', undefined], ['db', 'ended', 137]]));
      expect(await leftOf(scene)).toBe('');
    },
  ));

test('a stage that the kernel ended for its memory is told as that', () => {
  expect(judge({ run: 'x' }, { exitCode: 137, outOfMemory: true, error: '' }, { tests: 3, failures: 1, skipped: 0 })).toMatchObject({ state: 'failed', why: expect.stringMatching(/memory/) });
});

test('patterns that nothing was found for are told beside a verdict that stays', () =>
  withProject({}, `  unit: ${stage('mkdir -p /work/out && echo x > /work/out/a.txt', ', directory: /work, allowEmpty: true, artifacts: ["out/*.txt", "shots/**", "*.log"]')}\n`, async (scene) => {
    const { stage: of, result } = await runStages(scene);
    expect(of('unit'), JSON.stringify(result)).toMatchObject({ state: 'passed', problems: ['no artifact is at shots/**, *.log'] });
  }));

test('a folder and a branch with names that shells and git read otherwise are names like others', () =>
  withProject({}, '', async (scene) => {
    const directory = join(scene.directory, `it's "a" $(b) ü folder`);
    await mkdir(directory);
    const files = {
      'compose.yaml': `name: ${scene.name}\nservices:\n  cache: { image: "redis:7", volumes: ["./in:/in"], stop_grace_period: 0s }\n`,
      Dockerfile: `FROM ${BASH}\nCOPY . /app\n`,
      'backlot.yaml': `version: 1\nname: ${scene.name}\ncompose: [compose.yaml]\nbuild: { image: ${scene.name}/app }\nstages:\n  unit: { run: "test -f /app/Dockerfile && echo kept > /tmp/it", services: [cache], artifacts: ["/tmp/it"], allowEmpty: true }\n`,
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
    await mkdir(join(directory, 'in'));
    await git(directory, 'init', '--quiet', '--initial-branch=v1.0');
    await git(directory, 'add', '--all');
    await git(directory, 'commit', '--quiet', '--message=first');
    await git(directory, 'tag', 'v1.0');
    for (const branch of ['v1.0', 'a/b', 'refs/tags/v1.0']) {
      if (branch !== 'v1.0') await git(directory, 'checkout', '--quiet', '-b', branch);
      const { stage: of, value, result } = await runStages({ ...scene, directory });
      expect(of('unit'), JSON.stringify(result)).toMatchObject({ state: 'passed' });
      const { runs } = await scene.backlot.runs.list({ directory });
      expect(runs[0]).toMatchObject({ run: value?.run, branch, dirty: false, revision: await git(directory, 'rev-parse', 'HEAD') });
      expect((await scene.backlot.runs.artifacts({ run: value?.run ?? '' })).artifacts).toMatchObject([{ path: 'tmp/it' }]);
    }
    expect(await leftOf(scene)).toBe('');
  }));

test('a browser that crashes while the stage runs is told, and what it had shown is looked for', () =>
  withProject({}, `  browser: ${stage('while getent hosts browser; do sleep 0.1; done; exit 1', ', browser: chromium, timeout: 1m')}\n`, async (scene) => {
    const { id } = await scene.backlot.runs.start({ directory: scene.directory });
    let value: RunResult | undefined;
    for await (const event of scene.backlot.operations.watch({ id })) {
      if (event.type === 'stage' && event.state === 'running') await docker('kill', await docker('ps', '--quiet', '--filter', `label=dev.backlot.run=${event.run}`, '--filter', 'label=dev.backlot.service=browser'));
      if (event.type === 'result') value = event.value as RunResult | undefined;
    }
    expect(value?.stages[0], JSON.stringify(value)).toMatchObject({ state: 'failed', problems: ['browser ended with 137'], events: [{ service: 'browser', kind: 'ended', exitCode: 137 }] });
    expect(await leftOf(scene)).toBe('');
  }));
