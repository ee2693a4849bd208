import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { UpResult } from '#contract/stack.ts';
import { docker, eventually, withScene, type Scene } from '../../support/backlot.ts';

const redis = (extra = '') => `    image: redis:7\n    stop_grace_period: 1s\n${extra}`;
const sleeper = (command: string, extra = '') => `    image: debian:bookworm-slim\n    stop_grace_period: 0s\n    command: ["bash", "-c", ${JSON.stringify(command)}]\n${extra}`;
const compose = (services: Readonly<Record<string, string>>, tail = '') => ({
  'compose.yaml': `name: NAME\nservices:\n${Object.entries(services).map(([name, text]) => `  ${name}:\n${text}`).join('')}${tail}`,
});
const own = (scene: Scene) => docker('ps', '-a', '--filter', `label=com.docker.compose.project=${scene.name}`, '--format', '{{.Label "com.docker.compose.service"}} {{.State}}');
const up = (scene: Scene, more: Partial<Parameters<Scene['backlot']['stack']['up']>[0]> = {}) => scene.run(scene.backlot.stack.up({ directory: scene.directory, ...more }));

describe('up', () => {
  test('takes a program that ends well for done, whatever ports it names, and a database that ends for failed', () =>
    withScene(
      compose({
        report: sleeper('echo written', '    expose: ["8080"]\n'),
        db: '    image: postgres:15\n    command: ["postgres", "--version"]\n',
      }),
      async (scene) => {
        const { result } = await up(scene);
        expect(result).toMatchObject({ ok: false, value: { done: ['report'], failed: [{ service: 'db' }] } });
      },
    ));

  test('starts each service when what it needs is ready, long before a health interval comes round', () =>
    withScene(
      compose({
        db: redis('    healthcheck: { test: ["CMD", "redis-cli", "ping"], interval: 60s }\n'),
        migrate: sleeper('echo migrated', '    depends_on: { db: { condition: service_healthy } }\n'),
        api: redis('    command: ["redis-server", "--port", "7001"]\n    depends_on: { migrate: { condition: service_completed_successfully } }\n    healthcheck: { test: ["CMD", "redis-cli", "-p", "7001", "ping"], interval: 60s }\n'),
      }),
      async (scene) => {
        const { result, events } = await up(scene);
        expect(result).toMatchObject({ ok: true, value: { ready: ['db', 'api'], done: ['migrate'], failed: [] } });
        expect((result.value as UpResult).seconds).toBeLessThan(30);
        const order = events.flatMap((event) => (event.type === 'service' && ['ready', 'done'].includes(event.state) ? [event.service] : []));
        expect(order).toEqual(['db', 'migrate', 'api']);
        const status = await scene.backlot.stack.status({ directory: scene.directory });
        expect(status.sets[0]).toMatchObject({ name: 'minimal', state: 'up' });
        expect(status.sets[0]?.services.map(({ name, state }) => `${name} ${state}`).sort()).toEqual(['api ready', 'db ready', 'migrate done']);
        expect(await docker('compose', '-f', `${scene.directory}/compose.yaml`, 'ps', '--format', '{{.Service}}')).toContain('db');
      },
    ));

  test('I4: a second one changes nothing, and a changed file recreates only what changed', () =>
    withScene(compose({ db: redis(), cache: redis('    command: ["redis-server", "--port", "7001"]\n    environment: { LEVEL: "1" }\n    expose: ["7001"]\n') }), async (scene) => {
      await up(scene);
      const before = await docker('ps', '-q', '--no-trunc', '--filter', `label=com.docker.compose.project=${scene.name}`);
      expect((await up(scene)).result.value).toMatchObject({ changed: [], ready: ['cache', 'db'] });
      expect(await docker('ps', '-q', '--no-trunc', '--filter', `label=com.docker.compose.project=${scene.name}`)).toBe(before);
      await scene.write(compose({ db: redis(), cache: redis('    command: ["redis-server", "--port", "7001"]\n    environment: { LEVEL: "2" }\n    expose: ["7001"]\n') }));
      const plan = await scene.backlot.stack.plan({ directory: scene.directory });
      expect(plan).toMatchObject({ create: [], recreate: [{ service: 'cache', why: 'environment LEVEL changed' }], unchanged: ['db'] });
      expect((await up(scene)).result.value).toMatchObject({ changed: ['cache'] });
    }));

  test('F23 B34: a service that exits at once fails with its code and last words, and its dependents say why they wait in vain', () =>
    withScene(
      compose({ bad: sleeper('echo no such table >&2; exit 3'), web: sleeper('sleep 60', '    depends_on: { bad: { condition: service_completed_successfully } }\n') }),
      async (scene) => {
        const { result } = await up(scene);
        expect(result.ok).toBe(false);
        expect(result.error).toMatchObject({ code: 'service-failed', message: expect.stringMatching(/bad: exited with 3; last output: no such table/) });
        expect(result.value).toMatchObject({ failed: [{ service: 'bad' }, { service: 'web', why: 'not started, because bad failed' }] });
      },
    ));

  test('F25: a health check that never passes ends in time, with what it said last', () =>
    withScene(compose({ db: sleeper('sleep 60', '    healthcheck: { test: ["CMD-SHELL", "echo not yet; exit 1"], interval: 60s }\n') }), async (scene) => {
      const { result } = await up(scene, { timeout: 1 });
      expect(result.error).toMatchObject({ code: 'not-ready', message: expect.stringContaining('health check: exit 1: not yet') });
    }));

  test('what is mended and brought up again is up, although the engine has not probed it again', () =>
    withScene(compose({ db: redis('    healthcheck: { test: ["CMD-SHELL", "test -e /tmp/mended"], interval: 2s, retries: 1 }\n') }), async (scene) => {
      const states = async () => (await scene.backlot.stack.status({ directory: scene.directory })).sets.map(({ state }) => state);
      expect((await up(scene)).result.error).toMatchObject({ code: 'not-ready' });
      expect(await states()).toEqual(['failed']);
      await docker('exec', `${scene.name}-db-1`, 'touch', '/tmp/mended');
      expect((await up(scene)).result.ok).toBe(true);
      expect(await states()).toEqual(['up']);
    }));

  test('B33: a health command that the image lacks is named as such', () =>
    withScene(compose({ db: sleeper('sleep 60', '    healthcheck: { test: ["CMD", "curl", "x"], interval: 60s }\n') }), async (scene) => {
      const { result } = await up(scene, { timeout: 1 });
      expect(result.error?.message).toMatch(/not found in the image|executable file not found/);
    }));

  test('B21: a port that a program holds is found before anything is created', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    try {
      await withScene(compose({ web: redis(`    ports: ["${port}:6379"]\n`) }), async (scene) => {
        const { result } = await up(scene);
        expect(result.error).toMatchObject({ code: 'port-taken', message: expect.stringContaining(`port ${port}`), fix: expect.stringContaining('sets.minimal.ports') });
        expect(result.error?.message).toContain(`process ${process.pid}`);
        expect(await own(scene)).toBe('');
      });
    } finally {
      server.close();
    }
  });

  test('B21: a port that nobody asked for, and that somebody took while the service was stopped, is done without', () =>
    withScene(compose({ cache: redis('    expose: ["6391"]\n    command: ["redis-server", "--port", "6391"]\n') }), async (scene) => {
      expect((await up(scene)).result.ok).toBe(true);
      await docker('compose', '-f', `${scene.directory}/compose.yaml`, 'stop');
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(6391, '127.0.0.1', resolve));
      try {
        const { result, events } = await up(scene);
        expect(result).toMatchObject({ ok: true, value: { ready: ['cache'], failed: [] } });
        expect(events).toContainEqual(expect.objectContaining({ type: 'message', text: expect.stringMatching(/^cache: port 6391 is not published on this machine/) }));
        expect((await up(scene)).result.value).toMatchObject({ changed: [] });
      } finally {
        await new Promise((resolve) => server.close(resolve));
      }
    }));

  test('B22: an image that does not exist fails with its name, and leaves nothing', () =>
    withScene(compose({ web: '    image: localhost:1/no/such-image:1\n' }), async (scene) => {
      const { result } = await up(scene);
      expect(result.ok).toBe(false);
      expect(result.error?.code).toMatch(/^image-/);
      expect(result.error?.message).toContain('no/such-image');
      expect(await own(scene)).toBe('');
    }));

  test('F17: cancelled in the middle, it takes away what it made', () =>
    withScene(compose({ db: sleeper('sleep 60', '    healthcheck: { test: ["CMD", "false"], interval: 60s }\n') }), async (scene) => {
      const { id } = await scene.backlot.stack.up({ directory: scene.directory });
      let cancelled = false;
      for await (const event of scene.backlot.operations.watch({ id })) {
        if (event.type === 'service' && event.state === 'starting' && !cancelled) cancelled = (await scene.backlot.operations.cancel({ id })).cancelled;
        if (event.type === 'result') expect(event).toMatchObject({ ok: false, error: { code: 'cancelled' } });
      }
      expect(await own(scene)).toBe('');
      expect(await docker('network', 'ls', '-q', '--filter', `label=com.docker.compose.project=${scene.name}`)).toBe('');
    }));

  test('F17: what it cannot take away when it is cancelled is said, and clean finds it', () =>
    withScene(compose({ db: sleeper('sleep 60', '    healthcheck: { test: ["CMD", "false"], interval: 60s }\n') }), async (scene) => {
      const { id } = await scene.backlot.stack.up({ directory: scene.directory });
      const network = `${scene.name}_default`;
      const guest = `${scene.name}-guest`;
      try {
        const said: string[] = [];
        for await (const event of scene.backlot.operations.watch({ id })) {
          if (event.type === 'message' && event.level === 'warning') said.push(`${event.text} ${event.fix ?? ''}`);
          if (event.type === 'service' && event.state === 'starting' && said.length === 0) {
            // Somebody else's container holds its network.
            await docker('run', '-d', '--name', guest, '--label', 'dev.backlot.test=1', '--network', network, 'debian:bookworm-slim', 'sleep', '60');
            said.push((await scene.backlot.operations.cancel({ id })).cancelled ? 'cancelled' : 'over');
          }
          if (event.type === 'result') expect(event).toMatchObject({ ok: false, error: { code: 'cancelled' } });
        }
        expect(said).toEqual(['cancelled', expect.stringMatching(/^What was begun could not all be taken away: .*backlot clean removes the rest/s)]);
        expect(await own(scene)).toBe('');
        expect(await docker('network', 'ls', '--format', '{{.Name}}', '--filter', `label=com.docker.compose.project=${scene.name}`)).toBe(network);
      } finally {
        await docker('rm', '-fv', guest).catch(() => '');
      }
      // Others work on this engine: what clean would take is only looked at.
      const { result } = await scene.run(scene.backlot.system.clean({ dryRun: true }));
      expect(result.value).toMatchObject({ removed: expect.arrayContaining([expect.objectContaining({ kind: 'network', name: network })]) as unknown });
    }));

  test('F32: of two at once, the second waits for the first and then has nothing to do', () =>
    withScene(compose({ db: redis('    healthcheck: { test: ["CMD", "redis-cli", "ping"], interval: 60s }\n') }), async (scene) => {
      const [first, second] = await Promise.all([up(scene), up(scene)]);
      expect([first.result.ok, second.result.ok]).toEqual([true, true]);
      const changed = [first, second].map(({ result }) => (result.value as UpResult).changed.length);
      expect(changed.sort()).toEqual([0, 1]);
    }));

  test('I2: containers that Backlot did not make are not touched', () =>
    withScene(compose({ db: redis() }), async (scene) => {
      await docker('compose', '-f', `${scene.directory}/compose.yaml`, 'up', '-d');
      const { result } = await up(scene);
      expect(result.error).toMatchObject({ code: 'foreign-objects', fix: expect.stringContaining(`docker compose -p ${scene.name} down`) });
      await scene.run(scene.backlot.stack.down({ directory: scene.directory }));
      expect(await own(scene)).toBe('db running');
    }));

  test('a restart policy brings a service through its first failures', () =>
    withScene(
      compose({ flaky: sleeper('if [ -e /data/tried ]; then sleep 60; fi; touch /data/tried; exit 1', '    restart: on-failure\n    volumes: ["state:/data"]\n    healthcheck: { test: ["CMD", "test", "-e", "/data/tried"], interval: 60s }\n') }, 'volumes: { state: {} }\n'),
      async (scene) => {
        const { result } = await up(scene);
        expect(result.error).toBeUndefined();
      },
    ));

  test('a database that sets itself up is not called ready before it takes connections', () =>
    withScene(
      compose({ db: '    image: postgres:15\n    environment: { POSTGRES_PASSWORD: x }\n    healthcheck: { test: ["CMD-SHELL", "pg_isready -U postgres"], interval: 60s }\n' }),
      async (scene) => {
        expect((await up(scene)).result.ok).toBe(true);
        expect(await docker('exec', '-e', 'PGPASSWORD=x', `${scene.name}-db-1`, 'psql', '-h', '127.0.0.1', '-U', 'postgres', '-tAc', 'select 42')).toBe('42');
      },
    ));
});

