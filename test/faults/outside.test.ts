import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { docker } from '../support/backlot.ts';
import { bash, BACKLOT_FILE, compose, held, LOCALHOST_FILE, withBench, type Bench } from './rig.ts';

const redis = (extra = '') => `    image: redis:7\n    stop_grace_period: 0s\n${extra}`;
const json = async (bench: Bench, ...args: string[]) => JSON.parse((await bench.run([...args, '--json'])).stdout) as Record<string, unknown>;
const compose2 = async (bench: Bench, ...args: string[]) => (await promisify(execFile)('docker', ['compose', ...args], { cwd: bench.directory })).stdout.trim();
const started = (bench: Bench, ...services: string[]) => docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}}', ...services.map((service) => `${bench.name}-${service}-1`)).then((text) => text.split('\n'));

/** The first bytes that a server sends after these. */
function ask(port: number, bytes: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data);
    });
    socket.once('error', reject);
    socket.once('end', () => reject(new Error('closed without an answer')));
  });
}

/** PostgreSQL's first message, as any user of any database. */
function startup(): Buffer {
  const text = Buffer.from('user\0postgres\0database\0postgres\0\0');
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + text.length, 0);
  head.writeUInt32BE(196_608, 4);
  return Buffer.concat([head, text]);
}

describe('ready', () => {
  test('is told of a server at the moment when it answers from this machine, and not before', () =>
    withBench(
      {
        'backlot.yaml': LOCALHOST_FILE,
        'init.sh': '#!/bin/bash\nsleep 3\npsql -c "create table late (id int)" -c "insert into late values (42)"\n',
        'app.js': 'setTimeout(() => require("net").createServer((socket) => socket.end("hello")).listen(8080), 2000);\n',
        ...compose({
          db: '    image: postgres:15\n    stop_grace_period: 0s\n    environment: { POSTGRES_PASSWORD: x }\n    ports: ["18441:5432"]\n    volumes: ["./init.sh:/docker-entrypoint-initdb.d/init.sh:ro"]\n    healthcheck: { test: ["CMD-SHELL", "pg_isready -U postgres"], interval: 60s }\n',
          app: '    image: node:20-slim\n    stop_grace_period: 0s\n    command: ["node", "/app.js"]\n    ports: ["18442:8080"]\n    volumes: ["./app.js:/app.js:ro"]\n',
          cache: redis('    ports: ["18443:6379"]\n    depends_on: { seed: { condition: service_completed_successfully } }\n'),
          seed: bash('sleep 1; echo seeded', '    depends_on: { app: { condition: service_started } }\n'),
        }),
      },
      async (bench) => {
        const run = bench.start(['up', '--json', '--timeout', '40']);
        const at = async (service: string, port: number, bytes: string | Buffer) => {
          await run.event((event) => event.service === service && event.state === 'ready');
          return (await ask(port, Buffer.from(bytes))).toString('latin1');
        };
        const [db, app, cache] = await Promise.all([
          at('db', 18_441, startup()).then(async (answer) => [answer[0], await docker('exec', `${bench.name}-db-1`, 'psql', '-U', 'postgres', '-Atc', 'select id from late')]),
          at('app', 18_442, ''),
          at('cache', 18_443, 'PING\r\n'),
        ]);
        expect({ db, app, cache }).toEqual({ db: ['R', '42'], app: 'hello', cache: '+PONG\r\n' });
        expect((await run.ended).code).toBe(0);
        const order = run.events.flatMap(({ service, state }) => (state === 'ready' || state === 'done' ? [service] : []));
        expect(order.indexOf('seed')).toBeLessThan(order.indexOf('cache'));
      },
    ));

  test('F24: is not told of a service that ends again and again, and is of one that its restart policy brings through', () =>
    withBench(
      compose({
        loop: bash('exit 1', '    restart: always\n'),
        once: bash('[ -e /tmp/x ] && exit 0; touch /tmp/x; exit 1', '    restart: on-failure\n'),
        after: bash('exec sleep 600', '    depends_on: { once: { condition: service_completed_successfully } }\n'),
      }),
      async (bench) => {
        const run = await bench.run(['up', '--json', '--timeout', '6']);
        expect({ code: run.code, ...run.result }).toMatchObject({ code: 5, ready: ['after'], done: ['once'], failed: [{ service: 'loop' }] });
      },
    ));
});

