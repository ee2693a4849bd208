import { spawn as spawnProcess } from 'node:child_process';
import { spawn } from 'node-pty';
import { describe, expect, test } from 'vitest';
import { docker, eventually } from '../support/backlot.ts';
import { bash, CLI, compose, held, withBench, type Bench } from './rig.ts';

const never = compose({
  db: bash('exec sleep 600', '    healthcheck: { test: ["CMD", "false"], interval: 60s }\n'),
  web: bash('exec sleep 600', '    depends_on: { db: { condition: service_healthy } }\n'),
});

async function expectNothing(bench: Bench): Promise<void> {
  await eventually(async () => {
    const { containers, networks } = await held(bench.name);
    expect({ containers, networks }).toEqual({ containers: [], networks: [] });
  });
}

describe('an interrupt', () => {
  for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
    for (const phase of ['creating', 'starting', 'waiting']) {
      test(`F17: ${signal} while a service is ${phase} takes away what was made, and exits with ${code}`, () =>
        withBench(never, async (bench) => {
          const run = bench.start(['up', '--json']);
          await run.event((event) => event.state === phase);
          run.kill(signal);
          const { code: exit, seconds } = await run.ended;
          expect(exit, JSON.stringify(run.events)).toBe(code);
          expect(seconds).toBeLessThan(20);
          expect(run.events.at(-1)).toMatchObject({ type: 'result', ok: false, error: { code: 'cancelled' } });
          await expectNothing(bench);
          const clean = await bench.run(['clean', '--json']);
          expect(clean.result, clean.stdout).toMatchObject({ ok: true });
          expect((await bench.run(['ps', '--json'])).stdout).toContain('"state": "down"');
        }));
    }
  }

  test('F17: before anything was done ends at once', () =>
    withBench(never, async (bench) => {
      const run = bench.start(['up', '--json']);
      await new Promise((resolve) => run.child.once('spawn', resolve));
      run.kill('SIGINT');
      expect([130, null]).toContain((await run.ended).code);
      await expectNothing(bench);
    }));

  test('F17: leaves what was up before, with its data', () =>
    withBench(compose({ db: bash('exec sleep 600') }), async (bench) => {
      await bench.run(['up', '--json']);
      const before = (await held(bench.name)).containers;
      await bench.write({ 'compose.yaml': `${never['compose.yaml'].replace('  db:', '  db2:').replace('{ db:', '{ db2:')}  db:\n${bash('exec sleep 600')}` });
      const run = bench.start(['up', '--json']);
      await run.event((event) => event.service === 'db2' && event.state === 'starting');
      run.kill('SIGINT');
      expect((await run.ended).code).toBe(130);
      expect((await held(bench.name)).containers).toEqual(before);
      expect(await docker('inspect', '--format', '{{.State.Status}}', `${bench.name}-db-1`)).toBe('running');
    }));

  test('F17: twice stops at once, Compose with it, and the next up and down put it right', () =>
    withBench(compose({ db: bash("trap '' TERM; while :; do sleep 0.1; done", '    stop_grace_period: 20s\n    healthcheck: { test: ["CMD", "false"], interval: 60s }\n').replace('    stop_grace_period: 0s\n', '') }), async (bench) => {
      await bench.run(['up', '--json', '--timeout', '1']);
      const run = bench.start(['down', '--json']);
      await run.event((event) => event.state === 'stopping');
      run.kill('SIGINT');
      await eventually(async () => {
        run.kill('SIGINT');
        expect(run.child.exitCode).not.toBeNull();
      });
      const { code, seconds } = await run.ended;
      expect(code).toBe(130);
      expect(seconds).toBeLessThan(10);
      await docker('kill', `${bench.name}-db-1`).catch(() => {});
      expect((await bench.run(['down', '--json'])).code).toBe(0);
      await expectNothing(bench);
    }));

  test('F17: on a terminal gives it back with its cursor, and says what happened to each service', () =>
    withBench(never, async (bench) => {
      const { CI: _ci, ...environment } = process.env;
      const terminal = spawn(process.execPath, [CLI, 'up'], { cwd: bench.directory, cols: 90, rows: 20, env: { ...environment, BACKLOT_HOME: bench.home, TERM: 'xterm-256color' } });
      let text = '';
      terminal.onData((data) => (text += data));
      const ended = new Promise<number>((resolve) => terminal.onExit(({ exitCode }) => resolve(exitCode)));
      await eventually(async () => expect(text).toMatch(/starting|health check/));
      terminal.write('\u0003');
      expect(await ended).toBe(130);
      expect(text).toContain('\u001b[?25l');
      expect(text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(text.lastIndexOf('\u001b[?25l'));
      expect(text).toContain('Cancelled');
      await expectNothing(bench);
    }));
});

describe('a reader that leaves', () => {
  test('F17: is no error for logs, which end with it', () =>
    withBench(compose({ db: bash('for i in $$(seq 1 20000); do echo line $$i of many; done; exec sleep 600') }), async (bench) => {
      await bench.run(['up', '--json']);
      const { code, stderr, stdout } = await shell(`"$NODE" "$CLI" logs minimal | head -1; echo "\${PIPESTATUS[0]}"`, bench);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(/line \d+ of many\n0\n$/);
    }));

  test('F17: does not stop work that changes things', () =>
    withBench(compose({ db: bash('exec sleep 600') }), async (bench) => {
      const { stdout, stderr } = await shell(`"$NODE" "$CLI" up --json | head -1 > /dev/null; echo "\${PIPESTATUS[0]}"`, bench);
      expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' });
      expect((await held(bench.name)).containers).toHaveLength(1);
    }));

  test('F17: nor does input that is closed', () =>
    withBench(compose({ db: bash('exec sleep 600') }), async (bench) => {
      const { stdout } = await shell(`"$NODE" "$CLI" up --json <&- > /dev/null; echo "$?"`, bench);
      expect(stdout).toBe('0\n');
    }));
});

/** Runs a line of bash in a bench. */
function shell(line: string, bench: Bench): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawnProcess('bash', ['-c', line], { cwd: bench.directory, env: { ...process.env, CI: 'true', BACKLOT_HOME: bench.home, NODE: process.execPath, CLI }, stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...texts })));
}