describe('down', () => {
  test('I12: removes containers and networks in reverse order, and never data', () =>
    withScene(compose({ db: redis('    volumes: ["data:/data"]\n'), api: sleeper('sleep 60', '    depends_on: [db]\n') }, 'volumes: { data: {} }\n'), async (scene) => {
      await up(scene);
      const { result, events } = await scene.run(scene.backlot.stack.down({ directory: scene.directory }));
      expect(result.ok).toBe(true);
      const removed = events.flatMap((event) => (event.type === 'service' && event.state === 'removed' ? [event.service] : []));
      expect(removed).toEqual(['api', 'db']);
      expect(await own(scene)).toBe('');
      expect(await docker('network', 'ls', '-q', '--filter', `label=com.docker.compose.project=${scene.name}`)).toBe('');
      expect(await docker('volume', 'ls', '-q', '--filter', `label=com.docker.compose.project=${scene.name}`)).toBe(`${scene.name}_data`);
    }));

  test('works on an environment whose Compose file has become unreadable', () =>
    withScene(compose({ db: redis() }), async (scene) => {
      await up(scene);
      await scene.write({ 'compose.yaml': 'services: [' });
      expect((await scene.run(scene.backlot.stack.down({ directory: scene.directory }))).result.ok).toBe(true);
      expect(await own(scene)).toBe('');
    }));
});

