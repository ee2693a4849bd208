import { describe, expect, test } from 'vitest';
import { all, docker, engineFor, failureOf, first, makeContainer, makeNetwork, never, runContainer, unique } from './engine-fixture.ts';

describe('an engine', () => {
  test('says nothing before the first call, then what it is and why it was chosen', async () => {
    const engine = engineFor();
    expect(engine.state).toMatchObject({ state: 'connecting', endpoint: 'unix:///var/run/docker.sock', rule: 'the default socket' });
    await engine.connect(never());
    const version = JSON.parse(await docker('version', '--format', '{{json .Server}}')) as { Version: string; ApiVersion: string };
    expect(engine.state).toMatchObject({ state: 'up', engine: { version: version.Version, os: 'linux' } });
    expect(engine.reachesContainers).toBe(true);
  });

  test('ends calls with "cancelled" once it is closed or the signal is aborted', async () => {
    const engine = engineFor();
    expect((await failureOf(engine.listContainers([], AbortSignal.abort()))).code).toBe('cancelled');
    engine.close();
    expect((await failureOf(engine.listContainers([], never()))).code).toBe('cancelled');
  });
});

describe('a container', () => {
  test('is listed by its labels and shown in detail', async () => {
    const engine = engineFor();
    const mark = unique('mark');
    const network = unique('net');
    await makeNetwork(network);
    const name = unique('shown');
    const options = ['--name', name, '--label', `mark=${mark}`, '--network', network, '-e', 'A=1', '-p', '127.0.0.1::8080', '--health-cmd', 'true', '--health-interval', '1s', '--restart', 'on-failure'];
    const id = await runContainer(options, ['sleep', '300']);
    const [listed, ...more] = await engine.listContainers([`mark=${mark}`], never());
    expect(more).toEqual([]);
    expect(listed).toMatchObject({ id, name, image: 'debian:bookworm-slim', state: 'running', health: expect.stringMatching(/starting|healthy/) as string, networks: [{ name: network, address: expect.stringMatching(/^\d+\./) as string }] });
    expect(listed?.ports).toEqual([{ container: 8080, host: expect.any(Number) as number, address: '127.0.0.1', protocol: 'tcp' }]);
    const details = await engine.inspectContainer(id, never());
    expect(details).toMatchObject({ id, name, ports: listed?.ports, networks: listed?.networks, tty: false, restarts: 0, healthcheck: ['CMD-SHELL', 'true'], restartPolicy: 'on-failure' });
    expect(details?.environment).toContain('A=1');
    expect(details?.pid).toBeGreaterThan(0);
    expect(await engine.inspectContainer('nonesuch', never())).toBeUndefined();
  });

  test('is started, stopped and removed, and doing so twice is no error', async () => {
    const engine = engineFor();
    const id = await makeContainer([], ['sh', '-c', 'trap "exit 3" TERM; sleep 300 & wait']);
    const state = async () => (await engine.inspectContainer(id, never()))?.state;
    for (const _twice of [1, 2]) await engine.startContainer(id, never());
    expect(await state()).toBe('running');
    await engine.exec(id, ['sh', '-c', 'until grep -q SigCgt:.*4002 /proc/1/status; do sleep 0.02; done'], { timeout: 5000 }, never());
    for (const _twice of [1, 2]) await engine.stopContainer(id, 10, never());
    expect(await engine.inspectContainer(id, never())).toMatchObject({ state: 'exited', exitCode: 3 });
    for (const _twice of [1, 2]) await engine.removeContainer(id, never());
    expect(await state()).toBeUndefined();
    await engine.stopContainer(id, undefined, never());
  });

  test('that ignores SIGTERM is killed after its grace', async () => {
    const engine = engineFor();
    const id = await runContainer(['--stop-timeout', '1'], ['sh', '-c', 'trap "" TERM; sleep 300']);
    const began = performance.now();
    await engine.stopContainer(id, undefined, never());
    expect(performance.now() - began).toBeLessThan(8000);
    expect(await engine.inspectContainer(id, never())).toMatchObject({ state: 'exited', exitCode: 137 });
  });

  test('that is being removed by two at once is gone for both', async () => {
    const engine = engineFor();
    const id = await runContainer([], ['sleep', '300']);
    await Promise.all([engine.removeContainer(id, never()), engine.removeContainer(id, never())]);
    expect(await engine.inspectContainer(id, never())).toBeUndefined();
  });

  test('F28: whose port is taken fails to start with "port-taken"', async () => {
    const engine = engineFor();
    const holder = await runContainer(['-p', '127.0.0.1::80'], ['sleep', '300']);
    const port = (await engine.inspectContainer(holder, never()))?.ports[0]?.host;
    const second = await makeContainer(['-p', `127.0.0.1:${port}:80`], ['sleep', '300']);
    expect(await failureOf(engine.startContainer(second, never()))).toMatchObject({ code: 'port-taken', fix: expect.any(String) as string });
  });

  test('whose command does not exist fails to start and says where to look', async () => {
    const engine = engineFor();
    const id = await makeContainer([], ['/nonesuch']);
    expect(await failureOf(engine.startContainer(id, never()))).toMatchObject({ code: 'engine-failed', fix: expect.stringContaining('command') as string });
  });
});

