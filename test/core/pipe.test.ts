import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createClient } from '#contract/client.ts';
import { call, operation, stream } from '#contract/define.ts';
import { BacklotError } from '#contract/errors.ts';
import { operations as operationsContract } from '#contract/operations.ts';
import { INITIAL_CREDIT, type Pipe } from '#contract/wire.ts';
import { createDispatcher, type Implementation } from '#core/dispatcher.ts';
import { memoryPipe } from '#core/memory-pipe.ts';
import { createOperations } from '#core/operations.ts';
import { implementOperations } from '#core/operations-noun.ts';
import { serve } from '#core/serve.ts';

const api = {
  operations: operationsContract,
  shop: {
    add: call(z.object({ left: z.number(), right: z.number().default(1) }), z.number()),
    wait: call(z.object({}), z.object({})),
    fail: call(z.object({}), z.object({})),
    numbers: stream(z.object({ size: z.number().default(10), ends: z.number().optional() }), z.string()),
    broken: stream(z.object({}), z.string()),
    build: operation(z.object({ nested: z.object({ name: z.string() }) }), z.object({ built: z.string() })),
  },
};

/** A core with one client, and what the core saw. */
function connect() {
  const seen = { aborted: 0, produced: 0, streamsEnded: 0 };
  const operations = createOperations({ owner: 'test' });
  const implementation: Implementation<typeof api> = {
    operations: implementOperations(operations),
    shop: {
      add: async ({ left, right }) => left + right,
      wait: (_, signal) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            seen.aborted++;
            reject(signal.reason);
          }),
        ),
      fail: async () => {
        throw new BacklotError('port-taken', 'Port 80 is taken', { fix: 'Use another', where: { file: 'a.yaml', line: 3 } });
      },
      async *numbers({ size, ends }, signal) {
        try {
          for (let number = 0; number !== ends && !signal.aborted; number++) {
            seen.produced++;
            yield `${number}`.padEnd(size, '.');
            // Lets the other side of the pipe run, as anything real would.
            await new Promise((resolve) => setImmediate(resolve));
          }
        } finally {
          seen.streamsEnded++;
        }
      },
      async *broken() {
        yield 'one';
        throw new BacklotError('engine-lost', 'The engine is gone');
      },
      build: async ({ nested }, work) => {
        work.tell({ type: 'message', level: 'info', text: 'building' });
        return { built: nested.name };
      },
    },
  };
  const [near, far] = memoryPipe();
  serve(far, createDispatcher(api, implementation, operations));
  return { backlot: createClient(api, near), near, far, seen, operations };
}

