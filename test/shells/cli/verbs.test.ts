import { describe, expect, test } from 'vitest';
import { docker, withScene } from '../../support/backlot.ts';
import { lines, run } from './run-cli.ts';

const SLEEPER = 'image: debian:bookworm-slim\n    init: true\n    labels: { dev.backlot.test: "1" }';

const CHAIN = `name: NAME
services:
  db:
    ${SLEEPER}
    command: sh -c 'echo db says hello; touch /ready; sleep 1000'
    healthcheck: { test: [CMD, test, -e, /ready], interval: 5s }
  api:
    ${SLEEPER}
    command: sh -c 'echo api says hello; sleep 1000'
    depends_on: { db: { condition: service_healthy } }
  job:
    ${SLEEPER}
    command: sh -c 'echo migrated'
`;

describe('the verbs, as processes on a real engine', () => {
  test('a whole life of a set in JSON has the shapes and exit codes of the contract', async () => {
    await withScene({ 'compose.yaml': CHAIN }, async (scene) => {
      const ask = async (...words: string[]) => {
        const { code, stdout, stderr } = await run(scene, [...words, '--json']);
        return { code, stderr, events: stdout.startsWith('{\n') ? [JSON.parse(stdout)] : lines(stdout) };
      };

      const plan = await ask('plan');
      expect(plan).toMatchObject({ code: 0, stderr: '' });
      expect(plan.events[0]).toMatchObject({ schema: 1, set: 'minimal', recreate: [], remove: [], start: [], ports: expect.any(Array), images: expect.any(Array) });
      expect(plan.events[0].create.map((step: { service: string }) => step.service).sort()).toEqual(['api', 'db', 'job']);

      const up = await ask('up', 'minimal');
      expect(up).toMatchObject({ code: 0, stderr: '' });
      for (const event of up.events) expect(event).toMatchObject({ type: expect.any(String), time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) });
      expect(up.events).toContainEqual(expect.objectContaining({ type: 'service', service: 'db', state: 'ready' }));
      expect(up.events.at(-1)).toMatchObject({ type: 'result', ok: true, schema: 1, set: 'minimal', failed: [], seconds: expect.any(Number) });
      expect((up.events.at(-1) as { ready: string[] }).ready.sort()).toEqual(['api', 'db']);

      const ps = await ask('ps');
      expect(ps.events[0]).toMatchObject({ schema: 1, project: scene.name, sets: [{ name: 'minimal', state: 'up' }] });
      for (const service of ps.events[0].sets[0].services) {
        expect(service).toMatchObject({ name: expect.any(String), state: expect.any(String), image: expect.any(String), names: expect.any(Array), addresses: expect.any(Object), ports: expect.any(Array), restarts: 0 });
      }

      const logs = await ask('logs', 'minimal', 'api');
      expect(logs.events).toEqual([{ type: 'log', service: 'api', stream: 'stdout', time: expect.any(String), line: 'api says hello' }]);

      const stats = await ask('stats');
      expect(stats.events[0]).toMatchObject({ schema: 1, set: 'minimal', services: expect.arrayContaining([expect.objectContaining({ service: 'db', cpu: expect.any(Number) })]) });

      const env = await ask('env');
      expect(env.events[0]).toMatchObject({ schema: 1, set: 'minimal', variables: expect.any(Array) });

      const config = await ask('config', 'minimal');
      expect(config.events[0]).toMatchObject({ schema: 1, name: scene.name, sets: [{ name: 'minimal', members: expect.any(Array) }], services: expect.any(Array) });

      const down = await ask('down');
      expect(down.events.at(-1)).toMatchObject({ type: 'result', ok: true, schema: 1, sets: ['minimal'], removed: expect.any(Array) });
      expect(await docker('ps', '-aq', '--filter', `label=com.docker.compose.project=${scene.name}`)).toBe('');
    });
  });

  test('a set whose service fails says which, why and what to do, and exits with 1', async () => {
    const compose = `name: NAME\nservices:\n  db:\n    ${SLEEPER}\n    command: sh -c 'echo no such table >&2; exit 3'\n`;
    await withScene({ 'compose.yaml': compose }, async (scene) => {
      const up = await run(scene, ['up', '--json']);
      expect(up.code).toBe(1);
      expect(lines(up.stdout).at(-1)).toMatchObject({
        type: 'result',
        ok: false,
        schema: 1,
        set: 'minimal',
        ready: [],
        failed: [{ service: 'db', why: expect.stringContaining('3') }],
        error: { code: 'service-failed', message: expect.any(String), fix: expect.any(String) },
      });
      const text = await run(scene, ['up']);
      expect(text.code).toBe(1);
      expect(text.stdout).toBe('');
      expect(text.stderr).toMatch(/db: failed.*\n/);
      expect(text.stderr.trimEnd().split('\n').at(-1)).toMatch(/^ {2}fix: /);
    });
  });

  test('what to do next names the set that it is about', async () => {
    const compose = `name: NAME\nservices:\n  db:\n    ${SLEEPER}\n    command: sh -c 'echo no such key >&2; exit 3'\n    restart: always\n  api:\n    ${SLEEPER}\n`;
    const config = 'version: 1\nname: NAME\ncompose: [compose.yaml]\nsets: { minimal: { services: [api] }, other: { services: [db, api] } }\n';
    await withScene({ 'compose.yaml': compose, 'backlot.yaml': config }, async (scene) => {
      const { stderr } = await run(scene, ['up', 'other', '--timeout', '1s']);
      expect(stderr).toMatch(/✗ db: not ready in time: .*; last output: no such key/);
      expect(stderr).toContain('fix: Look at: backlot logs other db. When it is mended, backlot up other goes on from here.');
      expect((await run(scene, ['exec', 'api', '--', 'true'])).stderr).toContain('fix: Bring it up first: backlot up minimal, or name the one that is up: --set other');
      const { stdout } = await run(scene, ['swap', 'api', '--set', 'other', '--to', '8080=localhost:1']);
      expect(stdout).toContain('Give it back: backlot swap api --back --set other');
    });
  });

  test('a set that is not ready in time exits with 5', async () => {
    const compose = `name: NAME\nservices:\n  db:\n    ${SLEEPER}\n    command: sleep 1000\n    healthcheck: { test: [CMD, 'false'], interval: 1s, retries: 100, start_period: 60s }\n`;
    await withScene({ 'compose.yaml': compose }, async (scene) => {
      const { code, stderr } = await run(scene, ['up', '--timeout', '2s']);
      expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringContaining('db') });
    });
  });

  test('a first word that is a service and no set means the service', async () => {
    await withScene({ 'compose.yaml': CHAIN }, async (scene) => {
      const up = await run(scene, ['up', 'db', '--json']);
      const events = lines(up.stdout);
      expect(events.at(-1)).toMatchObject({ ok: true, ready: ['db'] });
      expect(events.filter((event) => event['type'] === 'started')).toHaveLength(1);
      const unknown = await run(scene, ['up', 'minimla']);
      expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('Did you mean minimal?') });
    });
  });

  test('exec passes input, output and the exit code through', async () => {
    await withScene({ 'compose.yaml': CHAIN }, async (scene) => {
      await run(scene, ['up', 'minimal', 'db', 'job', '-q']);
      expect(await run(scene, ['exec', 'db', '--', 'sh', '-c', 'cat; echo oops >&2; exit 7'], 'hello')).toEqual({ code: 7, stdout: 'hello', stderr: 'oops\n' });
      expect(await run(scene, ['exec', 'bd', '--', 'true'])).toMatchObject({ code: 2, stderr: expect.stringContaining('db') });
      expect(await run(scene, ['exec', 'job', '--', 'true'])).toMatchObject({ code: 1, stderr: expect.stringContaining('job does not run') });
    });
  });

  test('init writes a file that up understands, and never over one', async () => {
    await withScene({ 'compose.yaml': CHAIN, 'backlot.yaml': '' }, async (scene) => {
      expect(await run(scene, ['init'])).toMatchObject({ code: 3, stderr: expect.stringContaining('backlot.yaml') });
      expect(await run(scene, ['init', '--force', '--json'])).toMatchObject({ code: 0, stdout: expect.stringContaining('"sets"') });
      expect((await run(scene, ['plan'])).code).toBe(0);
    });
  });
});