describe('a command inside a container', () => {
  test('gives its exit code and both outputs', async () => {
    const engine = engineFor();
    const id = await runContainer([], ['sleep', '300']);
    expect(await engine.exec(id, ['sh', '-c', 'echo out; echo err >&2; exit 7'], { timeout: 5000 }, never())).toEqual({ exitCode: 7, output: expect.stringMatching(/^(out\nerr|err\nout)\n$/) as string });
    expect(await engine.exec(id, ['id', '-u'], { timeout: 5000, user: '65534' }, never())).toEqual({ exitCode: 0, output: '65534\n' });
    expect((await engine.exec(id, ['nonesuch'], { timeout: 5000 }, never())).exitCode).toBeGreaterThanOrEqual(126);
    expect((await engine.exec(id, ['sh', '-c', 'yes | head -c 3000000'], { timeout: 10_000 }, never())).output).toHaveLength(4096);
  });

  test('is ended by its time-out, and its process with it', async () => {
    const engine = engineFor();
    const id = await runContainer([], ['sleep', '300']);
    const began = performance.now();
    expect(await engine.exec(id, ['sleep', '299'], { timeout: 300 }, never())).toEqual({ exitCode: 124, output: '', timedOut: true });
    expect(performance.now() - began).toBeLessThan(3000);
    await expect.poll(() => docker('top', id, '-eo', 'pid,args')).not.toContain('sleep 299');
  });

  test('is over when it has ended, even where a child of it holds its output open', async () => {
    const engine = engineFor();
    const id = await runContainer([], ['sleep', '300']);
    const began = performance.now();
    expect(await engine.exec(id, ['sh', '-c', 'sleep 298 & echo started'], { timeout: 20_000 }, never())).toMatchObject({ exitCode: 0, output: 'started\n' });
    expect(performance.now() - began).toBeLessThan(6000);
  });

  test('is cancelled by its signal', async () => {
    const engine = engineFor();
    const id = await runContainer([], ['sleep', '300']);
    const controller = new AbortController();
    const running = failureOf(engine.exec(id, ['sleep', '297'], { timeout: 20_000 }, controller.signal));
    await expect.poll(() => docker('top', id, '-eo', 'pid,args')).toContain('sleep 297');
    controller.abort();
    expect((await running).code).toBe('cancelled');
  });

  test('in a container that does not run is "not-running"', async () => {
    const engine = engineFor();
    const id = await makeContainer([], ['sleep', '300']);
    expect((await failureOf(engine.exec(id, ['true'], { timeout: 5000 }, never()))).code).toBe('not-running');
  });

  test('leaves nothing open behind it', async () => {
    const engine = engineFor();
    const id = await runContainer([], ['sleep', '300']);
    const sockets = () => process.getActiveResourcesInfo().filter((kind) => /Pipe|TCP|Timeout/.test(kind)).length;
    await engine.exec(id, ['true'], { timeout: 5000 }, never());
    const before = sockets();
    for (let times = 0; times < 20; times++) await engine.exec(id, ['true'], { timeout: 5000 }, never());
    await expect.poll(sockets).toBeLessThanOrEqual(before + 1);
  });
});

