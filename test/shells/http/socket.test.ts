import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { startServer } from '../../../src-main/shells/http/main.ts';
import { closeCode, echo, exchange, keyOf, opened, origin, started, tryUpgrade } from './rig.ts';

const ask = (socket: WebSocket, message: unknown) => socket.send(JSON.stringify(message));
const answerOf = async (socket: WebSocket) => JSON.parse(String((await once(socket, 'message'))[0])) as unknown;

describe('a socket', () => {
  test('carries calls to the core and its answers back', async () => {
    const server = await started();
    const socket = await opened(server, await keyOf(server));
    ask(socket, { t: 'call', id: 1, method: 'stack.status', input: { directory: '/x' } });
    expect(await answerOf(socket)).toEqual({ t: 'answer', id: 1, value: { method: 'stack.status', input: { directory: '/x' } } });
  });

  test('B55: ends what it had open when it closes', async () => {
    const aborted = vi.fn();
    const dispatcher = { ...echo, call: (_method: string, _input: unknown, signal: AbortSignal) => new Promise((resolve) => signal.addEventListener('abort', () => (aborted(), resolve(undefined)))) };
    const server = await started({ app: { dispatcher } });
    const socket = await opened(server, await keyOf(server));
    ask(socket, { t: 'call', id: 1, method: 'a.b', input: {} });
    socket.close();
    await vi.waitFor(() => expect(aborted).toHaveBeenCalledOnce());
  });

  test.each([
    ['binary garbage', (socket: WebSocket) => socket.send(Buffer.from([1, 2, 3])), 1007],
    ['text that is no JSON', (socket: WebSocket) => socket.send('{'), 1007],
    ['a message of 2 MiB', (socket: WebSocket) => socket.send('x'.repeat(2 * 1024 * 1024)), 1009],
    ['a frame without a mask', (socket: WebSocket) => socket.send('{}', { mask: false }), 1002],
    ['text that is no UTF-8', (socket: WebSocket) => socket.send(Buffer.from([0xff, 0xfe]), { binary: false }), 1007],
    ['fragments for ever', (socket: WebSocket) => sendFragments(socket), 1009],
    ['more messages than a page sends', (socket: WebSocket) => sendMany(socket, 200), 4429],
  ])('B55: that sends %s is closed, and the others are not', async (_name, send, code) => {
    const server = await started({ limits: { rate: 100 } });
    const key = await keyOf(server);
    const [bad, good] = [await opened(server, key), await opened(server, key)];
    const closed = closeCode(bad);
    send(bad);
    expect(await closed).toBe(code);
    ask(good, { t: 'call', id: 1, method: 'a.b', input: {} });
    expect(await answerOf(good)).toMatchObject({ t: 'answer', id: 1 });
  });

  test('B55: that opens 100,000 streams gets those that one page may have', async () => {
    const server = await started({ limits: { rate: Infinity } });
    const socket = await opened(server, await keyOf(server));
    let refused = 0;
    const done = new Promise<void>((resolve) => {
      socket.on('message', (bytes) => {
        if (String(bytes).includes('"t":"end"')) refused += 1;
        if (refused === 99_500) resolve();
      });
    });
    for (let id = 1; id <= 100_000; id += 1) ask(socket, { t: 'open', id, method: 'a.b', input: { items: 0 }, credit: 1 });
    await done;
    expect(socket.readyState).toBe(WebSocket.OPEN);
  });

  test('B55: survives cancelling what it never asked', async () => {
    const server = await started();
    const socket = await opened(server, await keyOf(server));
    ask(socket, { t: 'close', id: 77 });
    ask(socket, { t: 'credit', id: 77, amount: 5 });
    ask(socket, { t: 'nonsense' });
    ask(socket, { t: 'call', id: 1, method: 'a.b', input: {} });
    expect(await answerOf(socket)).toMatchObject({ t: 'answer', id: 1 });
  });

  test('that does not answer a ping is taken for gone', async () => {
    const server = await started({ limits: { pingEvery: 50 } });
    const socket = await tryUpgrade(server, ['backlot.v1'], { headers: { authorization: `Bearer ${await keyOf(server)}` }, autoPong: false });
    expect(await closeCode(socket as WebSocket)).toBe(1006);
  });

  test('that reads too slowly is sent away, and may come again', async () => {
    let given = 0;
    let sentAway = () => {};
    const isSentAway = new Promise<void>((resolve) => (sentAway = resolve));
    const dispatcher = {
      ...echo,
      async *open(...[, , signal]: Parameters<typeof echo.open>) {
        signal.addEventListener('abort', () => sentAway());
        for (; !signal.aborted; given += 1) {
          await new Promise(setImmediate);
          yield 'x'.repeat(100_000);
        }
      },
    };
    const server = await started({ app: { dispatcher }, limits: { backlog: 64 * 1024 } });
    const key = await keyOf(server);
    const socket = await opened(server, key);
    const closed = closeCode(socket);
    socket.pause();
    ask(socket, { t: 'open', id: 1, method: 'a.b', input: {}, credit: 100_000_000 });
    await isSentAway;
    socket.resume();
    expect([1006, 1013]).toContain(await closed);
    expect(given).toBeLessThan(1000);
    await opened(server, key);
  });

  test('beyond the sixty-fourth is refused', async () => {
    const server = await started({ limits: { sockets: 2 } });
    const key = await keyOf(server);
    await opened(server, key);
    await opened(server, key);
    expect(await tryUpgrade(server, ['backlot.v1', `bearer.${key}`], { origin: origin(server) })).toBe(503);
  });

  test('F35: is closed when its key is revoked, and the key opens nothing any more', async () => {
    const announced: string[] = [];
    const server = await started({ onAddress: (url) => announced.push(url) });
    const key = await keyOf(server);
    const socket = await opened(server, key);
    const closed = closeCode(socket);
    await server.revoke();
    expect(await closed).toBe(4401);
    expect(await tryUpgrade(server, ['backlot.v1', `bearer.${key}`], { origin: origin(server) })).toBe(401);
    expect((await exchange(server, announced[1]?.split('#k=')[1] ?? '')).status).toBe(401);
    expect(await keyOf(server, announced.at(-1))).toMatch(/^[\w-]{43}$/);
  });

  test('has its calls told by method and session, never by input', async () => {
    const told: unknown[] = [];
    const server = await started({ onCall: (entry) => told.push(entry) });
    const socket = await opened(server, await keyOf(server));
    ask(socket, { t: 'call', id: 1, method: 'terminals.write', input: { text: 'secret' } });
    await answerOf(socket);
    expect(told).toEqual([{ time: expect.any(String), session: expect.stringMatching(/^[0-9a-f]{8}$/), method: 'terminals.write' }]);
  });
});

describe('the server', () => {
  test('listens on the loopback addresses alone', async (context) => {
    const server = await started();
    const outside = Object.values(networkInterfaces()).flat().find((address) => address && !address.internal && address.family === 'IPv4');
    if (!outside) return context.skip('this machine has no other address');
    const socket = connect(server.port, outside.address);
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });

  test('says that its port is taken, and what to do', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void blocker.close());
    await once(blocker, 'listening');
    const { port } = blocker.address() as { port: number };
    await expect(startServer({ app: { dispatcher: echo }, rendererRoot: '/nowhere', port })).rejects.toMatchObject({ code: 'port-taken', fix: expect.stringContaining('--port') });
  });
});

function sendFragments(socket: WebSocket): void {
  for (let index = 0; index < 20 && socket.readyState === WebSocket.OPEN; index += 1) socket.send('x'.repeat(100_000), { fin: false });
}

function sendMany(socket: WebSocket, count: number): void {
  for (let id = 0; id < count; id += 1) ask(socket, { t: 'close', id });
}
