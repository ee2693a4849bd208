import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OperationEvent } from '#contract/operations.ts';
import { createOperations, type Operations } from '#core/operations.ts';
import { createOperationLog } from '#adapters/state/operation-log.ts';
import { findPaths } from '#adapters/state/paths.ts';

let home = '';
let operations: Operations;
let other: ChildProcess | undefined;
const never = new AbortController().signal;

beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'backlot-operations-'));
  operations = createOperations({ owner: 'ours', log: createOperationLog({ paths: findPaths({ BACKLOT_HOME: home }) }) });
});

afterEach(async () => {
  other?.kill('SIGKILL');
  await operations.close();
  await rm(home, { recursive: true, force: true });
});

/** Another process with an operation that runs until it is cancelled or told to finish. */
async function otherProcess(): Promise<string> {
  const child = fork(new URL('./operation-owner.ts', import.meta.url), { env: { ...process.env, BACKLOT_HOME: home }, execArgv: ['--import', 'tsx'], stdio: 'inherit' });
  other = child;
  return new Promise((resolve) => child.once('message', (id) => resolve(id as string)));
}

async function read(id: string, onEvent: (event: OperationEvent) => void = () => {}, after = 0): Promise<OperationEvent[]> {
  const events: OperationEvent[] = [];
  for await (const event of operations.watch({ id, after }, never)) {
    events.push(event);
    onEvent(event);
  }
  return events;
}

describe('an operation of another process', () => {
  test('is listed with its owner, and followed from its start to its result', async () => {
    const id = await otherProcess();
    await expect.poll(() => operations.list('/shop')).toMatchObject([{ id, method: 'stack.up', set: 'minimal', state: 'running', owner: 'other' }]);
    const events = await read(id, (event) => event.type === 'service' && event.state === 'ready' && other?.send('finish'));
    expect(events.map((event) => event.type)).toEqual(['started', 'service', 'service', 'result']);
    expect(events.at(-1)).toMatchObject({ ok: true, value: { ready: ['db'] } });
    await expect.poll(() => operations.list()).toMatchObject([{ id, state: 'done', ended: expect.any(String) }]);
    expect((await read(id, undefined, 2)).map((event) => event.type)).toEqual(['service', 'result']);
    expect(await operations.cancel(id)).toBe(false);
  });

  test('can be cancelled from here', async () => {
    const id = await otherProcess();
    await expect.poll(() => operations.list()).toHaveLength(1);
    expect(await operations.cancel(id)).toBe(true);
    expect((await read(id)).at(-1)).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    await expect.poll(() => operations.list()).toMatchObject([{ state: 'cancelled' }]);
  });

  test('can be answered from here', async () => {
    const id = await otherProcess();
    await expect.poll(() => operations.list()).toHaveLength(1);
    let sent = false;
    const events = await read(id, (event) => {
      if (event.type === 'service' && !sent) sent = other?.send('ask') ?? false;
      if (event.type === 'question' && event.ended !== true) void operations.answer(id, 'rollback');
    });
    expect(events.at(-1)).toMatchObject({ ok: true, value: { said: 'rollback' } });
    expect((await readdir(path.join(findPaths({ BACKLOT_HOME: home }).state, 'operations'))).filter((name) => name.endsWith('.answer'))).toEqual([]);
    expect(await operations.answer(id, 'rollback')).toBe(false);
  });

  test('F14 I3: is lost when its process is killed, and whoever watches is told', async () => {
    const id = await otherProcess();
    await expect.poll(() => operations.list()).toHaveLength(1);
    const events = await read(id, (event) => event.type === 'service' && event.state === 'ready' && other?.kill('SIGKILL'));
    expect(events.at(-1)).toMatchObject({ type: 'result', ok: false, error: { code: 'operation-lost', fix: expect.any(String) } });
    expect(await operations.list()).toMatchObject([{ id, state: 'lost', error: { code: 'operation-lost' } }]);
    expect(await operations.cancel(id)).toBe(false);
  });

  test('is left alone when a watcher leaves', async () => {
    const id = await otherProcess();
    await expect.poll(() => operations.list()).toHaveLength(1);
    const controller = new AbortController();
    for await (const event of operations.watch({ id, after: 0 }, controller.signal)) if (event.type === 'service') controller.abort();
    expect(await operations.list()).toMatchObject([{ state: 'running' }]);
  });

  test('B56: cannot be named by a path', async () => {
    for (const id of ['../operations/x', '..', '', 'a/b', 'x'.repeat(65), 'nothing']) {
      await expect(read(id)).rejects.toMatchObject({ code: 'operation-unknown' });
      await expect(operations.cancel(id)).rejects.toMatchObject({ code: 'operation-unknown' });
    }
  });
});

describe('the record of an operation', () => {
  test('is written without the progress that is outdated by the time of writing', async () => {
    const id = operations.start('stack.up', {}, async (work) => {
      for (let done = 0; done < 10_000; done++) work.tell({ type: 'service', service: 'db', state: 'pulling', progress: { done, unit: 'bytes' } });
    });
    await read(id);
    const later = createOperations({ owner: 'later', log: createOperationLog({ paths: findPaths({ BACKLOT_HOME: home }) }) });
    await expect.poll(async () => (await later.list())[0]?.state).toBe('done');
    const sequences = [];
    for await (const event of later.watch({ id, after: 0 }, never)) sequences.push(event.sequence);
    expect(sequences).toEqual([1, 10_001, 10_002]);
  });

  test('is removed when a hundred later ones stand', async () => {
    for (let count = 0; count < 105; count++) await read(operations.start('stack.up', {}, async () => {}));
    await operations.close();
    const files = await readdir(path.join(home, 'state', 'operations'));
    expect(files.filter((name) => name.endsWith('.json')).length).toBeLessThanOrEqual(101);
    expect(files.filter((name) => name.endsWith('.events')).length).toBeLessThanOrEqual(101);
  });

  test('F20: an operation goes on when it cannot be written down, and says so', async () => {
    const folder = path.join(home, 'a-file');
    await writeFile(folder, '');
    const blind = createOperations({ owner: 'ours', log: createOperationLog({ paths: findPaths({ BACKLOT_HOME: path.join(folder, 'x') }) }) });
    let finish = () => {};
    const id = blind.start('stack.up', {}, () => new Promise<void>((resolve) => (finish = resolve)));
    const events: OperationEvent[] = [];
    for await (const event of blind.watch({ id, after: 0 }, never)) {
      events.push(event);
      if (event.type === 'message') finish();
    }
    expect(events).toMatchObject([{ type: 'started' }, { type: 'message', level: 'warning' }, { type: 'result', ok: true }]);
  });
});
