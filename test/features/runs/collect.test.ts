import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createRunStore } from '#adapters/runs/run-store.ts';
import { findPaths } from '#adapters/state/paths.ts';
import { collect } from '#features/runs/collect.ts';
import { docker, engineFor, makeContainer, never } from '../../adapters/docker/engine-fixture.ts';

const LEAVE = `mkdir -p /w/out/deep /w/reports && cd /w && echo '<testsuite><testcase name="one"/></testsuite>' > reports/a.xml && mknod out/device c 1 3 && ln -s /etc/passwd out/link && echo kept > out/deep/a.txt && printf kept > "out/$(printf 'bad\\xff\\xfe').txt" && head -c 2000000 /dev/zero > out/zz-large`;

test('B43: reports are read though artifacts are too many bytes, odd names are kept as text, and what is no file is left out', async () => {
  const home = await mkdtemp(join(tmpdir(), 'collect-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const runs = createRunStore({ paths: findPaths({ BACKLOT_HOME: home }) });
  const container = await makeContainer(['--workdir', '/w'], ['bash', '-c', LEAVE]);
  await docker('start', '--attach', container);
  const from = { run: 'r', stage: 's', container, directory: '/w', file: { run: 'x', junit: 'reports/*.xml', artifacts: ['out', 'reports', '../etc'] } };
  const collected = await collect(from, { engine: engineFor(), runs, limits: { bytes: 1_000_000, files: 10 } }, never());
  expect(collected.tests.map(({ name }) => name)).toEqual(['one']);
  expect(collected.problems.join('\n')).toMatch(/more than 1 MB: the rest is left out[\s\S]*2 links and devices/);
  expect((await runs.artifacts('r')).map(({ path }) => path).filter((path) => path.endsWith('.xml'))).toEqual(['reports/a.xml']);
  const roomy = await collect({ ...from, run: 'q' }, { engine: engineFor(), runs }, never());
  expect(roomy.problems).toEqual(['2 links and devices among the artifacts are left out']);
  expect((await runs.artifacts('q')).map(({ path }) => path).sort()).toEqual(['out/bad\ufffd\ufffd.txt', 'out/deep/a.txt', 'out/zz-large', 'reports/a.xml']);
});
