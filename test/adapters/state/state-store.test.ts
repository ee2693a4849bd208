import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findPaths } from '#adapters/state/paths.ts';
import { createStateStore } from '#adapters/state/state-store.ts';
import type { EnvironmentRecord, LockOwner, StateStore } from '#ports/state-store.ts';

let home = '';
let store: StateStore;
const children: ChildProcess[] = [];
const never = new AbortController().signal;

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'backlot-state-'));
  store = createStateStore({ paths: findPaths({ BACKLOT_HOME: home }), shell: 'test' });
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(home, { recursive: true, force: true });
});

const record: EnvironmentRecord = {
  project: 'shop', directory: '/shop', set: 'minimal', composeProject: 'shop',
  services: { db: '{"image":"postgres:15"}' },
  ports: { db: [{ container: 5432, host: 5432, protocol: 'tcp' }] },
  ready: { 'abc@2026-01-01T00:00:00Z': 'ready' },
  probed: { 'abc@2026-01-01T00:00:00Z': '2026-01-01T00:00:01Z' },
  unfinished: { operation: 'op-1', method: 'stack.up', began: '2026-01-01T00:00:00Z' },
};
const environment = { composeProject: 'shop', directory: '/shop', method: 'stack.up' };

describe('the state store', () => {
  test('gives back the record of an environment, and not that of the same Compose project elsewhere', async () => {
    expect(await store.readEnvironment('shop', '/shop')).toBeUndefined();
    await store.writeEnvironment(record);
    expect(await store.readEnvironment('shop', '/shop')).toEqual(record);
    expect(await store.readEnvironment('shop', '/other')).toBeUndefined();
    expect(await store.listEnvironments()).toEqual([record]);
  });

  test('forgets an environment with its model', async () => {
    await store.writeEnvironment(record);
    const model = await store.writeModel('shop', '/shop', 'services: {}');
    expect(await readFile(model, 'utf8')).toBe('services: {}');
    await store.removeEnvironment('shop', '/shop');
    await store.removeEnvironment('shop', '/shop');
    expect(await store.listEnvironments()).toEqual([]);
    await expect(stat(model)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('keeps its files from other users', async () => {
    const model = await store.writeModel('shop', '/shop', '');
    expect((await stat(model)).mode & 0o777).toBe(0o600);
    for (const folder of [path.join(home, 'state'), path.dirname(model)]) expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  test('a Compose project with a path for a name stays inside the state folder', async () => {
    const model = await store.writeModel('../../../etc', '/shop', '');
    expect(path.relative(path.join(home, 'state', 'models'), model)).not.toContain('..');
  });

  test('B61: moves a file that cannot be understood aside, and goes on without it', async () => {
    await store.writeEnvironment(record);
    const folder = path.join(home, 'state', 'environments');
    const [file = ''] = await readdir(folder);
    for (const damage of ['', '{"project": "sh', '[]', '\0\0\0', '{"project": 7}']) {
      await writeFile(path.join(folder, file), damage);
      expect(await store.readEnvironment('shop', '/shop')).toBeUndefined();
      expect(await store.listEnvironments()).toEqual([]);
      expect(await readFile(path.join(folder, `${file}.bad`), 'utf8')).toBe(damage);
    }
    await store.writeEnvironment(record);
    expect(await store.readEnvironment('shop', '/shop')).toEqual(record);
  });

  test('remembers projects, latest first, each once', async () => {
    await store.rememberProject({ directory: '/a', name: 'a' });
    await store.rememberProject({ directory: '/b', name: 'b' });
    await store.rememberProject({ directory: '/a', name: 'renamed' });
    expect(await store.listProjects()).toEqual([{ directory: '/a', name: 'renamed' }, { directory: '/b', name: 'b' }]);
    await store.forgetProject('/a');
    expect(await store.listProjects()).toEqual([{ directory: '/b', name: 'b' }]);
  });

  test('loses no project when several are remembered at once', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    await Promise.all(names.map((name) => store.rememberProject({ directory: `/${name}`, name })));
    expect((await store.listProjects()).map((project) => project.name).sort()).toEqual(names);
  });
});

describe('the lock of an environment', () => {
  /** Another process that takes the lock, says so, and lets it go when told. */
  function holder(extra: Record<string, string> = {}): ChildProcess {
    const child = fork(new URL('./lock-holder.ts', import.meta.url), { env: { ...process.env, BACKLOT_HOME: home, ...extra }, execArgv: ['--import', 'tsx'], stdio: 'inherit' });
    children.push(child);
    return child;
  }

  const says = (child: ChildProcess, word: string) =>
    new Promise<void>((resolve, reject) => {
      const onMessage = (message: unknown) => message === word && (child.off('message', onMessage), resolve());
      child.on('message', onMessage);
      child.once('exit', (code) => reject(new Error(`ended with ${code} before it said ${word}`)));
    });

  test('is given back when the work is done, and when it fails', async () => {
    expect(await store.withLock(environment, () => {}, async () => 'done', never)).toBe('done');
    await expect(store.withLock(environment, () => {}, () => Promise.reject(new Error('failed')), never)).rejects.toThrow('failed');
    expect(await store.withLock(environment, () => {}, async () => 'again', never)).toBe('again');
  });

  test('F32: lets one process work at a time, and tells the other who it waits for', async () => {
    const other = holder();
    await says(other, 'locked');
    const waitedFor: LockOwner[] = [];
    const order: string[] = [];
    const ours = store.withLock(
      environment,
      (owner) => {
        waitedFor.push(owner);
        order.push('waited');
        other.send('release');
      },
      async () => order.push('worked'),
      never,
    );
    await Promise.all([ours, says(other, 'released').then(() => order.push('other released'))]);
    expect(waitedFor).toEqual([{ pid: other.pid, shell: 'other', method: 'stack.up', since: expect.any(String) }]);
    expect(order.indexOf('waited')).toBe(0);
  });

  test('F32: does not stand in the way of another environment', async () => {
    await says(holder(), 'locked');
    expect(await store.withLock({ ...environment, directory: '/other' }, () => expect.unreachable(), async () => 1, never)).toBe(1);
  });

  test('F32: is taken over from an owner that was killed, at once', async () => {
    const other = holder();
    await says(other, 'locked');
    const gone = new Promise((resolve) => other.once('exit', resolve));
    other.kill('SIGKILL');
    await gone;
    const started = performance.now();
    await store.withLock(environment, () => {}, async () => {}, never);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  test('is not taken over from an owner that is only stopped', async () => {
    const other = holder();
    await says(other, 'locked');
    other.kill('SIGSTOP');
    const controller = new AbortController();
    const ours = store.withLock(environment, () => controller.abort(), async () => expect.unreachable(), controller.signal);
    await expect(ours).rejects.toMatchObject({ code: 'cancelled' });
    other.kill('SIGCONT');
  });

  test('is taken over when its owner’s number belongs to another process now, or the machine was started again', async () => {
    const folder = path.join(home, 'state', 'locks');
    await store.withLock(environment, () => {}, async () => {}, never);
    const [key = ''] = await readdir(folder);
    const { ownIdentity } = await import('#adapters/state/process-identity.ts');
    const own = await ownIdentity();
    let turn = 100;
    for (const process of [{ ...own, started: '1' }, { ...own, boot: 'another' }, { ...own, pid: 4_000_000 }]) {
      await writeFile(path.join(folder, key, String((turn += 10))), JSON.stringify({ process, shell: 'x', method: 'm', since: '' }));
      expect(await store.withLock(environment, () => expect.unreachable(), async () => 'ours', never)).toBe('ours');
    }
    await writeFile(path.join(folder, key, String(turn + 10)), 'half writ');
    expect(await store.withLock(environment, () => expect.unreachable(), async () => 'ours', never)).toBe('ours');
    expect(await readdir(path.join(folder, key))).toEqual([expect.stringMatching(/^\d+\.free$/)]);
  });

  test('F32: is held by one at a time when many want it and some are killed', async () => {
    const log = path.join(home, 'log');
    const workers = Array.from({ length: 6 }, (_, index) => holder({ CONTEND: '25', LOG: log, DIES: index % 2 ? '1' : '' }));
    await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve))));
    const lines = (await readFile(log, 'utf8')).trim().split('\n');
    let inside: string | undefined;
    const killed = new Set(lines.filter((line) => line.startsWith('dies')).map((line) => line.split(' ')[1]));
    for (const line of lines) {
      const [word, pid] = line.split(' ');
      if (word === 'in') {
        expect(inside === undefined || killed.has(inside)).toBe(true);
        inside = pid;
      } else {
        expect(inside).toBe(pid);
        if (word === 'out') inside = undefined;
      }
    }
    expect(killed.size).toBe(3);
    expect(lines.filter((line) => line.startsWith('out'))).toHaveLength(3 * 25 + 3 * 5);
  }, 60_000);
});

describe('the folders of Backlot', () => {
  test('are the XDG folders, or one folder, or the system’s own places', () => {
    expect(findPaths({}, 'linux', '/home/a')).toEqual({
      state: '/home/a/.local/state/backlot', data: '/home/a/.local/share/backlot', cache: '/home/a/.cache/backlot', config: '/home/a/.config/backlot',
    });
    expect(findPaths({ XDG_STATE_HOME: '/x', XDG_CACHE_HOME: 'relative' }, 'linux', '/home/a')).toMatchObject({ state: '/x/backlot', cache: '/home/a/.cache/backlot' });
    expect(findPaths({ BACKLOT_HOME: '/b' }, 'darwin', '/home/a')).toEqual({ state: '/b/state', data: '/b/data', cache: '/b/cache', config: '/b/config' });
    expect(findPaths({}, 'darwin', '/Users/a')).toMatchObject({ state: '/Users/a/Library/Application Support/Backlot/state', cache: '/Users/a/Library/Caches/Backlot' });
    expect(findPaths({ LOCALAPPDATA: 'C:\\L' }, 'win32', 'C:\\U')).toMatchObject({ state: 'C:\\L\\Backlot\\state' });
  });
});
