import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { docker } from '../../support/backlot.ts';
import { COMPOSE, git, leftOf, runStages, withProject } from './run-scene.ts';

const REMOTE = 'https://git.shop.example/team/shop.git';
const UNIT = `const { test, describe, it } = require('node:test'); const assert = require('node:assert');
describe('maths', () => { it('adds', () => assert.equal(1 + 1, 2)); it('is skipped', { skip: true }, () => {}); });
test('top', () => {});
`;

const PLANTED = `const { test } = require('node:test'); const assert = require('node:assert'); const fs = require('node:fs');
fs.mkdirSync('shots', { recursive: true }); fs.writeFileSync('shots/page.png', 'picture');
test('planted', () => assert.equal(1, 2)); test('fine', () => {});
`;

const PUBLISHED = 20_000 + (process.pid % 10_000);

describe('a run', () => {
  test('has the counts of the suites themselves, and leaves nothing behind', () =>
    withProject(
      { 'unit.test.js': UNIT },
      `  unit: { run: node --test, timeout: 2m }
  integration: { run: "getent hosts pg-main.us-east-1.shop.example && getent hosts nobody.us-east-1.shop.example; env | sort; node --test", needs: [unit], services: [db, cache] }
`,
      async (scene) => {
        await git(scene.directory, 'remote', 'add', 'origin', REMOTE);
        await git(scene.directory, 'tag', 'v1.2.3');
        const { result, stage, value, events } = await runStages(scene);
        expect(result.ok, JSON.stringify(result)).toBe(true);
        expect(stage('unit')).toMatchObject({ state: 'passed', tests: 3, failures: 0, skipped: 1, cached: false });
        expect(stage('integration')).toMatchObject({ state: 'passed', tests: 3, misses: [{ name: 'nobody.us-east-1.shop.example', caller: 'integration', kind: 'blocked' }] });
        expect(value?.image).toBe(`${scene.name}/app:${await git(scene.directory, 'rev-parse', 'HEAD')}`);
        const labels = JSON.parse(await docker('image', 'inspect', '--format', '{{json .Config.Labels}}', value?.image ?? '')) as Record<string, string>;
        const revision = await git(scene.directory, 'rev-parse', 'HEAD');
        expect(labels).toMatchObject({ 'org.opencontainers.image.source': REMOTE, 'org.opencontainers.image.revision': revision, 'org.opencontainers.image.version': 'v1.2.3' });
        expect(Date.parse(labels['org.opencontainers.image.created'] ?? '')).toBe(Date.parse(await git(scene.directory, 'log', '-1', '--format=%cI')));
        expect(events.flatMap((event) => (event.type === 'stage' && event.stage === 'integration' ? [event.state] : []))).toEqual(['waiting', 'preparing', 'running', 'collecting', 'passed']);
        expect(events.some((event) => event.type === 'test' && event.name === 'adds' && event.suite.join() === 'maths')).toBe(true);
        expect(await leftOf(scene)).toBe('');
        const log = (await logOf(scene, value?.run ?? '', 'integration')).filter(({ service }) => service === 'stage').map(({ line }) => line);
        expect(log.find((line) => line.startsWith('DB_URL='))).toBe('DB_URL=postgres://postgres:secret@db:5432/shop');
        const names = log.flatMap((line) => /^([A-Za-z_]\w*)=/.exec(line)?.[1] ?? []);
        const ofImage = ['HOME', 'HOSTNAME', 'PATH', 'PWD'];
        expect(names.filter((name) => !/^(NODE|YARN)_VERSION$/.test(name))).toEqual(['BACKLOT_REVISION', 'BACKLOT_RUN', 'BACKLOT_STAGE', 'CACHE_HOST', 'CACHE_PORT', 'CACHE_URL', 'CI', 'DB_HOST', 'DB_PORT', 'DB_URL', ...ofImage]);
        expect(log).toEqual(expect.arrayContaining(['CI=true', 'BACKLOT_STAGE=integration', `BACKLOT_RUN=${value?.run}`, 'CACHE_URL=redis://cache:6379']));
      },
    ));

  test('fails by its planted test, with its name, its artifacts and what needs it skipped', () =>
    withProject({ 'bad.test.js': PLANTED }, '  unit: { run: node --test, artifacts: ["shots/**"] }\n  next: { run: node --test, needs: [unit] }\n', async (scene) => {
      const junit = join(scene.home, 'out', 'junit.xml');
      const { result, stage, value } = await runStages(scene, [], { junit, artifacts: join(scene.home, 'out') });
      expect(result).toMatchObject({ ok: false, error: { code: 'stage-failed', message: expect.stringContaining('planted') } });
      expect(stage('unit')).toMatchObject({ state: 'failed', tests: 2, failures: 1, exitCode: 1, failed: [{ name: 'planted' }] });
      expect(stage('next')).toMatchObject({ state: 'skipped', why: 'needs unit, which did not pass' });
      expect(await readFile(junit, 'utf8')).toContain('<testcase classname="" name="planted"');
      expect(await readFile(join(scene.home, 'out', 'unit', 'shots', 'page.png'), 'utf8')).toBe('picture');
      expect(await readFile(join(scene.home, 'out', 'unit', 'logs', 'stage.log'), 'utf8')).toContain('planted');
      const shown = await scene.backlot.runs.show({ run: value?.run ?? '' });
      expect(shown).toMatchObject({ state: 'failed', dirty: false, branch: 'main', tests: [{ name: 'planted', state: 'failed' }, { name: 'fine' }], artifacts: [{ stage: 'unit', path: 'shots/page.png', bytes: 7 }] });
    }));

  test('without tests fails, unless that is allowed', () =>
    withProject({}, '  empty: { run: echo nothing }\n  lint: { run: echo nothing, allowEmpty: true }\n', async (scene) => {
      const { stage } = await runStages(scene);
      expect(stage('empty')).toMatchObject({ state: 'failed', why: expect.stringContaining('no tests were found') });
      expect(stage('lint')).toMatchObject({ state: 'passed', tests: 0 });
    }));

  test('that never ends is over in time, one that floods keeps its end, and hostile leavings are left', () =>
    withProject(
      {},
      `  slow: { run: "echo begun | tee left.txt; sleep 1000 & sleep 1000", timeout: 1s, allowEmpty: true, artifacts: [left.txt] }
  flood: { run: "head -c 40000000 /dev/zero | tr '\\\\0' y | fold -w 100; echo; echo 1..2; echo ok 1 - first; sleep 1.1; echo ok 2 - last", timeout: 2m }
  rude: { run: "mkdir -p out && ln -s /etc/passwd out/link && mkfifo out/pipe && echo kept > 'out/a b.txt' && printf '<!DOCTYPE x [<!ENTITY a \\"b\\">]><testsuite name=\\"s\\" timestamp=\\"'$(date -u +%FT%TZ)'\\" tests=\\"9\\"><testcase name=\\"one\\" time=\\"0\\"/><testcase name=\\"two\\" time=\\"0\\"><failure message=\\"no &a;\\"/></testcase>' > out/junit.xml; exit 3", junit: out/*.xml, artifacts: [out] }
  gone: { run: [no-such-program] }
`,
      async (scene) => {
        const { stage, value } = await runStages(scene);
        expect(stage('slow')).toMatchObject({ state: 'failed', why: 'it did not end within 1s' });
        expect(stage('flood')).toMatchObject({ state: 'passed', tests: 2 });
        expect(stage('rude')).toMatchObject({ state: 'failed', exitCode: 3, tests: 2, failures: 1 });
        expect(stage('rude').problems?.join('\n')).toMatch(/no whole XML[\s\S]*2 links and devices/);
        expect(stage('gone').why).toMatch(/no-such-program/);
        const { artifacts } = await scene.backlot.runs.artifacts({ run: value?.run ?? '' });
        expect(artifacts.map(({ stage: of, path }) => `${of} ${path}`).sort()).toEqual(['rude out/a b.txt', 'rude out/junit.xml', 'slow left.txt']);
        const { tests } = await scene.backlot.runs.show({ run: value?.run ?? '' });
        expect(tests.map(({ stage: of, name, ended }) => [of, name, ended !== undefined && ended >= (stage(of).started ?? '').slice(0, 19) && ended <= (stage(of).ended ?? '')]).sort()).toEqual([['flood', 'first', true], ['flood', 'last', true], ['rude', 'one', true], ['rude', 'two', true]]);
        expect(stage('rude').failed).toMatchObject([{ name: 'two', ended: expect.any(String) }]);
        expect(await logOf(scene, value?.run ?? '', 'slow')).toMatchObject([{ line: 'begun' }]);
        expect(await leftOf(scene)).toBe('');
      },
    ));

  test('with the same inputs as one that passed is reused, until fresh is asked for', () =>
    withProject({ 'unit.test.js': UNIT }, '  unit: { run: "echo kept > left.txt; node --test", artifacts: [left.txt], cache: true }\n', async (scene) => {
      const first = await runStages(scene);
      const out = join(scene.home, 'out');
      const second = await runStages(scene, [], { junit: join(out, 'junit.xml'), artifacts: out });
      expect(second.stage('unit')).toMatchObject({ state: 'passed', tests: 3, cached: true, cachedFrom: first.value?.run });
      expect(second.events).toContainEqual(expect.objectContaining({ type: 'stage', stage: 'unit', state: 'passed', cached: true }));
      expect(await readFile(join(out, 'junit.xml'), 'utf8')).toMatch(/tests="3"[\s\S]*name="adds"/);
      expect(await readFile(join(out, 'unit', 'left.txt'), 'utf8')).toBe('kept\n');
      expect(await readFile(join(out, 'unit', 'logs', 'stage.log'), 'utf8')).toContain('adds');
      const of = { run: second.value?.run ?? '' };
      expect((await scene.backlot.runs.artifacts(of)).artifacts).toEqual([{ stage: 'unit', path: 'left.txt', bytes: 5 }]);
      expect(await scene.backlot.runs.artifact({ ...of, stage: 'unit', path: 'left.txt' })).toMatchObject({ bytes: 5 });
      expect((await runStages(scene, [], { fresh: true })).stage('unit').cached).toBe(false);
      await scene.write({ 'unit.test.js': `${UNIT}// changed\n` });
      const dirty = await runStages(scene);
      expect(dirty.stage('unit').cached).toBe(false);
      expect(dirty.value?.revision).toMatch(/^[0-9a-f]{40}-dirty-[0-9a-f]{12}$/);
      const { differences } = await scene.backlot.runs.compare({ a: first.value?.run ?? '', b: dirty.value?.run ?? '' });
      expect(differences.map(({ what }) => what)).toEqual(expect.arrayContaining(['revision', 'image digest', 'variable BACKLOT_REVISION']));
    }));
});

