import { expect, onTestFinished, test, vi } from 'vitest';
import { createProber } from '#adapters/network/prober.ts';
import { waitUntilReady, type Waiting } from '#features/stack/readiness.ts';
import { docker, engineAt, makeContainer, never, runContainer } from '../../adapters/docker/engine-fixture.ts';

const PORT = 7777;
/** Listens once it is told to. */
const SERVER = `const told = setInterval(() => { if (require('node:fs').existsSync('/go')) { clearInterval(told); require('node:net').createServer().listen(${PORT}); } }, 20);`;

/** Waits for a server to whose port no way leads from here. */
async function waitInside(id: string, onWhy: Waiting['onWhy']) {
  const waiting = { containerId: id, checks: () => [{ kind: 'server' as const, server: 'other' as const, port: PORT }], addressOf: () => undefined, deadline: performance.now() + 20_000, onWhy };
  return waitUntilReady(waiting, { engine: engineAt('/var/run/docker.sock'), prober: createProber() }, never());
}

test('F31: where no way leads to a server’s port, it is ready once its own bash reaches it, also where the clock jumps meanwhile', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const id = await makeContainer(['--init'], ['node', '-e', SERVER], 'node:20-slim');
  await docker('start', id);
  const told: string[] = [];
  const ready = await waitInside(id, (why) => {
    told.push(why);
    vi.setSystemTime(Date.now() + 3_600_000);
    void docker('exec', id, 'touch', '/go');
  });
  expect([ready.state, told]).toEqual(['ready', [`port ${PORT}: no answer`]]);
});

test('what counts as ready only because it ran for a moment is remembered so, and when it then ends well it is done', async () => {
  const id = await makeContainer(['--init'], ['sh', '-c', 'until [ -e /go ]; do sleep 0.02; done']);
  await docker('start', id);
  const wait = () => waitUntilReady({ containerId: id, checks: () => [{ kind: 'settled' }], addressOf: () => undefined, deadline: performance.now() + 20_000, onWhy: () => {} }, { engine: engineAt('/var/run/docker.sock'), prober: createProber() }, never());
  expect(await wait()).toMatchObject({ state: 'ready', seen: 'settled' });
  await docker('exec', id, 'touch', '/go');
  await docker('wait', id);
  expect(await wait()).toMatchObject({ state: 'done', seen: 'done' });
});

test('a container that the engine has found healthy is not asked once more', async () => {
  const id = await runContainer(['--init', '--health-cmd', 'true', '--health-interval', '50ms'], ['sleep', '1000']);
  await expect.poll(() => docker('inspect', '-f', '{{.State.Health.Status}}', id), { timeout: 20_000 }).toBe('healthy');
  const waiting: Waiting = { containerId: id, checks: () => [{ kind: 'command', command: ['false'], timeout: 1000 }], addressOf: () => undefined, deadline: performance.now(), onWhy: () => {} };
  expect(await waitUntilReady(waiting, { engine: engineAt('/var/run/docker.sock'), prober: createProber() }, never())).toMatchObject({ state: 'ready', seen: 'ready' });
});

test('where it has no bash either, nothing can be known, and it is not waited for', async () => {
  const id = await runContainer(['--init'], ['sleep', '1000']);
  await docker('exec', id, 'rm', '/usr/bin/bash');
  const told: string[] = [];
  expect([(await waitInside(id, (why) => told.push(why))).state, told]).toEqual(['ready', []]);
});