describe('a client over a pipe', () => {
  test('calls a method, with defaults filled in', async () => {
    expect(await connect().backlot.shop.add({ left: 2 })).toBe(3);
  });

  test('B56: is told the path of the field that is wrong', async () => {
    const { backlot } = connect();
    await expect(backlot.shop.add({ left: 'x' } as never)).rejects.toMatchObject({ code: 'input-invalid', message: expect.stringMatching(/^shop\.add: left: /) });
    await expect(backlot.shop.build({ nested: {} } as never)).rejects.toMatchObject({ message: expect.stringMatching(/^shop\.build: nested\.name: /) });
    await expect(backlot.shop.add(undefined as never)).rejects.toMatchObject({ code: 'input-invalid' });
  });

  test('B56: is told when there is no such method, whatever the name', async () => {
    const { near } = connect();
    const failures: unknown[] = [];
    near.onMessage((message) => failures.push(message));
    const names = ['shop.nothing', 'shop', '', 'shop.add.more', 'constructor.name', '__proto__.toString', 'shop.constructor', 'shop.numbers'];
    names.forEach((method, index) => near.send({ t: 'call', id: 1000 + index, method, input: {} }));
    await expect.poll(() => failures.length).toBe(names.length);
    for (const failure of failures) expect(failure).toMatchObject({ t: 'failure', error: { code: 'method-unknown' } });
  });

  test('gets an error with its code, place and fix', async () => {
    const error = await connect().backlot.shop.fail({}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BacklotError);
    expect(error).toMatchObject({ code: 'port-taken', message: 'Port 80 is taken', fix: 'Use another', where: { file: 'a.yaml', line: 3 } });
  });

  test('cancels a call on the other side too', async () => {
    const { backlot, seen } = connect();
    const controller = new AbortController();
    const answer = backlot.shop.wait({}, controller.signal);
    await backlot.shop.add({ left: 1 });
    controller.abort();
    await expect(answer).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(() => seen.aborted).toBe(1);
  });

  test('reads a stream to its end', async () => {
    const items: string[] = [];
    for await (const item of connect().backlot.shop.numbers({ size: 1, ends: 3 })) items.push(item);
    expect(items).toEqual(['0', '1', '2']);
  });

  test('gets what came before a stream failed, then the failure', async () => {
    const items: string[] = [];
    const read = async () => {
      for await (const item of connect().backlot.shop.broken({})) items.push(item);
    };
    await expect(read()).rejects.toMatchObject({ code: 'engine-lost' });
    expect(items).toEqual(['one']);
  });

  test('ends a stream on the other side when it stops reading', async () => {
    const { backlot, seen } = connect();
    for await (const item of backlot.shop.numbers({})) if (item.startsWith('3')) break;
    await expect.poll(() => seen.streamsEnded).toBe(1);
  });

  test('ends a stream quietly when its signal says so', async () => {
    const { backlot, seen } = connect();
    const controller = new AbortController();
    for await (const item of backlot.shop.numbers({}, controller.signal)) if (item.startsWith('3')) controller.abort();
    await expect.poll(() => seen.streamsEnded).toBe(1);
  });

  test('holds back a producer that is faster than its reader', async () => {
    const { backlot, seen } = connect();
    const reader = backlot.shop.numbers({ size: 8 * 1024 })[Symbol.asyncIterator]();
    await reader.next();
    const room = Math.ceil(INITIAL_CREDIT / (8 * 1024)) + 1;
    await expect.poll(() => seen.produced).toBeGreaterThanOrEqual(room - 2);
    const before = seen.produced;
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(seen.produced).toBe(before);
    expect(seen.produced).toBeLessThanOrEqual(room);
    for (let read = 0; read < 100; read++) await reader.next();
    expect(seen.produced).toBeGreaterThan(100);
    await reader.return?.(undefined);
    await expect.poll(() => seen.streamsEnded).toBe(1);
  });

  test('gets an item that is larger than all of its credit', async () => {
    const items: number[] = [];
    for await (const item of connect().backlot.shop.numbers({ size: 2 * INITIAL_CREDIT, ends: 3 })) items.push(item.length);
    expect(items).toEqual([2 * INITIAL_CREDIT, 2 * INITIAL_CREDIT, 2 * INITIAL_CREDIT]);
  });

  test('is told that the connection was lost, in every call and stream, and in every later one', async () => {
    const { backlot, far, seen } = connect();
    const answer = backlot.shop.wait({});
    const reader = backlot.shop.numbers({ ends: 1 })[Symbol.asyncIterator]();
    await reader.next();
    const next = (async () => {
      for await (const _ of backlot.shop.numbers({}));
    })();
    await backlot.shop.add({ left: 1 });
    far.close();
    await expect(answer).rejects.toMatchObject({ code: 'connection-lost' });
    await expect(next).rejects.toMatchObject({ code: 'connection-lost' });
    await expect(backlot.shop.add({ left: 1 })).rejects.toMatchObject({ code: 'connection-lost' });
    await expect.poll(() => seen.aborted).toBe(1);
  });

  test('starts an operation, follows it, and the operation outlives the connection', async () => {
    const { backlot, operations, near } = connect();
    const { id } = await backlot.shop.build({ nested: { name: 'catalogue' } });
    near.close();
    const events: string[] = [];
    for await (const event of operations.watch({ id, after: 0 }, new AbortController().signal)) events.push(event.type);
    expect(events).toEqual(['started', 'message', 'result']);
  });

  test('follows and cancels operations by the operations noun', async () => {
    const { backlot, operations } = connect();
    const id = operations.start('stack.up', { directory: '/shop' }, ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))));
    expect((await backlot.operations.list({})).operations).toMatchObject([{ id, state: 'running' }]);
    expect(await backlot.operations.cancel({ id })).toEqual({ cancelled: true });
    const events = [];
    for await (const event of backlot.operations.watch({ id })) events.push(event);
    expect(events.at(-1)).toMatchObject({ type: 'result', ok: false, error: { code: 'cancelled' } });
    const unknown = async () => {
      for await (const _ of backlot.operations.watch({ id: 'nothing' }));
    };
    await expect(unknown()).rejects.toMatchObject({ code: 'operation-unknown' });
  });
});

describe('a server at a pipe', () => {
  /** Talks to the core without a client. */
  function raw() {
    const { near, seen } = connect();
    const messages: { t: string; id: number; error?: { code: string } }[] = [];
    near.onMessage((message) => messages.push(message as never));
    return { pipe: near as Pipe, messages, seen };
  }

  test('B55: ignores what is no request', async () => {
    const { pipe, messages } = raw();
    for (const junk of [null, 7, 'x', [], {}, { t: 'call' }, { t: 'explode', id: 1 }, { t: 'open', id: 1, method: 'shop.numbers', credit: -5 }, { t: 'close', id: 99 }, { t: 'credit', id: 99, amount: 5 }]) pipe.send(junk);
    pipe.send({ t: 'call', id: 500, method: 'shop.add', input: { left: 1 } });
    await expect.poll(() => messages).toEqual([{ t: 'answer', id: 500, value: 2 }]);
  });

  test('B55: refuses an id that is in use, and goes on with the first', async () => {
    const { pipe, messages } = raw();
    pipe.send({ t: 'open', id: 500, method: 'shop.numbers', input: { ends: 3 }, credit: 1 });
    pipe.send({ t: 'open', id: 500, method: 'shop.numbers', input: {}, credit: 1 });
    await expect.poll(() => messages.map((message) => message.t)).toContain('end');
    expect(messages.find((message) => message.t === 'end')).toMatchObject({ error: { code: 'input-invalid' } });
    pipe.send({ t: 'credit', id: 500, amount: 1000 });
    await expect.poll(() => messages.filter((message) => message.t === 'item').length).toBe(3);
  });

  test('B55: refuses more than 500 open calls, and has room again when they are closed', async () => {
    const { pipe, messages, seen } = raw();
    for (let id = 1000; id < 1501; id++) pipe.send({ t: 'call', id, method: 'shop.wait', input: {} });
    await expect.poll(() => messages).toMatchObject([{ t: 'failure', id: 1500, error: { code: 'input-invalid' } }]);
    for (let id = 1000; id < 1500; id++) pipe.send({ t: 'close', id });
    await expect.poll(() => seen.aborted).toBe(500);
    pipe.send({ t: 'call', id: 2000, method: 'shop.add', input: { left: 1 } });
    await expect.poll(() => messages).toContainEqual({ t: 'answer', id: 2000, value: 2 });
  });
});
