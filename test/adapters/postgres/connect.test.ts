import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '#adapters/postgres/connect.ts';
import { databaseFailure } from '#adapters/postgres/failures.ts';

test('what answers and is no PostgreSQL, and what never answers, are told with what to do', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket.on('error', () => {}).once('data', () => socket.write('J\0\0\0\n5.5.5-10.11-MariaDB')))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = { host: '127.0.0.1', port: (server.address() as AddressInfo).port, user: 'u', password: '' };
  await expect(connect(address, 'shop', 'source-failed', new AbortController().signal)).rejects.toMatchObject({ code: 'source-failed', message: expect.stringContaining('does not speak as PostgreSQL does') as string, fix: expect.stringContaining('port') as string });
  expect(databaseFailure(new Error('timeout expired'), 'connect to the database shop', 'source-failed')).toMatchObject({ message: 'Could not connect to the database shop: the server takes the connection, but does not answer', fix: expect.stringContaining('paused') as string });
});
