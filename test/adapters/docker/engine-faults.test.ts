import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { EngineState } from '#contract/engine.ts';
import type { ContainerEngine, EngineEvent } from '#ports/container-engine.ts';
import { startChaosProxy, type Fault, type Seen } from './chaos-proxy.ts';
import { all, docker, engineAt, failureOf, first, makeContainer, never, runContainer } from './engine-fixture.ts';

const PING: Fault = { kind: 'answer', headers: { 'Api-Version': '1.41' }, pieces: ['OK'] };
const isPing = ({ url }: Seen) => url === '/_ping';

async function proxy(options: Parameters<typeof startChaosProxy>[0] = {}) {
  const started = await startChaosProxy(options);
  onTestFinished(() => started.close());
  return started;
}

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'backlot-engine-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Watches an engine's states from now on; each can be waited for. */
function watch(engine: ContainerEngine) {
  const controller = new AbortController();
  const seen: EngineState[] = [];
  const watching = (async () => {
    for await (const state of engine.watchState(controller.signal)) seen.push(state);
  })();
  onTestFinished(async () => {
    controller.abort();
    await watching;
  });
  return { seen, until: (state: EngineState['state'], timeout = 20_000) => expect.poll(() => engine.state.state, { timeout, interval: 20 }).toBe(state) };
}

