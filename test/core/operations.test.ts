import { describe, expect, test } from 'vitest';
import { BacklotError } from '#contract/errors.ts';
import type { OperationEvent } from '#contract/operations.ts';
import { createOperations, type Operations } from '#core/operations.ts';

const forever = new AbortController().signal;

async function eventsOf(operations: Operations, id: string, after = 0): Promise<OperationEvent[]> {
  const events: OperationEvent[] = [];
  for await (const event of operations.watch({ id, after }, forever)) events.push(event);
  return events;
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

describe('operations', () => {
  test('tell their start, what the work tells, and their result, in sequence and with times', async () => {
    const operations = createOperations({ owner: 'test 1', now: () => new Date('2026-01-02T03:04:05Z') });
    const id = operations.start('stack.up', { directory: '/shop', set: 'minimal' }, async (work) => {
      work.tell({ type: 'service', service: 'db', state: 'starting' });
      work.tell({ type: 'message', level: 'info', text: 'hello' });
      return { ready: ['db'] };
    });
    expect(await eventsOf(operations, id)).toEqual([
      { type: 'started', operation: id, method: 'stack.up', sequence: 1, time: '2026-01-02T03:04:05.000Z' },
      { type: 'service', service: 'db', state: 'starting', sequence: 2, time: '2026-01-02T03:04:05.000Z' },
      { type: 'message', level: 'info', text: 'hello', sequence: 3, time: '2026-01-02T03:04:05.000Z' },
      { type: 'result', ok: true, value: { ready: ['db'] }, sequence: 4, time: '2026-01-02T03:04:05.000Z' },
    ]);
    expect(await operations.list()).toEqual([
      {
        id, method: 'stack.up', directory: '/shop', set: 'minimal', state: 'done', owner: 'test 1',
        started: '2026-01-02T03:04:05.000Z', ended: '2026-01-02T03:04:05.000Z',
      },
    ]);
  });

  test('name in the list what they work on: a fixture, a service, a reference', async () => {
    const operations = createOperations({ owner: 'test' });
    for (const input of [{ name: 'catalogue' }, { service: 'db' }, { reference: 'registry.example/shop:1' }, { name: 7 }]) operations.start('fixtures.capture', input, async () => undefined);
    expect((await operations.list()).map(({ about }) => about).sort()).toEqual(['catalogue', 'db', 'registry.example/shop:1', undefined]);
  });

  test('that fail say so with the code, the message and the fix', async () => {
    const operations = createOperations({ owner: 'test' });
    const id = operations.start('stack.up', {}, async () => {
      throw new BacklotError('port-taken', 'Port 5432 is taken', { fix: 'Stop the other database' });
    });
    expect((await eventsOf(operations, id)).at(-1)).toMatchObject({
      type: 'result', ok: false, error: { code: 'port-taken', message: 'Port 5432 is taken', fix: 'Stop the other database' },
    });
    expect((await operations.list())[0]).toMatchObject({ state: 'failed', error: { code: 'port-taken' } });
  });

  test('that throw before their first await fail like any other', async () => {
    const operations = createOperations({ owner: 'test' });
    const id = operations.start('stack.up', {}, () => {
      throw new Error('at once');
    });
    expect((await eventsOf(operations, id)).at(-1)).toMatchObject({ ok: false, error: { code: 'internal', message: 'at once' } });
  });

  test('end as cancelled when they are cancelled, whatever the work throws then', async () => {
    const operations = createOperations({ owner: 'test' });
    const id = operations.start('stack.up', {}, async ({ signal }) => {
      await untilAborted(signal).catch(() => {});
      throw new Error('container half made');
    });
    expect(operations.active()).toEqual([id]);
    expect(await operations.cancel(id)).toBe(true);
    expect((await eventsOf(operations, id)).at(-1)).toMatchObject({ ok: false, error: { code: 'cancelled', cause: 'container half made' } });
    expect((await operations.list())[0]).toMatchObject({ state: 'cancelled' });
    expect(await operations.cancel(id)).toBe(false);
  });

  test('wait with a question until somebody answers it, its end comes, or they are cancelled', async () => {
    const operations = createOperations({ owner: 'test' });
    const start = (milliseconds: number) => operations.start('releases.deploy', {}, async ({ ask }) => ({ said: await ask?.({ target: 'staging', release: 'rel-1', revision: 'abc', text: 'no readings', answers: ['continue', 'abort'], until: new Date(Date.now() + milliseconds).toISOString() }) }));
    const asked = async (id: string) => {
      for await (const event of operations.watch({ id, after: 0 }, forever)) if (event.type === 'question') return event;
      return undefined;
    };
    const id = start(60_000);
    expect(await asked(id)).toMatchObject({ target: 'staging', text: 'no readings', answers: ['continue', 'abort'] });
    expect(await operations.answer(id, 'rollback')).toBe(false);
    expect(await operations.answer(id, 'continue')).toBe(true);
    expect((await eventsOf(operations, id)).slice(-2)).toMatchObject([{ type: 'question', ended: true, answer: 'continue' }, { type: 'result', value: { said: 'continue' } }]);
    expect(await operations.answer(id, 'continue')).toBe(false);
    expect((await eventsOf(operations, start(20))).slice(-2)).toMatchObject([{ type: 'question', ended: true }, { ok: true, value: {} }]);
    const cancelled = start(60_000);
    await asked(cancelled);
    await operations.cancel(cancelled);
    expect((await eventsOf(operations, cancelled)).at(-1)).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    await expect(operations.answer('op-none', 'abort')).rejects.toMatchObject({ code: 'operation-unknown' });
  });

  test('replay to a late watcher what came after the sequence that it knows', async () => {
    const operations = createOperations({ owner: 'test' });
    const id = operations.start('stack.up', {}, async (work) => {
      for (const service of ['a', 'b', 'c']) work.tell({ type: 'service', service, state: 'ready' });
    });
    await eventsOf(operations, id);
    expect((await eventsOf(operations, id, 2)).map((event) => event.sequence)).toEqual([3, 4, 5]);
    expect(await eventsOf(operations, id, 5)).toEqual([]);
    expect(await eventsOf(operations, id, 999)).toEqual([]);
  });

  test('keep only the latest progress of a state, so that a pull cannot flood a late watcher', async () => {
    const operations = createOperations({ owner: 'test' });
    const id = operations.start('stack.up', {}, async (work) => {
      work.tell({ type: 'service', service: 'db', state: 'pulling' });
      work.tell({ type: 'service', service: 'cache', state: 'pulling' });
      for (let done = 0; done < 50_000; done++) {
        for (const service of ['db', 'cache']) work.tell({ type: 'service', service, state: 'pulling', progress: { done, unit: 'bytes' } });
      }
      work.tell({ type: 'service', service: 'db', state: 'starting' });
    });
    const events = await eventsOf(operations, id);
    expect(events.map((event) => (event.type === 'service' ? `${event.service} ${event.state} ${event.progress?.done ?? '-'}` : event.type))).toEqual([
      'started', 'db pulling -', 'cache pulling -', 'db pulling 49999', 'cache pulling 49999', 'db starting -', 'result',
    ]);
    expect(events.every((event, index) => index === 0 || event.sequence > (events[index - 1]?.sequence ?? 0))).toBe(true);
  });

  test('hold a bounded number of events, and never lose the latest state of a service', async () => {
    const operations = createOperations({ owner: 'test' });
    const id = operations.start('stack.up', {}, async (work) => {
      work.tell({ type: 'service', service: 'quiet', state: 'ready' });
      for (let step = 0; step < 20_000; step++) work.tell({ type: 'service', service: 'web', state: 'building', phase: `step ${step}` });
    });
    const events = await eventsOf(operations, id);
    expect(events.length).toBeLessThanOrEqual(2_001);
    expect(events[0]).toMatchObject({ type: 'started' });
    expect(events.filter((event) => event.type === 'service' && event.service === 'quiet')).toHaveLength(1);
    expect(events.at(-2)).toMatchObject({ phase: 'step 19999' });
    expect(events.at(-1)).toMatchObject({ type: 'result' });
  });

  test('say nothing after their result', async () => {
    const operations = createOperations({ owner: 'test' });
    let tellLater = () => {};
    const id = operations.start('stack.up', {}, async (work) => {
      tellLater = () => work.tell({ type: 'message', level: 'info', text: 'too late' });
    });
    await eventsOf(operations, id);
    tellLater();
    expect((await eventsOf(operations, id)).at(-1)).toMatchObject({ type: 'result' });
  });

  test('go on when a watcher leaves', async () => {
    const operations = createOperations({ owner: 'test' });
    let finish = () => {};
    const id = operations.start('stack.up', {}, () => new Promise<void>((resolve) => (finish = resolve)));
    const leaving = new AbortController();
    const seen: string[] = [];
    for await (const event of operations.watch({ id, after: 0 }, leaving.signal)) {
      seen.push(event.type);
      leaving.abort();
    }
    expect(seen).toEqual(['started']);
    expect(operations.active()).toEqual([id]);
    finish();
    expect((await eventsOf(operations, id)).at(-1)).toMatchObject({ ok: true });
  });

  test('are refused by name when nobody knows them', async () => {
    const operations = createOperations({ owner: 'test' });
    expect(() => operations.watch({ id: '../../etc/passwd', after: 0 }, forever)).toThrow(expect.objectContaining({ code: 'operation-unknown' }));
    await expect(operations.cancel('nothing')).rejects.toMatchObject({ code: 'operation-unknown' });
  });

  test('closing cancels what runs, waits for its cleaning up, and starts nothing more', async () => {
    const operations = createOperations({ owner: 'test' });
    let cleanedUp = false;
    operations.start('stack.up', {}, async ({ signal }) => {
      await untilAborted(signal).catch(() => {});
      await new Promise((resolve) => setImmediate(resolve));
      cleanedUp = true;
    });
    await operations.close();
    expect(cleanedUp).toBe(true);
    expect(operations.active()).toEqual([]);
    expect(() => operations.start('stack.up', {}, async () => {})).toThrow(expect.objectContaining({ code: 'cancelled' }));
  });

  test('closing does not wait for ever for work that does not listen', async () => {
    const operations = createOperations({ owner: 'test' });
    operations.start('stack.up', {}, () => new Promise(() => {}));
    await operations.close(20);
    expect(operations.active()).toHaveLength(1);
  });

  test('of a project can be listed alone', async () => {
    const operations = createOperations({ owner: 'test' });
    const id = operations.start('stack.up', { directory: '/a' }, async () => {});
    operations.start('stack.up', { directory: '/b' }, async () => {});
    expect((await operations.list('/a')).map((summary) => summary.id)).toEqual([id]);
  });
});