describe('services that belong together', () => {
  const files = (level: string) =>
    compose({
      db: redis(`    environment: { LEVEL: "${level}" }\n`),
      side: bash('exec sleep 600', '    network_mode: "service:db"\n'),
      follower: bash('exec sleep 600', '    depends_on: { db: { condition: service_started, restart: true } }\n'),
      optional: bash('exec sleep 600', '    depends_on: { db: { condition: service_started, required: false } }\n'),
    });
  const ping = (bench: Bench) => docker('exec', `${bench.name}-side-1`, 'bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/6379 && printf "PING\\r\\n" >&3 && head -c 5 <&3');

  test('share a new network and start again where one of them is made anew, and only those', () =>
    withBench(files('1'), async (bench) => {
      await bench.run(['up', '--json']);
      const before = await started(bench, 'follower', 'optional');
      await bench.write(files('2'));
      expect(await json(bench, 'plan')).toMatchObject({ recreate: [{ service: 'db' }, { service: 'side' }], start: [{ service: 'follower' }], unchanged: ['optional'] });
      expect((await bench.run(['up', '--json'])).result).toMatchObject({ ok: true, changed: ['db', 'follower', 'side'] });
      const after = await started(bench, 'follower', 'optional');
      expect(after[0]?.split(' ')[0]).toBe(before[0]?.split(' ')[0]);
      expect(after[0]).not.toBe(before[0]);
      expect(after[1]).toBe(before[1]);
      expect(await ping(bench)).toBe('+PONG');
      expect((await bench.run(['up', '--json'])).result).toMatchObject({ ok: true, changed: [] });
    }));

  test('are mended after one was stopped, paused, removed or restarted', () =>
    withBench(files('1'), async (bench) => {
      await bench.run(['up', '--json']);
      await docker('stop', '-t', '0', `${bench.name}-db-1`, `${bench.name}-side-1`);
      expect((await bench.run(['up', '--json'])).code).toBe(0);
      expect(await ping(bench)).toBe('+PONG');
      await docker('rm', '-fv', `${bench.name}-db-1`);
      await docker('pause', `${bench.name}-optional-1`);
      expect((await bench.run(['up', '--json'])).code).toBe(0);
      expect(await ping(bench)).toBe('+PONG');
      const [follower] = await started(bench, 'follower');
      expect((await bench.run(['restart', 'minimal', 'db', '--json'])).code).toBe(0);
      expect(await ping(bench)).toBe('+PONG');
      expect((await started(bench, 'follower'))[0]).not.toBe(follower);
    }));
});

