import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { docker, eventually } from '../support/backlot.ts';
import { bash, compose, held, randomFrom, withBench, type Bench } from './rig.ts';

/** Four services that wait for each other, on two networks, with data. */
const chain = (level: string) =>
  compose(
    {
      db: `    image: redis:7\n    stop_grace_period: 0s\n    environment: { LEVEL: "${level}" }\n    volumes: ["data:/data"]\n    networks: [back]\n    healthcheck: { test: ["CMD", "redis-cli", "ping"], interval: 60s }\n`,
      store: bash('exec sleep 600', `    environment: { LEVEL: "${level}" }\n    volumes: ["files:/files", /scratch]\n    networks: [back, front]\n`),
      migrate: bash('echo done', '    networks: [back]\n    depends_on: { db: { condition: service_healthy } }\n'),
      web: bash('exec sleep 600', `    environment: { LEVEL: "${level}" }\n    networks: [front]\n    depends_on: { migrate: { condition: service_completed_successfully }, store: { condition: service_started } }\n`),
    },
    'volumes: { data: {}, files: {} }\nnetworks: { front: {}, back: {} }\n',
  );

const names = (lines: readonly string[]) => lines.map((line) => line.split(' ')[0]);

/** `up` succeeds, everything is there once under its own name, and a second `up` has nothing to do. */
async function expectConverges(bench: Bench, level: string): Promise<void> {
  const up = await bench.run(['up', '--json']);
  expect({ code: up.code, error: up.result?.error }).toEqual({ code: 0, error: undefined });
  const { containers, networks } = await held(bench.name);
  expect(names(containers)).toEqual(['db', 'migrate', 'store', 'web'].map((service) => `${bench.name}-${service}-1`));
  expect(names(networks)).toEqual([`${bench.name}_back`, `${bench.name}_front`]);
  const levels = await docker('inspect', '--format', '{{index .Config.Env 0}}', ...['db', 'store', 'web'].map((service) => `${bench.name}-${service}-1`));
  expect(levels.split('\n')).toEqual([`LEVEL=${level}`, `LEVEL=${level}`, `LEVEL=${level}`]);
  const second = await bench.run(['up', '--json']);
  expect(second.result).toMatchObject({ ok: true, changed: [] });
  expect((await held(bench.name)).containers).toEqual(containers);
}

/** `down` and `clean` leave the data and nothing else. */
async function expectCleans(bench: Bench): Promise<void> {
  const down = await bench.run(['down', '--json']);
  const clean = await bench.run(['clean', '--json']);
  expect([down.code, clean.code]).toEqual([0, 0]);
  const { containers, networks } = await held(bench.name);
  expect({ containers, networks }).toEqual({ containers: [], networks: [] });
}

/** Processes that still run Compose for a project. */
function composeProcesses(project: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`--project-name\0${project}`);
    } catch {
      return false;
    }
  });
}