describe('a log', () => {
  /** The engine's own store has no bytes that are no text: it keeps this character in their place. */
  const REPLACED = Buffer.from('\uFFFD').toString('latin1');
  const text = (lines: readonly { line: Uint8Array }[]) => lines.map(({ line }) => Buffer.from(line).toString('latin1'));

  test('is read to its end with streams, times, long lines and bytes that are no text', async () => {
    const engine = engineFor();
    const id = await runContainer([], ['sh', '-c', String.raw`echo one; echo two >&2; printf '\377\376\n'; head -c 100000 /dev/zero | tr '\0' x; echo; printf 'no end'`]);
    await docker('wait', id);
    const lines = (await all(engine.logs(id, { follow: false }, never()))).flat();
    const out = lines.filter(({ stream }) => stream === 'stdout');
    expect(text(lines.filter(({ stream }) => stream === 'stderr'))).toEqual(['two']);
    expect(text(out).map((line) => line.slice(0, 10))).toEqual(['one', REPLACED + REPLACED, 'xxxxxxxxxx', 'no end']);
    expect(out[2]).toMatchObject({ cut: 100_000 });
    expect(out[2]?.line).toHaveLength(65_536);
    expect(out.every(({ time }) => /^\d{4}-\d\d-\d\dT.*Z$/.test(time))).toBe(true);
    const since = lines.at(-1)?.time;
    expect(text((await all(engine.logs(id, { follow: false, tail: 1 }, never()))).flat())).toEqual(['no end']);
    expect(text((await all(engine.logs(id, { follow: false, ...(since && { since }) }, never()))).flat())).toEqual(['no end']);
  });

  test('of a terminal is read as lines', async () => {
    const engine = engineFor();
    const id = await runContainer(['-t'], ['sh', '-c', "echo one; head -c 40000 /dev/zero | tr '\\0' x; echo; echo three"]);
    await docker('wait', id);
    const lines = (await all(engine.logs(id, { follow: false }, never()))).flat();
    expect(text(lines).map((line) => [line.length, line.slice(0, 5)])).toEqual([[3, 'one'], [40_000, 'xxxxx'], [5, 'three']]);
  });

  test('is followed as it is written, and ends with the container', async () => {
    const engine = engineFor();
    const id = await runContainer([], ['sh', '-c', 'echo ready; until [ -e /go ]; do sleep 0.05; done; echo gone']);
    const seen: string[] = [];
    for await (const batch of engine.logs(id, { follow: true }, never())) {
      seen.push(...text(batch));
      if (seen.length === 1) await engine.exec(id, ['touch', '/go'], { timeout: 5000 }, never());
    }
    expect(seen).toEqual(['ready', 'gone']);
  });

  test('that nobody takes is not read, and stops when its reader leaves', async () => {
    const engine = engineFor();
    const id = await runContainer([], ['sh', '-c', 'yes "a line that fills the pipe" | head -n 400000']);
    await docker('wait', id);
    const before = process.memoryUsage().rss;
    let batches = 0;
    for await (const batch of engine.logs(id, { follow: false }, never())) {
      batches += batch.length > 0 ? 1 : 0;
      // Another call passes while this stream waits.
      await engine.inspectContainer(id, never());
      if (batches === 20) break;
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });

  test('that is followed ends with "cancelled" by its signal', async () => {
    const engine = engineFor();
    const id = await runContainer([], ['sh', '-c', 'echo ready; sleep 300']);
    const controller = new AbortController();
    const following = failureOf(
      (async () => {
        for await (const _batch of engine.logs(id, { follow: true }, controller.signal)) controller.abort();
      })(),
    );
    expect((await following).code).toBe('cancelled');
  });
});

describe('use of resources', () => {
  test('is read from here and agrees with what the engine says', async () => {
    const engine = engineFor();
    const id = await runContainer(['--memory', '256m'], ['sh', '-c', 'while :; do :; done']);
    const stopped = await makeContainer([], ['true']);
    const [one, ...more] = await engine.stats([id, stopped, 'nonesuch'], never());
    expect(more).toEqual([]);
    expect(one).toMatchObject({ container: id, memoryLimit: 256 * 1024 * 1024 });
    await expect
      .poll(async () => {
        const [two] = await engine.stats([id], never());
        return one && two && two.readAt > one.readAt ? (two.cpuTotal - one.cpuTotal) / 1e6 / (two.readAt - one.readAt) : 0;
      })
      .toBeGreaterThan(0.05);
    const said = JSON.parse(await docker('stats', '--no-stream', '--format', '{"memory":"{{.MemUsage}}"}', id)) as { memory: string };
    expect(said.memory).toMatch(/[KM]iB \/ 256MiB/);
    expect(one?.memory).toBeLessThan(16 * 1024 * 1024);
  });

  test('follows a container over a restart', async () => {
    const engine = engineFor();
    const id = await runContainer([], ['sleep', '300']);
    expect(await engine.stats([id], never())).toHaveLength(1);
    await docker('stop', '-t', '0', id);
    expect(await engine.stats([id], never())).toEqual([]);
    await docker('start', id);
    expect(await engine.stats([id], never())).toHaveLength(1);
  });
});

describe('a network', () => {
  test('is listed with what is attached', async () => {
    const engine = engineFor();
    const mark = unique('mark');
    const id = await makeNetwork(unique('net'), '--label', `mark=${mark}`);
    const container = await runContainer(['--network', id], ['sleep', '300']);
    expect(await engine.listNetworks([`mark=${mark}`], never())).toMatchObject([{ id, containers: [container] }]);
  });

  test('F27: is removed with endpoints of our containers left on it, and removing it twice is no error', async () => {
    const engine = engineFor();
    const id = await makeNetwork(unique('net'));
    await runContainer(['--network', id, '--label', 'dev.backlot.project=t'], ['sleep', '300']);
    for (const _twice of [1, 2]) await engine.removeNetwork(id, never());
    expect(await docker('network', 'ls', '-q', '--no-trunc', '--filter', `id=${id}`)).toBe('');
  });

  test('stays where a container of somebody else uses it', async () => {
    const engine = engineFor();
    const id = await makeNetwork(unique('net'));
    const name = unique('foreign');
    await runContainer(['--network', id, '--name', name], ['sleep', '300']);
    expect(await failureOf(engine.removeNetwork(id, never()))).toMatchObject({ code: 'foreign-objects', message: expect.stringContaining(name) as string });
    expect(await docker('network', 'ls', '-q', '--no-trunc', '--filter', `id=${id}`)).toBe(id);
  });
});

describe('an image', () => {
  test('is known with its id and ports, or not at all', async () => {
    const engine = engineFor();
    expect(await engine.inspectImage('redis:7', never())).toMatchObject({ id: expect.stringMatching(/^sha256:/) as string, exposedPorts: ['6379/tcp'] });
    expect(await engine.inspectImage('backlot.invalid/nonesuch:1', never())).toBeUndefined();
  });

  test('B22: that no registry answers for fails with its own code', async () => {
    const engine = engineFor();
    const failure = await failureOf(engine.pullImage('127.0.0.1:1/nonesuch:1', () => {}, never()));
    expect(failure).toMatchObject({ code: 'image-failed', message: expect.stringContaining('127.0.0.1:1') as string, fix: expect.any(String) as string });
  });
});

describe('events', () => {
  test('tell of everything from the moment of the call on, and end with the signal', async () => {
    const engine = engineFor();
    const controller = new AbortController();
    const id = await makeContainer([], ['true']);
    const events = engine.events(controller.signal);
    // Nothing reads yet: what happens before the first look is not lost.
    await docker('start', id);
    const start = await first(events, (event) => event.id === id && event.action === 'start');
    expect(start).toMatchObject({ kind: 'container', attributes: { 'dev.backlot.test': '1' } });
    expect(Math.abs(start.time - Date.now() / 1000)).toBeLessThan(10);
    const rest = all(engine.events(controller.signal));
    controller.abort();
    await rest;
  });
});