describe('what Compose files can say', () => {
  test('holds: external networks and volumes, secrets, configs, extends, include, names, init, tmpfs, profiles, and volumes without a name', () =>
    withBench(
      {
        's.txt': 'top',
        'c.txt': 'conf',
        'e.env': 'A=b\n',
        'cfg/x': '1',
        'other.yaml': 'services:\n  base0:\n    image: debian:bookworm-slim\n    environment: { FROM: other }\n',
        'included.yaml': `services:\n  inc:\n${bash('exec sleep 600')}`,
        ...compose(
          {
            base: bash(
              'exec sleep 600',
              '    networks: [ext]\n    volumes: ["extv:/v", "/anon", "./cfg:/cfg:ro"]\n    container_name: NAME-fixed\n    init: true\n    tmpfs: [/scratch]\n    secrets: [s]\n    configs: [{ source: c, target: /c.txt }]\n    healthcheck: { disable: true }\n    env_file: [e.env]\n    environment: { LEVEL: "1" }\n',
            ),
            child: bash('exec sleep 600', '    extends: { service: base0, file: other.yaml }\n'),
            host: bash('exec sleep 600', '    network_mode: host\n'),
            many: redis('    deploy: { replicas: 3 }\n'),
            debug: bash('exec sleep 600', '    profiles: [debug]\n'),
          },
          'include: [included.yaml]\nsecrets: { s: { file: s.txt } }\nconfigs: { c: { file: c.txt } }\nnetworks: { ext: { name: NAME-ext, external: true } }\nvolumes: { extv: { name: NAME-extv, external: true } }\n',
        ),
      },
      async (bench) => {
        await docker('network', 'create', '--label', 'dev.backlot.test=1', `${bench.name}-ext`);
        await docker('volume', 'create', '--label', 'dev.backlot.test=1', `${bench.name}-extv`);
        const file = `${bench.directory}/compose.yaml`;
        try {
          const up = await bench.run(['up', '--json']);
          expect({ code: up.code, error: up.result?.error, ready: [...((up.result?.['ready'] ?? []) as string[])].sort() }).toEqual({ code: 0, error: undefined, ready: ['base', 'child', 'host', 'inc', 'many'] });
          expect(await docker('exec', `${bench.name}-fixed`, 'bash', '-c', 'cat /run/secrets/s /c.txt /proc/1/comm; echo $A; touch /anon/kept; stat -f -c %T /scratch')).toBe('topconfdocker-init\nb\ntmpfs');
          expect(await docker('exec', `${bench.name}-child-1`, 'printenv', 'FROM')).toBe('other');
          expect((await held(bench.name)).containers).toHaveLength(7);
          const text = (await promisify(execFile)('cat', [file])).stdout;
          await bench.write({ 'compose.yaml': text.replace('LEVEL: "1"', 'LEVEL: "2"') });
          expect((await bench.run(['up', '--json'])).result).toMatchObject({ ok: true, changed: ['base'] });
          expect(await docker('exec', `${bench.name}-fixed`, 'ls', '/anon')).toBe('kept');
          expect((await bench.run(['down', '--json'])).code).toBe(0);
          expect(await held(bench.name)).toMatchObject({ containers: [], networks: [] });
          await docker('network', 'inspect', `${bench.name}-ext`);
          await docker('volume', 'inspect', `${bench.name}-extv`);
        } finally {
          await bench.run(['down', '--json']);
          await docker('network', 'rm', `${bench.name}-ext`);
          await docker('volume', 'rm', '-f', `${bench.name}-extv`);
        }
      },
    ));

  test('holds: hooks after the start, by Compose itself', async (context) => {
    const version = (await docker('compose', 'version', '--short')).split(/[.-]/).map(Number);
    if ((version[0] ?? 0) < 3 && (version[1] ?? 0) < 30) return context.skip(`Compose ${version.slice(0, 2).join('.')} knows no hooks`);
    await withBench(compose({ db: bash('exec sleep 600', '    post_start: [{ command: ["touch", "/hooked"] }]\n') }), async (bench) => {
      expect((await bench.run(['up', '--json'])).result).toMatchObject({ ok: true, ready: ['db'] });
      expect(await docker('exec', `${bench.name}-db-1`, 'ls', '/hooked')).toBe('/hooked');
      expect((await bench.run(['up', '--json'])).result).toMatchObject({ ok: true, changed: [] });
    });
  });
});