describe('services of a stage', () => {
  test('are its own: an environment that is up keeps its containers, its data and its uptime', () =>
    withProject({ 'compose.yaml': COMPOSE.replace('image: redis:7\n', `image: redis:7\n    ports: ["127.0.0.1:${PUBLISHED}:6379"]\n`) }, '  data: { run: "getent hosts db cache", services: [db, cache], allowEmpty: true }\n', async (scene) => {
      await scene.run(scene.backlot.stack.up({ directory: scene.directory }));
      const look = () => docker('ps', '--all', '--no-trunc', '--filter', `label=com.docker.compose.project=${scene.name}`, '--format', '{{.ID}} {{.State}}');
      const before = await look();
      expect(await docker('ps', '--filter', `label=com.docker.compose.project=${scene.name}`, '--format', '{{.Ports}}')).toContain(`127.0.0.1:${PUBLISHED}->6379`);
      // A run that published the port as well could not begin.
      const [one, two] = await Promise.all([runStages(scene), runStages(scene)]);
      expect([one.result.ok, two.result.ok], JSON.stringify([one.result, two.result])).toEqual([true, true]);
      expect(await look()).toBe(before);
      expect(await leftOf(scene)).toBe('');
      const { sets } = await scene.backlot.stack.status({ directory: scene.directory });
      expect(sets.map(({ name }) => name)).toEqual(['minimal']);
    }));

  test('of a shared network answer on localhost, and app is the built image', () =>
    withProject(
      {
        'server.js': "require('node:http').createServer((_q, r) => r.end('shop')).listen(8080);",
        'ask.js': "const net = require('node:net'); const ask = (port) => new Promise((ok, no) => net.connect(port, 'localhost', ok).on('error', no)); Promise.all([5432, 6379, 8080].map(ask)).then(() => { console.log('1..1\\nok 1 - all answer'); process.exit(0); });",
      },
      '  shared: { run: node ask.js, services: [db, cache, app], network: shared }\n',
      async (scene) => {
        const { result, stage } = await runStages(scene);
        expect(result.ok, JSON.stringify(result)).toBe(true);
        expect(stage('shared')).toMatchObject({ state: 'passed', tests: 1 });
      },
    ));

  test('that do not become ready fail the stage with their reason', () =>
    withProject({ 'server.js': 'process.exit(7)' }, '  live: { run: "true", services: [app], allowEmpty: true }\n', async (scene) => {
      const { stage } = await runStages(scene);
      expect(stage('live')).toMatchObject({ state: 'failed', why: expect.stringMatching(/app: exited with 7/) });
      expect(await leftOf(scene)).toBe('');
    }));
});