describe('two sets', () => {
  test('are up side by side, with their own names, networks and volumes', () =>
    withScene(
      {
        ...compose({ db: redis('    volumes: ["data:/data"]\n'), extra: sleeper('sleep 60') }, 'volumes: { data: {} }\n'),
        'backlot.yaml': 'version: 1\nname: NAME\ncompose: [compose.yaml]\nsets:\n  minimal: { services: [db] }\n  full: { services: all, addresses: own }\n',
      },
      async (scene) => {
        expect((await up(scene)).result.ok).toBe(true);
        expect((await up(scene, { set: 'full' })).result).toMatchObject({ ok: true, value: { set: 'full', ready: ['db', 'extra'] } });
        const { sets } = await scene.backlot.stack.status({ directory: scene.directory });
        expect(sets.map(({ name, state, services }) => `${name} ${state} ${services.length}`)).toEqual(['minimal up 1', 'full up 2']);
        const { result } = await scene.run(scene.backlot.stack.down({ directory: scene.directory, all: true }));
        expect((result.value as { sets: string[] }).sets.sort()).toEqual(['full', 'minimal']);
      },
    ));
});

describe('the live status', () => {
  test('follows a docker stop within two seconds', () =>
    withScene(compose({ db: redis() }), async (scene) => {
      await up(scene);
      const states: (string | undefined)[] = [];
      const scope = new AbortController();
      const watching = (async () => {
        for await (const status of scene.backlot.stack.watch({ directory: scene.directory }, scope.signal)) states.push(status.sets[0]?.services[0]?.state);
      })();
      await eventually(async () => expect(states.at(-1)).toBe('ready'));
      await docker('stop', '-t', '0', `${scene.name}-db-1`);
      await eventually(async () => expect(states.at(-1)).toBe('stopped'), 2000);
      await docker('rm', '-fv', `${scene.name}-db-1`);
      await eventually(async () => expect(states.at(-1)).not.toBe('stopped'), 2000);
      scope.abort();
      await watching;
    }));
});

