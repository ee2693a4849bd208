import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { docker, eventually } from '../support/backlot.ts';
import { withLink } from './engine-link.ts';
import { withBench, type Bench } from './rig.ts';

const COMPOSE = `name: NAME
services:
  db: { image: "postgres:15", environment: { POSTGRES_PASSWORD: secret }, stop_grace_period: 0s, volumes: ["data:/var/lib/postgresql/data"] }
volumes: { data: {} }
`;

const project = (run: string, more = '') => ({
  'compose.yaml': COMPOSE,
  'backlot.yaml': `version: 1\nname: NAME\ncompose: [compose.yaml]\nnames: { suffixes: [east.shop.example] }\nsets: { minimal: { services: all, addresses: own } }\nstages:\n  one: { run: ${JSON.stringify(run)}, image: "debian:bookworm-slim", services: [db], allowEmpty: true${more && `, ${more}`} }\n`,
});

async function left({ name }: Bench): Promise<string[]> {
  const filter = ['--filter', 'label=dev.backlot.run', '--filter', `label=dev.backlot.project=${name}`];
  const lists = await Promise.all([docker('ps', '--all', '--quiet', ...filter), docker('network', 'ls', '--quiet', ...filter), docker('volume', 'ls', '--quiet', ...filter)]);
  return lists.flatMap((list) => list.split('\n').filter(Boolean));
}

/** What is kept of the stage's log so far. */
async function keptLog({ home }: Bench): Promise<string> {
  const files = (await readdir(home, { recursive: true })).filter((file) => file.endsWith('log.jsonl'));
  return (await Promise.all(files.map((file) => readFile(join(home, file), 'utf8')))).join('');
}

/** Containers of the set, with what their engine says of them. */
const ofSet = ({ name }: Bench) => docker('ps', '--all', '--no-trunc', '--filter', `label=com.docker.compose.project=${name}`, '--format', '{{.ID}} {{.State}}');

const at = (state: string) => (event: { readonly type: string; readonly state?: string }) => event.type === 'stage' && event.state === state;
const creating = (event: { readonly type: string; readonly state?: string }) => event.type === 'service' && event.state === 'creating';
const starting = (event: { readonly type: string; readonly state?: string }) => event.type === 'service' && event.state === 'starting';

describe.each([
  ['preparing', at('preparing')],
  ['creating', creating],
  ['starting services', starting],
  ['running', at('running')],
])('while it is %s', (phase, reached) => {
  test('F17: interrupted once, a run ends with 130 and leaves nothing behind but what was asked for', () =>
    withBench(project('echo begun | tee left.txt; sleep 600', 'artifacts: [left.txt]'), async (bench) => {
      const [junit, out] = [join(bench.home, 'junit.xml'), join(bench.home, 'out')];
      const run = bench.start(['run', '--json', '--junit', junit, '--artifacts', out]);
      expect(await run.event(reached)).toBeDefined();
      if (phase === 'running') await eventually(async () => expect(await keptLog(bench)).toContain('begun'), 10_000);
      run.kill('SIGINT');
      const { code, stderr } = await run.ended;
      expect(code, stderr).toBe(130);
      expect(await readFile(junit, 'utf8')).toMatch(/<testsuite name="one" tests="1" failures="0" errors="0" skipped="1"/);
      if (phase === 'running') expect(await Promise.all(['left.txt', 'logs/stage.log', 'logs/db.log'].map((file) => readFile(join(out, 'one', file), 'utf8')))).toEqual(['begun\n', expect.stringMatching(/^\S+ begun\n$/), expect.stringContaining('database system')]);
      expect(await left(bench)).toEqual([]);
    }));

  test('F14: killed, what is left of a run is removed by the next one, and nothing else', () =>
    withBench(project('sleep 600'), async (bench) => {
      await bench.run(['up', '--json']);
      const before = await ofSet(bench);
      const run = bench.start(['run', '--json']);
      expect(await run.event(reached)).toBeDefined();
      run.kill('SIGKILL');
      await run.ended;
      await bench.write(project('true'));
      const next = await bench.run(['run', '--json']);
      expect(next.result, next.stderr).toMatchObject({ ok: true });
      expect(await left(bench)).toEqual([]);
      expect(await ofSet(bench)).toBe(before);
      const { runs } = JSON.parse((await bench.run(['runs', '--json'])).stdout) as { runs: { state: string }[] };
      expect(runs.map(({ state }) => state)).toEqual(['passed', 'lost']);
      await bench.run(['down', '--json']);
    }));
});