describe('kill -9', () => {
  test('F14: of up while Compose creates ends Compose too, and the next up goes on from what is there', () =>
    withBench(chain('0'), async (bench) => {
      const run = bench.start(['up', '--json']);
      await run.event((event) => event.state === 'creating');
      await eventually(async () => expect(composeProcesses(bench.name).length).toBeGreaterThan(0));
      run.kill('SIGKILL');
      await run.ended;
      await eventually(async () => expect(composeProcesses(bench.name)).toEqual([]), 8000);
      await expectConverges(bench, '0');
    }));

  test('F14 I12: of up while Compose recreates leaves no temporary name, and no data is lost', () =>
    withBench(chain('0'), async (bench) => {
      await bench.run(['up', '--json']);
      await docker('exec', `${bench.name}-store-1`, 'touch', '/scratch/kept', '/files/kept');
      await bench.write(chain('1'));
      const run = bench.start(['up', '--json']);
      // A new container stands beside the old one, under Compose's name for the time between.
      await Promise.race([eventually(async () => expect((await held(bench.name)).containers.length).toBeGreaterThan(4)), run.ended]);
      run.kill('SIGKILL');
      await run.ended;
      await expectConverges(bench, '1');
      expect(await docker('exec', `${bench.name}-store-1`, 'ls', '/scratch', '/files')).toBe('/files:\nkept\n\n/scratch:\nkept');
    }));

  test('F14: of up while a service gets ready, then down and clean, leaves only the data', () =>
    withBench(chain('0'), async (bench) => {
      const run = bench.start(['up', '--json']);
      await run.event((event) => event.service === 'db' && event.state === 'starting');
      run.kill('SIGKILL');
      await run.ended;
      await expectCleans(bench);
      expect((await held(bench.name)).volumes).toEqual([`${bench.name}_data`, `${bench.name}_files`]);
    }));

  test('F14: of down and of restart is put right by the next up', () =>
    withBench(chain('0'), async (bench) => {
      await bench.run(['up', '--json']);
      for (const verb of ['restart', 'down']) {
        const run = bench.start([verb, '--json']);
        await run.event((event) => event.state === 'stopping');
        run.kill('SIGKILL');
        await run.ended;
        await expectConverges(bench, '0');
      }
    }));

  test('what a killed recreate left is renamed where the old container is gone, and removed where it is not', () =>
    withBench(chain('0'), async (bench) => {
      await bench.run(['up', '--json']);
      const old = (await docker('inspect', '--format', '{{.Id}}', `${bench.name}-web-1`)).slice(0, 12);
      const labels = JSON.parse(await docker('inspect', '--format', '{{json .Config.Labels}}', `${bench.name}-web-1`)) as Record<string, string>;
      const label = Object.entries({ ...labels, 'com.docker.compose.replace': old }).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
      const half = `${old}_${bench.name}-web-1`;
      const make = () => docker('create', '--name', half, ...label, '-e', 'LEVEL=0', 'debian:bookworm-slim', 'sleep', '600');
      await make();
      expect((await bench.run(['up', '--json'])).result).toMatchObject({ ok: true, changed: [] });
      expect(names((await held(bench.name)).containers)).not.toContain(half);
      const kept = await make();
      await docker('rm', '-fv', `${bench.name}-web-1`);
      expect((await bench.run(['up', '--json'])).result).toMatchObject({ ok: true });
      expect((await held(bench.name)).containers).toContain(`${bench.name}-web-1 ${kept}`);
    }));

  /** More rounds: BACKLOT_KILL_ROUNDS=100 BACKLOT_KILL_SEED=7 npx vitest run test/faults/kill.test.ts */
  const rounds = Number(process.env['BACKLOT_KILL_ROUNDS'] ?? 4);
  test(`F14 F15 I2: at ${rounds} random moments of up, restart and down: up converges, down and clean leave nothing, strangers stay`, { timeout: 60_000 + rounds * 30_000 }, () =>
    withBench(chain('0'), async (bench) => {
      const seed = Number(process.env['BACKLOT_KILL_SEED'] ?? randomBytes(4).readUInt32LE());
      const random = randomFrom(seed);
      const stranger = `${bench.name}-stranger`;
      await docker('network', 'create', '--label', 'dev.backlot.test=1', stranger);
      await docker('volume', 'create', '--label', 'dev.backlot.test=1', stranger);
      const id = await docker('run', '-d', '--label', 'dev.backlot.test=1', '--name', stranger, '--network', stranger, '-v', `${stranger}:/data`, 'debian:bookworm-slim', 'sleep', '600');
      try {
        for (let round = 0; round < rounds; round++) {
          const verb = ['up', 'up', 'restart', 'down'][Math.floor(random() * 4)] ?? 'up';
          const level = String(round);
          if (verb !== 'up') await bench.run(['up', '--json']);
          else await bench.write(chain(level));
          const run = bench.start([verb, '--json']);
          const after = Math.round(random() * 3000);
          await delay(after);
          const last = run.events.at(-1);
          run.kill('SIGKILL');
          await run.ended;
          console.log(`seed ${seed}, round ${round}: ${verb} killed after ${after} ms, at ${last ? `${last.type} ${last.service ?? ''} ${last.state ?? ''}` : 'nothing told'}`);
          if (verb !== 'up') await bench.write(chain(level));
          await (random() < 0.5 ? expectConverges(bench, level) : expectCleans(bench));
          expect(await docker('inspect', '--format', '{{.Id}} {{.State.Status}} {{.RestartCount}}', stranger)).toBe(`${id} running 0`);
        }
        await expectCleans(bench);
        expect((await held(bench.name)).volumes).toEqual([`${bench.name}_data`, `${bench.name}_files`]);
        await docker('volume', 'inspect', stranger);
        await docker('network', 'inspect', stranger);
      } finally {
        await docker('rm', '-fv', id);
        await docker('network', 'rm', stranger);
        await docker('volume', 'rm', '-f', stranger);
      }
    }),
  );
});