describe('logs', () => {
  const talker = (name: string) => sleeper(`for i in 1 2 3; do echo ${name} $$i; sleep 0.05; done; sleep 60`);

  test('of several services come in the order of time, filtered, and go on across a restart', () =>
    withScene(compose({ one: talker('one'), two: talker('two') }), async (scene) => {
      await up(scene);
      const read = async (filter?: string) => {
        const lines = [];
        for await (const batch of scene.backlot.stack.logs({ directory: scene.directory, ...(filter !== undefined && { filter }) })) lines.push(...batch.lines);
        return lines;
      };
      const lines = await eventually(async () => {
        const all = await read();
        expect(all).toHaveLength(6);
        return all;
      });
      expect(lines.map(({ time }) => time)).toEqual(lines.map(({ time }) => time).sort());
      expect((await read('/^two [23]/')).map(({ line }) => line)).toEqual(['two 2', 'two 3']);
      const followed: string[] = [];
      const scope = new AbortController();
      const following = (async () => {
        for await (const batch of scene.backlot.stack.logs({ directory: scene.directory, follow: true, tail: 0 }, scope.signal)) {
          followed.push(...batch.lines.map(({ line }) => line), ...(batch.note ? [`${batch.note.service} ${batch.note.text}`] : []));
        }
      })();
      await eventually(async () => {
        await docker('exec', `${scene.name}-one-1`, 'sh', '-c', 'echo followed > /proc/1/fd/1');
        expect(followed).toContain('followed');
      });
      await docker('restart', '-t', '0', `${scene.name}-one-1`);
      await eventually(async () => expect(followed).toContain('one 3'));
      expect(followed.filter((line) => line === 'one 1')).toHaveLength(1);
      await scene.write(compose({ one: talker('one'), two: talker('two'), late: talker('late') }));
      await up(scene);
      await eventually(async () => expect(followed).toContain('late 3'));
      expect(followed.filter((line) => line.includes('started'))).toEqual(['one started again', 'late started']);
      scope.abort();
      await following;
    }));
});
