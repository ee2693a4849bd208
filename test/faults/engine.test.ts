import { chmod, chown } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { createApp } from '#app';
import { createClient } from '#contract/client.ts';
import { api } from '#contract/index.ts';
import { memoryPipe } from '#core/memory-pipe.ts';
import { serve } from '#core/serve.ts';
import { docker, eventually } from '../support/backlot.ts';
import { withLink } from './engine-link.ts';
import { bash, compose, errorOf, held, withBench } from './rig.ts';

const two = compose({
  db: '    image: redis:7\n    stop_grace_period: 0s\n    healthcheck: { test: ["CMD", "redis-cli", "ping"], interval: 60s }\n',
  web: bash('exec sleep 600', '    depends_on: { db: { condition: service_healthy } }\n'),
});

describe('an engine', () => {
  test('F1 B51: that is not there, or is named wrongly, is told by every verb with its address, the rule that chose it, and what to do', () =>
    withBench(two, async (bench) => {
      const nowhere = { environment: { DOCKER_HOST: 'unix:///nonexistent/docker.sock', DOCKER_CONTEXT: '' } };
      const verbs = ['up', 'down', 'plan', 'ps', 'logs', 'restart', 'stats', 'clean'];
      const runs = await Promise.all(verbs.map((verb) => bench.run([verb, '--json'], nowhere)));
      for (const run of runs) {
        expect(run.code).toBe(4);
        expect(errorOf(run)).toMatchObject({ code: 'engine-unreachable', message: expect.stringContaining('unix:///nonexistent/docker.sock'), fix: expect.stringContaining('DOCKER_HOST') });
      }
      const [context, host] = await Promise.all([bench.run(['ps', '--json', '--context', 'no-such-context']), bench.run(['ps', '--json', '--host', 'garbage://x'])]);
      expect(context.code).toBe(3);
      expect(errorOf(context)).toMatchObject({ code: 'context-invalid', message: expect.stringContaining('no-such-context') });
      expect(errorOf(host)).toMatchObject({ code: 'context-invalid', message: expect.stringContaining('garbage') });
    }));

  test.skipIf(process.getuid?.() !== 0)('F2: that this user may not use is told as that (as root)', () =>
    withBench(two, (bench) =>
      withLink(async (link) => {
        await chmod(link.path, 0o600);
        await chmod(link.folder, 0o755);
        await Promise.all([bench.directory, bench.home].map((folder) => chown(folder, 65_534, 65_534)));
        const run = await bench.run(['ps', '--json'], { environment: { ...link.environment, HOME: bench.home }, user: 65_534 });
        expect(run.code).toBe(4);
        expect(errorOf(run)).toMatchObject({ code: 'engine-denied', message: expect.stringContaining(link.path), fix: expect.stringContaining('group') });
      }),
    ));

  test('F6: that takes connections and never answers ends every verb within its deadline', () =>
    withBench(two, (bench) =>
      withLink(async (link) => {
        link.freeze();
        for (const run of await Promise.all(['up', 'down', 'ps', 'clean'].map((verb) => bench.run([verb, '--json'], { environment: link.environment })))) {
          expect(run.code).toBe(4);
          expect(run.seconds).toBeLessThan(20);
          expect(errorOf(run)).toMatchObject({ code: 'engine-slow', message: expect.stringContaining(link.path), fix: expect.stringContaining('DOCKER_HOST') });
        }
      }),
    ));

  for (const [doing, request] of [
    ['is looked at', /^GET .*\/containers\/json/],
    ['is asked by Compose to create', /^POST .*\/containers\/create/],
    ['starts a container', /^POST .*\/start/],
    ['runs a health command', /^POST .*\/exec/],
  ] as const) {
    test(`F4: that goes away while it ${doing} ends up with exit code 4, and the next up goes on from there`, () =>
      withBench(two, (bench) =>
        withLink(async (link) => {
          link.once(request, () => void link.down());
          const run = await bench.run(['up', '--json'], { environment: link.environment });
          expect(run.code).toBe(4);
          expect(run.result?.error?.code).toMatch(/^engine-(lost|unreachable)$/);
          expect(run.seconds).toBeLessThan(20);
          await link.up();
          expect((await bench.run(['up', '--json'], { environment: link.environment })).result).toMatchObject({ ok: true, ready: ['db', 'web'] });
        }),
      ));
  }

  test('F4 F17: that is away for a moment while an interrupted up takes back what it began leaves nothing of that', () =>
    withBench(two, (bench) =>
      withLink(async (link) => {
        const run = bench.start(['up', '--json'], { environment: link.environment });
        await run.event(({ type, state }) => type === 'service' && state === 'starting');
        link.once(/^DELETE .*\/containers\//, () => void link.down().then(() => link.up()));
        run.kill('SIGINT');
        const { code, stderr } = await run.ended;
        expect(code, stderr).toBe(130);
        expect(await held(bench.name)).toMatchObject({ containers: [], networks: [] });
      }),
    ));

  test('F4 F6: that falls silent under Compose ends up too', () =>
    withBench(two, (bench) =>
      withLink(async (link) => {
        link.once(/^POST .*\/containers\/create/, () => link.freeze());
        const run = await bench.run(['up', '--json'], { environment: link.environment });
        expect({ code: run.code, error: run.result?.error?.code }).toEqual({ code: 4, error: 'engine-slow' });
        expect(run.seconds).toBeLessThan(50);
        link.thaw();
        expect((await bench.run(['up', '--json'], { environment: link.environment })).result).toMatchObject({ ok: true });
      }),
    ));

  test('F4: that goes away while down removes is told, and the next down finishes', () =>
    withBench(two, (bench) =>
      withLink(async (link) => {
        await bench.run(['up', '--json'], { environment: link.environment });
        link.once(/^DELETE .*\/containers/, () => void link.down());
        expect((await bench.run(['down', '--json'], { environment: link.environment })).code).toBe(4);
        await link.up();
        expect((await bench.run(['down', '--json'], { environment: link.environment })).code).toBe(0);
        expect(await held(bench.name)).toMatchObject({ containers: [], networks: [] });
      }),
    ));

  test('F4: that goes away under logs -f ends it with exit code 4', () =>
    withBench(compose({ db: bash('while :; do echo line; sleep 0.1; done') }), (bench) =>
      withLink(async (link) => {
        await bench.run(['up', '--json'], { environment: link.environment });
        const run = bench.start(['logs', '-f', '--json'], { environment: link.environment });
        await run.event((event) => event['line'] === 'line');
        await link.down();
        expect((await run.ended).code).toBe(4);
        expect(run.events.at(-1)).toMatchObject({ type: 'result', ok: false, error: { code: expect.stringMatching(/^engine-(lost|unreachable)$/) } });
      }),
    ));

  test('F3 F5 I8: that goes and comes back is shown as such, and what changed meanwhile is seen within seconds', () =>
    withBench(two, (bench) =>
      withLink(async (link) => {
        await bench.run(['up', '--json']);
        const app = createApp({ environment: { ...process.env, ...link.environment, BACKLOT_DNS_PORT: 'off', BACKLOT_HOME: bench.home }, choice: {}, shell: 'test' });
        const [near, far] = memoryPipe();
        serve(far, app.dispatcher);
        const backlot = createClient(api, near);
        const scope = new AbortController();
        const engine: string[] = [];
        const services: string[] = [];
        const watching = Promise.all([
          (async () => {
            for await (const { state } of backlot.engine.watch({}, scope.signal)) engine.push(state);
          })(),
          (async () => {
            for await (const { sets } of backlot.stack.watch({ directory: bench.directory }, scope.signal)) services.push((sets[0]?.services ?? []).map(({ name, state }) => `${name} ${state}`).sort().join(', '));
          })(),
        ]);
        try {
          await eventually(async () => expect([engine.at(-1), services.at(-1)]).toEqual(['up', 'db ready, web ready']));
          await link.down();
          await eventually(async () => expect(engine.at(-1)).toBe('down'), 5000);
          await docker('stop', '-t', '0', `${bench.name}-web-1`);
          await link.up();
          await eventually(async () => expect([engine.at(-1), services.at(-1)]).toEqual(['up', 'db ready, web stopped']), 10_000);
        } finally {
          scope.abort();
          await watching;
          near.close();
          await app.close();
        }
      }),
    ));
});