describe('a held run', () => {
  test('keeps what a stage that failed ran in until it is released', () =>
    withProject({ 'server.js': "require('node:http').createServer((_q, r) => r.end('shop')).listen(8080);" }, '  live: { run: "echo as it was > left.txt; exit 1", services: [app] }\n', async (scene) => {
      const { id } = await scene.backlot.runs.start({ directory: scene.directory, hold: 600 });
      let run = '';
      for await (const event of scene.backlot.operations.watch({ id })) {
        if (event.type === 'stage' && event.state === 'held') {
          run = event.run;
          expect(await leftOf(scene)).not.toBe('');
          expect(await scene.backlot.runs.show({ run })).toMatchObject({ state: 'held', stages: [{ name: 'live', state: 'failed', exitCode: 1 }] });
          const inside = async (service: string | undefined, ...command: string[]) => {
            const { file, arguments: words } = await scene.backlot.runs.execCommand({ run, command, terminal: false, input: false, ...(service !== undefined && { service }) });
            expect(file).toBe('docker');
            return docker(...words);
          };
          expect(await inside(undefined, 'sh', '-c', 'cat left.txt; echo $BACKLOT_STAGE; getent hosts app')).toMatch(/^as it was\nlive\n\S+\s+app$/);
          expect(await inside('app', 'cat', '/proc/1/cmdline')).toContain('server.js');
          await expect(inside('db', 'true')).rejects.toThrow('There is no service "db"');
          await scene.run(scene.backlot.runs.release({ run }));
        }
      }
      expect(run).not.toBe('');
      expect(await leftOf(scene)).toBe('');
      expect(await docker('image', 'ls', '--quiet', '--filter', `label=dev.backlot.run=${run}`)).toBe('');
      await expect(scene.backlot.runs.execCommand({ run, terminal: false, input: false })).rejects.toThrow('Nothing of the run');
    }));

  test('stays held while any of its stages is', () =>
    withProject({}, '  one: { image: "debian:bookworm-slim", run: "exit 1" }\n  two: { image: "debian:bookworm-slim", run: "exit 1" }\n', async (scene) => {
      const { id } = await scene.backlot.runs.start({ directory: scene.directory, hold: 600 });
      const held = new Set<string>();
      for await (const event of scene.backlot.operations.watch({ id })) {
        if (event.type !== 'stage' || event.state !== 'held') continue;
        expect((await scene.backlot.runs.show({ run: event.run })).state).toBe('held');
        if (held.add(event.stage).size === 2) expect((await scene.run(scene.backlot.runs.release({ run: event.run }))).result.value).toMatchObject({ released: true });
      }
      expect([...held].sort()).toEqual(['one', 'two']);
    }));
});

test('what befell a service while the stage ran is kept with its time', () =>
  withProject({ 'server.js': "require('node:http').createServer((_q, r) => process.exit(3)).listen(8080);" }, '  live: { run: "node -e \'fetch(process.env.APP_URL).catch(() => {})\'; sleep 1; exit 1", services: [app] }\n', async (scene) => {
    const { stage } = await runStages(scene);
    const { events = [], started = '', ended = '' } = stage('live');
    expect(events).toMatchObject([{ service: 'app', kind: 'ended', exitCode: 3 }]);
    expect(Date.parse(events[0]?.time ?? '')).toBeGreaterThan(Date.parse(started));
    expect(Date.parse(events[0]?.time ?? '')).toBeLessThan(Date.parse(ended));
  }));

async function logOf(scene: Parameters<typeof leftOf>[0], run: string, stage: string) {
  const lines: { readonly service: string; readonly line: string }[] = [];
  for await (const batch of scene.backlot.runs.logs({ run, stage })) lines.push(...batch.lines);
  return lines;
}
