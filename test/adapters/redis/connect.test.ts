import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { connect } from '#adapters/redis/connect.ts';
import { fetchData } from '#adapters/redis/fetch-data.ts';
import { openWriter } from '#adapters/redis/writer.ts';

const never = new AbortController().signal;

/** A server that takes connections and answers the first so many commands. */
async function hangingServer(answers: number): Promise<{ host: string; port: number; user: string; password: string; asked: () => Promise<unknown> }> {
  const sockets: Socket[] = [];
  let left = answers;
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.on('data', () => {
      server.emit('asked', left);
      if (left-- > 0) socket.write('+OK\r\n');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, user: '', password: '', asked: () => once(server, 'asked') };
}

test('a server that takes the connection and never answers is given up, and so is one that falls silent before its data', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const silent = await hangingServer(0);
  const first = silent.asked();
  const connected = connect(silent, undefined, 'source-failed', never).catch((error: unknown) => error);
  await first;
  vi.advanceTimersByTime(15_001);
  expect(await connected).toMatchObject({ code: 'source-failed', message: expect.stringContaining('gives no answer for 15 s') as string, fix: expect.stringContaining('paused') as string });

  const other = await hangingServer(1);
  const fetched = fetchData(other, never).next().catch((error: unknown) => error);
  await other.asked();
  await other.asked();
  vi.advanceTimersByTime(60_001);
  expect(await fetched).toMatchObject({ code: 'source-failed', message: expect.stringContaining('gives no answer for 60 s') as string });
});

test('a connection that leads to nothing is closed: where the server refuses the password, and where it does not say what it is', async () => {
  const server = createServer((socket) => socket.on('data', (asked) => socket.write(/AUTH|INFO/.test(String(asked)) ? '-WRONGPASS no\r\n' : '+OK\r\n'))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port, user: '' };
  const closed = async () => {
    const [socket] = (await once(server, 'connection')) as [Socket];
    onTestFinished(() => void socket.destroy());
    await once(socket.resume(), 'close');
  };
  const first = closed();
  await expect(connect({ ...address, password: 'wrong' }, undefined, 'source-failed', never)).rejects.toMatchObject({ code: 'source-failed', message: expect.stringContaining('refuses the user or password') as string });
  await first;
  const second = closed();
  await expect(openWriter({ ...address, password: '' }, '0', never)).rejects.toMatchObject({ code: 'database-failed' });
  await second;
});
