import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '#contract/client.ts';
import { api, type Backlot } from '#contract/index.ts';
import type { OperationEvent } from '#contract/operations.ts';
import type { Pipe } from '#contract/wire.ts';
import { withScene, type Scene } from '../support/backlot.ts';
import { lines, run } from './cli/run-cli.ts';
import { keyOf, opened, started } from './http/rig.ts';

/** What one shell answered in the scenario, without times, ids and durations. */
type Transcript = Readonly<Record<string, unknown>>;

const project = {
  'compose.yaml': `name: NAME
services:
  db:
    image: redis:7
    stop_grace_period: 1s
    healthcheck: { test: ["CMD", "redis-cli", "ping"], interval: 60s }
  once:
    image: debian:bookworm-slim
    command: ["true"]
    depends_on: { db: { condition: service_healthy } }
`,
};

test('the same scenario has the same transcript through the pipe, the WebSocket and the command line', () =>
  withScene(project, async (scene) => {
    const throughPipe = await byClient(scene.backlot, scene);
    const throughSocket = await byClient(await socketClient(scene), scene);
    const throughCli = await byCommandLine(scene);
    expect(throughPipe['up']).toMatchObject({ states: { db: 'ready', once: 'done' }, result: { ok: true } });
    expect(throughPipe['unknown']).toMatchObject({ code: 'set-unknown', fix: expect.stringContaining('minimal') });
    expect(throughPipe['reset']).toMatchObject({ result: { ok: false, error: { code: 'fixture-unknown' } } });
    expect(throughSocket).toEqual(throughPipe);
    expect(throughCli).toEqual(throughPipe);
  }));

async function byClient(backlot: Backlot, { directory }: Scene): Promise<Transcript> {
  const operation = async (starting: Promise<{ id: string }>) => {
    const events: OperationEvent[] = [];
    for await (const event of backlot.operations.watch(await starting)) events.push(event);
    return story(events.map((event) => (event.type === 'result' ? { ...(event.value as object), ...event, value: undefined } : event)));
  };
  const at = { directory };
  return {
    config: normal(await backlot.project.load(at)),
    plan: normal(await backlot.stack.plan(at)),
    up: await operation(backlot.stack.up(at)),
    again: await operation(backlot.stack.up(at)),
    ps: normal(await backlot.stack.status(at)),
    unknown: await backlot.stack.plan({ directory, set: 'minimol' }).then(
      () => expect.fail('an unknown set was accepted'),
      ({ code, message, fix }: Record<string, unknown>) => ({ code, message, fix }),
    ),
    fixtures: normal(await backlot.fixtures.list(at)),
    reset: await operation(backlot.fixtures.reset(at)),
    pull: await operation(backlot.fixtures.pull({ ...at, reference: 'nowhere' })),
    down: await operation(backlot.stack.down(at)),
  };
}

async function byCommandLine({ directory, home }: Scene): Promise<Transcript> {
  const json = async (...words: string[]) => (await run({ directory, home }, [...words, '--json'])).stdout;
  const query = async (...words: string[]) => JSON.parse(await json(...words)) as Record<string, unknown>;
  return {
    config: normal(await query('config')),
    plan: normal(await query('plan')),
    up: story(lines(await json('up'))),
    again: story(lines(await json('up'))),
    ps: normal(await query('ps')),
    unknown: (await query('plan', 'minimol'))['error'],
    fixtures: normal(await query('fixture', 'list')),
    reset: story(lines(await json('fixture', 'reset'))),
    pull: story(lines(await json('fixture', 'pull', 'nowhere'))),
    down: story(lines(await json('down'))),
  };
}

/** The last state of each service, and the result: what is told in between depends on how quick things were. */
function story(events: readonly object[]): unknown {
  const all = events as readonly Record<string, unknown>[];
  const states = Object.fromEntries(all.filter(({ type }) => type === 'service').map(({ service, state }) => [service, state]));
  return { states, result: normal(all.find(({ type }) => type === 'result')) };
}

const PASSING = new Set(['memory', 'time', 'sequence', 'schema', 'seconds', 'containerId', 'container', 'started', 'addresses', 'id']);

/** Without what differs from one run to the next. */
function normal(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, inner: unknown) => (PASSING.has(key) ? undefined : inner)));
}

async function socketClient({ app }: Scene): Promise<Backlot> {
  const server = await started({ app });
  const socket = await opened(server, await keyOf(server));
  onTestFinished(() => socket.terminate());
  const pipe: Pipe = {
    send: (message) => socket.send(JSON.stringify(message)),
    onMessage: (listener) => void socket.on('message', (bytes) => listener(JSON.parse(String(bytes)))),
    onClose: (listener) => void socket.on('close', listener),
    close: () => socket.close(),
  };
  return createClient(api, pipe);
}