test('I1: clean removes what a killed run left, and says first what it would; a stranger among it keeps no other run from its work', () =>
  withBench(project('sleep 600'), async (bench) => {
    const run = bench.start(['run', '--json']);
    expect(await run.event(at('running'))).toBeDefined();
    const others = await bench.run(['clean', '--dry-run', '--json']);
    expect(JSON.stringify(others.result?.['removed'])).not.toContain(bench.name);
    run.kill('SIGKILL');
    await run.ended;
    const dry = await bench.run(['clean', '--dry-run', '--json']);
    expect(JSON.stringify(dry.result?.['removed'])).toContain(bench.name);
    expect(await left(bench)).not.toEqual([]);
    const network = await docker('network', 'ls', '--quiet', '--filter', 'label=dev.backlot.run', '--filter', `label=dev.backlot.project=${bench.name}`);
    const stranger = await docker('run', '--detach', '--label', 'dev.backlot.test=1', '--network', network, 'debian:bookworm-slim', 'sleep', '600');
    try {
      await bench.write(project('true'));
      const next = await bench.run(['run', '--json']);
      expect(next.result).toMatchObject({ ok: true });
      expect(next.events).toContainEqual(expect.objectContaining({ type: 'message', level: 'warning', text: expect.stringContaining('did not make'), fix: expect.stringContaining('backlot clean') }));
    } finally {
      await docker('rm', '-fv', stranger);
    }
    await bench.run(['clean', '--json']);
    expect(await left(bench)).toEqual([]);
  }));

test('F26: a container that is removed from outside fails its stage, with that reason', () =>
  withBench(project('sleep 600'), async (bench) => {
    const run = bench.start(['run', '--json']);
    expect(await run.event(at('running'))).toBeDefined();
    const [id = ''] = (await docker('ps', '--quiet', '--filter', `label=dev.backlot.project=${bench.name}`, '--filter', 'label=dev.backlot.service=backlot-stage')).split('\n');
    await docker('rm', '-fv', id);
    const { code } = await run.ended;
    expect(code).toBe(1);
    expect(run.events.findLast(at('failed'))?.why).toBe('its container was removed from outside');
    expect(await left(bench)).toEqual([]);
  }));

test('I7: exit codes: what failed, what is unknown, what is not right, what has no revision', () =>
  withBench({ ...project('exit 3'), Dockerfile: 'FROM node:20-slim\nRUN echo before && false\n' }, async (bench) => {
    expect((await bench.run(['run', '--json'])).code).toBe(1);
    expect(await bench.run(['run', 'onee', '--json'])).toMatchObject({ code: 2, result: { error: { code: 'stage-unknown' } } });
    expect(await bench.run(['runs', 'show', '../..', '--json'])).toMatchObject({ code: 2 });
    await bench.write({ 'backlot.yaml': 'version: 1\nname: NAME\ncompose: [compose.yaml]\nbuild: { image: NAME/app }\nstages:\n  a: { run: a, needs: [b] }\n  b: { run: b, needs: [a] }\n' });
    expect(await bench.run(['run', '--json'])).toMatchObject({ code: 3, result: { error: { code: 'dependency-cycle' } } });
    expect(await bench.run(['build', '--json'])).toMatchObject({ code: 3, result: { error: { code: 'revision-missing' } } });
    const git = (...args: string[]) => execFileSync('git', ['-c', 'user.email=t@shop.example', '-c', 'user.name=T', ...args], { cwd: bench.directory, stdio: 'pipe' });
    git('init', '--quiet');
    git('add', '--all');
    git('commit', '--quiet', '--message=first');
    const failed = await bench.run(['build', '--json']);
    expect(failed).toMatchObject({ code: 1, result: { error: { code: 'build-failed', message: expect.stringContaining('RUN echo before && false'), cause: expect.stringContaining('before') } } });
  }));