describe('where something is missing', () => {
  const nowhere = { directory: '/', home: '/tmp' };

  test('no project exits with 3, no engine with 4', async () => {
    expect(await run(nowhere, ['ps'])).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('fix:') });
    await withScene({ 'compose.yaml': CHAIN }, async (scene) => {
      const { code, stdout } = await run(scene, ['ps', '--json', '--host', 'unix:///nowhere.sock']);
      expect(code).toBe(4);
      expect(JSON.parse(stdout)).toMatchObject({ schema: 1, error: { code: 'engine-unreachable', message: expect.stringContaining('/nowhere.sock'), fix: expect.any(String) } });
    });
  });

  test('doctor without an engine fails for it and still checks the rest', async () => {
    const { code, stdout } = await run(nowhere, ['doctor', '--json', '--host', 'unix:///nowhere.sock']);
    const { schema, checks } = JSON.parse(stdout) as { schema: number; checks: { id: string; status: string; message: string; fix?: string }[] };
    expect({ code, schema }).toEqual({ code: 1, schema: 1 });
    expect(checks.find((check) => check.id === 'engine')).toMatchObject({ status: 'fail', message: expect.stringContaining('/nowhere.sock'), fix: expect.any(String) });
    expect(checks.map((check) => check.id)).toEqual(expect.arrayContaining(['compose', 'git', 'disk', 'memory', 'runtime', 'credentials', 'leftovers']));
  });

  test('version answers without an engine', async () => {
    const { code, stdout } = await run(nowhere, ['version', '--json', '--host', 'unix:///nowhere.sock']);
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, schema: 1, backlot: expect.stringMatching(/^\d/), runtime: expect.stringContaining('Node') });
    expect(stdout).not.toContain('apiVersion');
  });
});