describe('Compose itself, on the same project', () => {
  const files = compose({ db: redis('    volumes: ["data:/data"]\n'), web: bash('exec sleep 600', '    depends_on: [db]\n') }, 'volumes: { data: {} }\n');

  test('sees what is up, takes it down, and brings it up again; what it made, Backlot does not touch', () =>
    withBench(files, async (bench) => {
      await bench.run(['up', '--json']);
      expect((await compose2(bench, 'ps', '--format', '{{.Service}} {{.State}}')).split('\n').sort()).toEqual(['db running', 'web running']);
      await compose2(bench, 'down');
      expect(await held(bench.name)).toEqual({ containers: [], networks: [], volumes: [`${bench.name}_data`] });
      expect(await json(bench, 'ps')).toMatchObject({ sets: [{ name: 'minimal', state: 'down' }] });
      expect((await bench.run(['up', '--json'])).result).toMatchObject({ ok: true, changed: ['db', 'web'] });
      expect((await bench.run(['down', '--json'])).code).toBe(0);
      await compose2(bench, 'up', '-d');
      const theirs = await held(bench.name);
      const up = await bench.run(['up', '--json']);
      expect({ code: up.code, error: up.result?.error }).toMatchObject({ code: 6, error: { code: 'foreign-objects', fix: expect.stringContaining('docker compose') } });
      expect((await bench.run(['down', '--json'])).code).toBe(0);
      expect((await bench.run(['clean', '--json'])).code).toBe(0);
      expect(await held(bench.name)).toEqual(theirs);
      await compose2(bench, 'down');
    }));

  test('may take over a set that is up, and then has it', () =>
    withBench(files, async (bench) => {
      await bench.run(['up', '--json']);
      await compose2(bench, 'up', '-d');
      const theirs = await held(bench.name);
      expect((await bench.run(['up', '--json'])).code).toBe(6);
      expect((await bench.run(['clean', '--json'])).code).toBe(0);
      expect((await held(bench.name)).containers).toEqual(theirs.containers);
      await compose2(bench, 'down');
      expect((await bench.run(['up', '--json'])).code).toBe(0);
    }));
});

describe('--json', () => {
  test('I7: has the shapes of the command line contract', () =>
    withBench({ 'backlot.yaml': `${BACKLOT_FILE.replace(' } }', ', ports: { db: { 6379: 18444 } } }, whole: { services: all, addresses: own } }')}`, ...compose({ db: redis(), web: bash('exec sleep 600') }) }, async (bench) => {
      const words = { service: expect.any(String), why: expect.any(String) };
      expect(await json(bench, 'plan')).toMatchObject({ schema: 1, create: [words, words], recreate: [], start: [], remove: [], ports: [{ service: 'db', container: 6379, host: 18_444 }], images: expect.arrayContaining([{ image: 'redis:7', action: 'present', services: ['db'] }]) });
      const up = await bench.run(['up', '--json']);
      expect(up.events.every(({ type, time }) => typeof type === 'string' && !Number.isNaN(Date.parse(String(time))))).toBe(true);
      expect(up.result).toMatchObject({ type: 'result', ok: true, schema: 1, set: 'minimal', ready: ['db', 'web'], failed: [], seconds: expect.any(Number) });
      const ps = await json(bench, 'ps');
      expect(ps).toMatchObject({ schema: 1, project: bench.name });
      const service = (ps['sets'] as { services: Record<string, unknown>[] }[])[0]?.services.find(({ name }) => name === 'db');
      expect(service).toMatchObject({ name: 'db', state: 'ready', container: `${bench.name}-db-1`, image: 'redis:7', names: ['db'], addresses: { container: expect.stringMatching(/^\d+\.\d+\.\d+\.\d+$/), host: '127.0.0.1:18444' }, ports: [{ container: 6379, host: 18_444 }], restarts: 0 });
      expect((ps['sets'] as { name: string; state: string }[]).map(({ name, state }) => `${name} ${state}`)).toEqual(['minimal up', 'whole down']);
      expect(await json(bench, 'config')).toMatchObject({ schema: 1, sets: [{ name: 'minimal' }, { name: 'whole' }] });
      const doctor = await bench.run(['doctor', '--json']);
      const { checks } = JSON.parse(doctor.stdout) as { checks: { id: string; status: string; message: string; fix?: string }[] };
      for (const check of checks) expect(check).toMatchObject({ id: expect.any(String), status: expect.stringMatching(/^(ok|warn|fail)$/), message: expect.any(String) });
      expect(doctor.code).toBe(checks.some(({ status }) => status === 'fail') ? 1 : 0);
      expect((await bench.run(['exec', 'db', '--', 'sh', '-c', 'exit 7'])).code).toBe(7);
      const down = await bench.run(['down', '--all', '--json']);
      expect(down.result).toMatchObject({ type: 'result', ok: true });
    }));
});