test('F14: what is left of a killed run is removed when the page is served, and nothing else', () =>
  withBench(project('sleep 600'), async (bench) => {
    await bench.run(['up', '--json']);
    const before = await ofSet(bench);
    const run = bench.start(['run', '--json']);
    expect(await run.event(at('running'))).toBeDefined();
    run.kill('SIGKILL');
    await run.ended;
    expect(await left(bench)).not.toEqual([]);
    const served = bench.start(['serve', '--json']);
    await eventually(async () => expect(await left(bench)).toEqual([]), 30_000);
    served.kill('SIGTERM');
    await served.ended;
    expect(await ofSet(bench)).toBe(before);
  }));

const MAKES = ['containers', 'networks', 'volumes'].map((kind) => `call('/${kind}/create?name=NAME-left', { Name: 'NAME-left', Image: 'debian:bookworm-slim', Cmd: ['sleep', '600'] })`).join('.then(() => ');
const suite = (then: string) => `const call = (path, body) => new Promise((done) => { const data = JSON.stringify(body); const request = require('node:http').request({ socketPath: '/var/run/docker.sock', method: 'POST', path, headers: { 'content-type': 'application/json', 'content-length': data.length } }, (reply) => reply.resume().on('end', done)); request.end(data); }); ${MAKES})).then(() => { console.log('made'); ${then} })`;

test('F14: what the suite of a killed run made with the engine is removed by the next run, with its socket', () =>
  withBench({ ...project('true'), 'backlot.yaml': `version: 1\nname: NAME\ncompose: [compose.yaml]\nstages:\n  one: { run: [node, -e, ${JSON.stringify(suite('setTimeout(() => {}, 600000)'))}], image: "node:20-slim", engine: true, allowEmpty: true }\n` }, async (bench) => {
    const run = bench.start(['run', '--json']);
    await eventually(async () => expect(await docker('volume', 'ls', '--quiet', '--filter', `name=${bench.name}-left`)).not.toBe(''), 30_000);
    const id = (run.events.find(at('running')) as { readonly run?: string } | undefined)?.run ?? '-';
    const sockets = async () => (await readdir(tmpdir())).filter((name) => name.includes(id));
    expect(await sockets()).toHaveLength(1);
    run.kill('SIGKILL');
    await run.ended;
    await bench.write(project('true'));
    expect((await bench.run(['run', '--json'])).result).toMatchObject({ ok: true });
    expect(await left(bench)).toEqual([]);
    expect(await sockets()).toEqual([]);
  }));

test('F4: an engine that goes away while a stage runs fails the stage, with that reason, and nothing of it is left once it is back', () =>
  withBench(project('sleep 600'), (bench) =>
    withLink(async (link) => {
      const run = bench.start(['run', '--json'], { environment: link.environment });
      expect(await run.event(at('running'))).toBeDefined();
      await link.down();
      const failed = await run.event(at('failed'));
      expect(failed?.why).toMatch(/engine|Docker/i);
      await link.up();
      const { code, stderr } = await run.ended;
      expect(code, stderr).toBe(1);
      expect(await left(bench)).toEqual([]);
    }),
  ));

test('F4: an engine that stays away until the run was killed has what is left of it removed by the next one', () =>
  withBench(project('sleep 600'), (bench) =>
    withLink(async (link) => {
      const run = bench.start(['run', '--json'], { environment: link.environment });
      expect(await run.event(at('running'))).toBeDefined();
      await link.down();
      expect(await run.event(at('failed'))).toBeDefined();
      run.kill('SIGKILL');
      await run.ended;
      expect(await left(bench)).not.toEqual([]);
      await bench.write(project('true'));
      expect((await bench.run(['run', '--json'])).result).toMatchObject({ ok: true });
      expect(await left(bench)).toEqual([]);
    }),
  ));