describe('F1: an engine that is not there', () => {
  test('fails at once, with the socket, the rule and a fix', async () => {
    const path = join(emptyFolder(), 'docker.sock');
    const engine = engineAt(path);
    const began = performance.now();
    const failure = await failureOf(engine.listContainers([], never()));
    expect(failure).toMatchObject({ code: 'engine-unreachable', message: expect.stringContaining(path) as string, fix: expect.stringContaining('--host') as string });
    expect(performance.now() - began).toBeLessThan(1000);
    expect(engine.state).toMatchObject({ state: 'down', error: { code: 'engine-unreachable' } });
  });

  test('is tried again less and less often, and reached as soon as its socket appears', async () => {
    const path = join(emptyFolder(), 'docker.sock');
    const engine = engineAt(path);
    const { seen, until } = watch(engine);
    await until('down');
    // After a few tries the pauses are longer than this test waits.
    await expect.poll(() => seen.filter(({ nextTry }) => nextTry !== undefined).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(4);
    const pauses = seen.filter(({ nextTry }) => nextTry !== undefined).map(({ nextTry = '' }) => Date.parse(nextTry) - Date.now());
    expect(pauses.at(-1)).toBeGreaterThan(2000);
    const began = performance.now();
    await proxy({ path });
    await until('up', 1500);
    expect(performance.now() - began).toBeLessThan(1500);
    expect(await engine.listContainers([], never())).toBeInstanceOf(Array);
  });
});

test('F2: a socket that this user may not use is "engine-denied", with what to do', async () => {
  const { path } = await proxy();
  chmodSync(path, 0o000);
  const isRoot = process.geteuid?.() === 0;
  // Nothing is forbidden to root.
  if (isRoot) process.seteuid?.(65_534);
  try {
    const failure = await failureOf(engineAt(path).listContainers([], never()));
    expect(failure).toMatchObject({ code: 'engine-denied', fix: expect.stringMatching(/docker.*rootless/) as string });
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
});

describe('F3: an engine that goes away', () => {
  test('is shown as down at once and as up again when it is back', async () => {
    const folder = emptyFolder();
    const path = join(folder, 'docker.sock');
    const before = await startChaosProxy({ path });
    const engine = engineAt(path);
    const { until } = watch(engine);
    await until('up');
    const events = failureOf(all(engine.events(never())));
    await expect.poll(() => before.seen.some(({ url }) => url.includes('/events'))).toBe(true);
    await before.close();
    expect((await events).code).toBe('engine-lost');
    await until('down', 4500);
    await proxy({ path });
    await until('up', 5000);
    expect(engine.state.engine?.version).not.toBe('');
  });
});

describe('F6: an engine that accepts and never answers', () => {
  test('is slow after two seconds, fails every call by its deadline, and recovers', async () => {
    const chaos = await proxy();
    const engine = engineAt(chaos.path);
    const { until, seen } = watch(engine);
    await until('up');
    chaos.choose(() => ({ kind: 'never-answer' }));
    const call = failureOf(engine.listContainers([], never()));
    await until('slow', 8000);
    expect(await call).toMatchObject({ code: 'engine-slow', fix: expect.any(String) as string });
    await until('down', 20_000);
    expect(engine.state.error?.code).toBe('engine-slow');
    chaos.choose(() => ({ kind: 'pass' }));
    await until('up', 35_000);
    expect(await engine.listContainers([], never())).toBeInstanceOf(Array);
    const states = seen.map(({ state }) => state).filter((state, index, list) => state !== list[index - 1]);
    expect(states).toEqual(['connecting', 'up', 'slow', 'down', 'up']);
  }, 90_000);

  test('does not hold a caller who gives up', async () => {
    const chaos = await proxy();
    chaos.choose(() => ({ kind: 'never-answer' }));
    const engine = engineAt(chaos.path);
    const controller = new AbortController();
    const call = failureOf(engine.listContainers([], controller.signal));
    await expect.poll(() => chaos.seen.length).toBe(1);
    controller.abort();
    expect((await call).code).toBe('cancelled');
  });
});

describe('F7: an answer that is cut', () => {
  test.each<[string, Fault]>([
    ['before its head', { kind: 'hang-up' }],
    ['after its head', { kind: 'cut', after: 0 }],
    ['within its JSON', { kind: 'cut', after: 1 }],
  ])('%s is "engine-lost", without a hang', async (_where, fault) => {
    const chaos = await proxy();
    const engine = engineAt(chaos.path);
    chaos.choose((request) => (isPing(request) ? { kind: 'pass' } : fault));
    const began = performance.now();
    expect((await failureOf(engine.listContainers([], never()))).code).toBe('engine-lost');
    expect((await failureOf(engine.inspectContainer('x', never()))).code).toBe('engine-lost');
    expect((await failureOf(engine.startContainer('x', never()))).code).toBe('engine-lost');
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test.each([0, 3, 8, 20, 5000])('within a frame of a log (after %i bytes) is "engine-lost", after the lines that came whole', async (after) => {
    const chaos = await proxy();
    const engine = engineAt(chaos.path);
    const id = await runContainer([], ['sh', '-c', 'yes line | head -n 1000']);
    await docker('wait', id);
    chaos.choose(({ url }) => (url.includes('/logs') ? { kind: 'cut', after } : { kind: 'pass' }));
    const lines: string[] = [];
    const failure = await failureOf(
      (async () => {
        for await (const batch of engine.logs(id, { follow: false }, never())) lines.push(...batch.map(({ line }) => Buffer.from(line).toString()));
      })(),
    );
    expect(failure.code).toBe('engine-lost');
    expect(lines).toEqual(Array.from({ length: Math.floor(after / 44) }, () => 'line'));
  });

  test('F8 I6: that stops in the middle and stays open ends by the deadline', async () => {
    const chaos = await proxy();
    const engine = engineAt(chaos.path);
    chaos.choose((request) => (isPing(request) ? { kind: 'pass' } : { kind: 'stall', after: 1 }));
    const began = performance.now();
    expect((await failureOf(engine.listContainers([], never()))).code).toBe('engine-slow');
    expect(performance.now() - began).toBeLessThan(11_500);
    await expect.poll(() => chaos.connections()).toBeLessThanOrEqual(1);
  });

  test('while a command runs is "engine-lost"', async () => {
    const chaos = await proxy();
    const engine = engineAt(chaos.path);
    const id = await runContainer([], ['sleep', '300']);
    chaos.choose(({ url }) => (/exec\/.*\/start/.test(url) ? { kind: 'cut', after: 4 } : { kind: 'pass' }));
    expect((await failureOf(engine.exec(id, ['echo', 'hello'], { timeout: 10_000 }, never()))).code).toMatch(/engine-(lost|failed)/);
  });

  test('garbled is an error that names the engine, and no crash', async () => {
    const chaos = await proxy();
    const engine = engineAt(chaos.path);
    chaos.choose((request) => (isPing(request) ? { kind: 'pass' } : { kind: 'garble' }));
    expect((await failureOf(engine.listContainers([], never()))).code).toBe('engine-failed');
    expect(await failureOf(engine.inspectImage('redis:7', never()))).toMatchObject({ code: 'engine-failed', fix: expect.stringContaining(chaos.path) as string });
  });

  test('on a connection that the engine closed while it was idle is asked for again', async () => {
    const chaos = await proxy();
    const engine = engineAt(chaos.path);
    await engine.listContainers([], never());
    chaos.breakAll();
    expect(await engine.listContainers([], never())).toBeInstanceOf(Array);
  });
});

test('F9: an engine that takes two seconds for every call is slow, and works', async () => {
  const chaos = await proxy();
  chaos.choose(() => ({ kind: 'delay', milliseconds: 2100 }));
  const engine = engineAt(chaos.path);
  const { until } = watch(engine);
  await until('slow', 5000);
  expect(await engine.listContainers([], never())).toBeInstanceOf(Array);
  const id = await makeContainer([], ['sleep', '300']);
  await engine.startContainer(id, never());
  expect(chaos.seen.filter(({ url }) => url.endsWith('/start'))).toHaveLength(1);
});

describe('events', () => {
  const EVENT_141 =
    '{"status":"start","id":"c1","from":"redis:7","Type":"container","Action":"start","Actor":{"ID":"c1","Attributes":{"image":"redis:7","name":"a"}},"scope":"local","time":1700000000,"timeNano":1700000000500000000}\n';
  const EVENT_152 = '{"Type":"container","Action":"start","Actor":{"ID":"c1","Attributes":{"image":"redis:7","name":"a"}},"scope":"local","time":1700000000,"timeNano":1700000000500000000}\n';
  const PODMAN = '{"status":"start","id":"c1","Type":"container","Action":"start","Actor":{"ID":"c1","Attributes":{"image":"redis:7","name":"a"}},"scope":"local","time":1700000000,"timeNano":1700000000500000000}\n';

  async function eventsOf(pieces: readonly (string | Buffer)[], options: { readonly version?: string; readonly stayOpen?: boolean } = {}) {
    const chaos = await proxy();
    chaos.choose(({ url }) => {
      if (url === '/_ping') return { kind: 'answer', headers: { 'Api-Version': options.version ?? '1.41' }, pieces: ['OK'] };
      return { kind: 'answer', pieces, ...(options.stayOpen && { stayOpen: true }) };
    });
    const engine = engineAt(chaos.path);
    const seen: EngineEvent[] = [];
    const failure = await failureOf(
      (async () => {
        for await (const event of engine.events(never())) seen.push(event);
      })(),
    );
    return { seen, failure, chaos };
  }

  test.each([
    ['1.41', '1.41', EVENT_141],
    ['1.52', '1.52', EVENT_152],
    ['Podman', '1.41', PODMAN],
  ])('F13: of %s give the same', async (_engine, version, message) => {
    const { seen, chaos } = await eventsOf([message], { version });
    expect(seen).toEqual([{ kind: 'container', action: 'start', id: 'c1', attributes: { image: 'redis:7', name: 'a' }, time: 1700000000.5 }]);
    expect(chaos.seen.at(-1)?.url).toMatch(new RegExp(`^/v${version}/events`));
  });

  test('F13: an engine newer than we know is spoken to in the newest version that we know', async () => {
    const { chaos } = await eventsOf([EVENT_152], { version: '1.60' });
    expect(chaos.seen.at(-1)?.url).toMatch(/^\/v1\.52\//);
  });

  test('F11: split, doubled and separated in other ways are all read', async () => {
    const split = Buffer.from(EVENT_152);
    const { seen } = await eventsOf([split.subarray(0, 30), split.subarray(30), EVENT_152.trim() + EVENT_152, `\x1e${EVENT_152}`]);
    expect(seen).toHaveLength(4);
  });

  test('F11: a malformed one ends them with an error, after those before it', async () => {
    const { seen, failure } = await eventsOf([EVENT_152, '{"Type":"contai\n', EVENT_152], { stayOpen: true });
    expect(seen).toHaveLength(1);
    expect(failure.code).toBe('engine-failed');
  });

  test('F11: one of more than 4 MiB ends them with an error', async () => {
    const { failure } = await eventsOf([EVENT_152, '{"Type":"', ...Array.from({ length: 80 }, () => 'x'.repeat(65_536))], { stayOpen: true });
    expect(failure).toMatchObject({ code: 'engine-failed', message: expect.stringContaining('4 MiB') as string });
  });

  test('F10: that end without a word are an error, so that the reader lists again', async () => {
    const { failure } = await eventsOf([EVENT_152]);
    expect(failure.code).toBe('engine-lost');
  });

  test('F12: that come faster than they are read are an error and no growing memory', async () => {
    const chaos = await proxy();
    chaos.choose((request) => (isPing(request) ? PING : { kind: 'answer', pieces: Array.from({ length: 60 }, () => EVENT_152.repeat(200)), stayOpen: true }));
    const engine = engineAt(chaos.path);
    const read = (async () => {
      for await (const _event of engine.events(never())) await expect.poll(() => chaos.connections(), { timeout: 10_000 }).toBeLessThanOrEqual(1);
    })();
    expect(await failureOf(read)).toMatchObject({ code: 'engine-lost', message: expect.stringContaining('faster') as string });
  });
});

describe('F13: what answers', () => {
  const answering = async (fault: Fault) => {
    const chaos = await proxy();
    chaos.choose(() => fault);
    return failureOf(engineAt(chaos.path).listContainers([], never()));
  };

  test('with an older API is "engine-too-old"', async () => {
    expect(await answering({ kind: 'answer', headers: { 'Api-Version': '1.40' }, pieces: ['OK'] })).toMatchObject({ code: 'engine-too-old', message: expect.stringContaining('1.41') as string });
  });

  test('without being a Docker engine is told so', async () => {
    expect(await answering({ kind: 'answer', pieces: ['<html>'] })).toMatchObject({ code: 'engine-failed', message: expect.stringContaining('not a Docker engine') as string });
  });
});

describe('what an engine refuses', () => {
  const refusing = async (status: number, message: string) => {
    const chaos = await proxy();
    chaos.choose((request) => (isPing(request) ? PING : { kind: 'answer', status, pieces: [JSON.stringify({ message })] }));
    return failureOf(engineAt(chaos.path).startContainer('x', never()));
  };

  test.each([
    [500, 'write /var/lib/docker/x: no space left on device', 'disk-full'],
    [500, 'driver failed programming external connectivity: Bind for 127.0.0.1:80 failed: port is already allocated', 'port-taken'],
    [500, 'listen tcp4 127.0.0.1:80: bind: address already in use', 'port-taken'],
    [404, 'No such image: nonesuch:1', 'image-missing'],
    [401, 'unauthorized: authentication required', 'image-denied'],
    [403, 'requested access to the resource is denied', 'image-denied'],
    [404, 'No such container: x', 'engine-failed'],
    [400, 'client version 1.41 is too old. Minimum supported API version is 1.44', 'engine-too-old'],
    [500, 'something else', 'engine-failed'],
  ])('%i %s is %s', async (status, message, code) => {
    expect(await refusing(status, message)).toMatchObject({ code, message: expect.stringContaining(message) as string, fix: expect.any(String) as string });
  });
});

describe('a pull', () => {
  const pulling = async (pieces: readonly string[], status = 200) => {
    const chaos = await proxy();
    chaos.choose((request) => (isPing(request) ? PING : { kind: 'answer', status, pieces }));
    const seen: string[] = [];
    const work = engineAt(chaos.path).pullImage('r.example:5000/a/b:1', ({ phase, done, total }) => seen.push(`${phase} ${done}/${total}`), never());
    return { chaos, seen, work };
  };

  test('asks for the repository and the tag, and tells the bytes', async () => {
    const { chaos, seen, work } = await pulling(['{"status":"Downloading","id":"a","progressDetail":{"current":5,"total":10}}\r\n', '{"status":"Pull complete","id":"a"}\r\n']);
    await work;
    expect(seen.at(-1)).toBe('unpacking 10/10');
    expect(chaos.seen.at(-1)?.url).toBe('/v1.41/images/create?fromImage=r.example%3A5000%2Fa%2Fb&tag=1');
  });

  test.each([
    ['{"error":"manifest for r.example:5000/a/b:1 not found: manifest unknown: manifest unknown"}', 'image-missing'],
    ['{"errorDetail":{"message":"unauthorized: authentication required"},"error":"x"}', 'image-denied'],
    ['{"error":"write /x: no space left on device"}', 'disk-full'],
    ['{"error":"toomanyrequests: You have reached your pull rate limit"}', 'image-failed'],
  ])('whose stream says %s fails with %s', async (line, code) => {
    const { work } = await pulling(['{"status":"Pulling from a/b","id":"1"}\r\n', `${line}\r\n`]);
    expect(await failureOf(work)).toMatchObject({ code, fix: expect.any(String) as string });
  });

  test('of an unknown image fails with "image-missing" or "image-denied", as the registry says', async () => {
    expect((await failureOf((await pulling(['{"message":"pull access denied for a/b, repository does not exist or may require \'docker login\'"}'], 404)).work)).code).toBe('image-denied');
    expect((await failureOf((await pulling(['{"message":"manifest unknown"}'], 404)).work)).code).toBe('image-missing');
  });
});

test('statistics come from the engine where its containers are not here, and agree with what is read here', async () => {
  const id = await runContainer([], ['sleep', '300']);
  const local = await proxy();
  const [here] = await engineAt(local.path).stats([id], never());
  // The same engine, with processes that this machine does not have.
  const remote = await proxy();
  const details = JSON.parse(await docker('inspect', id)) as [{ State: { Pid: number } }];
  details[0].State.Pid = 0;
  remote.choose(({ url }) => (url.endsWith(`${id}/json`) ? { kind: 'answer', pieces: [JSON.stringify(details[0])] } : { kind: 'pass' }));
  const [there] = await engineAt(remote.path).stats([id], never());
  expect(remote.seen.at(-1)?.url).toContain('one-shot=true');
  expect(there).toMatchObject({ container: id, networkReceived: expect.any(Number) as number });
  expect(Math.abs((there?.memory ?? 0) - (here?.memory ?? 0))).toBeLessThan(4 * 1024 * 1024);
});

test('nothing stays open when an engine is closed', async () => {
  const chaos = await proxy();
  const engine = engineAt(chaos.path);
  const { until } = watch(engine);
  await until('up');
  const id = await runContainer([], ['sh', '-c', 'echo ready; sleep 300']);
  const logs = failureOf(all(engine.logs(id, { follow: true }, never())));
  const events = first(engine.events(never()), () => false).catch((error: unknown) => error);
  await expect.poll(() => chaos.seen.filter(({ url }) => /events|logs/.test(url)).length).toBe(2);
  engine.close();
  expect((await logs).code).toBe('cancelled');
  await events;
  await expect.poll(() => chaos.connections()).toBe(0);
  expect(execFileSync('docker', ['inspect', '-f', '{{.State.Running}}', id], { encoding: 'utf8' }).trim()).toBe('true');
});

test('a container that the engine lists but does not find yet, as it is still being made, is removed once it is made', async () => {
  const { path, choose, seen } = await proxy();
  const id = await makeContainer([], ['true']);
  const removals = () => seen.filter(({ method, url }) => method === 'DELETE' && url.includes(id)).length;
  choose(({ method }) => (method === 'DELETE' && removals() <= 2 ? { kind: 'answer', status: 404, headers: { 'content-type': 'application/json' }, pieces: ['{"message":"No such container"}'] } : { kind: 'pass' }));
  await engineAt(path).removeContainer(id, never());
  expect(await docker('ps', '-aq', '--no-trunc', '--filter', `id=${id}`)).toBe('');
  expect(removals()).toBe(3);
  await engineAt(path).removeContainer(id, never());
  expect(removals()).toBe(4);
});
