import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createMachine } from '#adapters/machine/machine.ts';
import { parseLsof } from '#adapters/machine/ports-elsewhere.ts';
import { parseSocketTable } from '#adapters/machine/proc-sockets.ts';

const machine = createMachine({ searchPath: process.env['PATH'] ?? '' });
const open: { close(): void }[] = [];

afterEach(() => {
  for (const socket of open.splice(0)) socket.close();
});

async function listen(host: string, ipv6Only = false): Promise<number> {
  const server: Server = createServer();
  open.push(server);
  server.listen({ port: 0, host, ipv6Only });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe('ports of this machine', () => {
  test('B21: a taken port names the process and program that hold it', async () => {
    const port = await listen('127.0.0.1');
    const owner = await machine.portOwner(port, '127.0.0.1');
    expect(owner).toMatchObject({ port, address: '127.0.0.1', protocol: 'tcp', pid: process.pid });
    expect(owner?.program).toMatch(/\w/);
    expect(await machine.listeners()).toContainEqual(owner);
  });

  test('a port that is taken on one address is free on another', async () => {
    const port = await listen('127.0.0.1');
    expect(await machine.portOwner(port, '127.0.0.2')).toBeUndefined();
    expect(await machine.portOwner(port, '0.0.0.0')).toMatchObject({ address: '127.0.0.1' });
    expect(await machine.portOwner(port, '')).toMatchObject({ address: '127.0.0.1' });
  });

  test('a socket on all IPv6 addresses takes the IPv4 port too, unless it is for IPv6 alone', async () => {
    const both = await listen('::');
    const one = await listen('::', true);
    expect(await machine.portOwner(both, '127.0.0.1')).toMatchObject({ address: '::' });
    expect(await machine.portOwner(one, '127.0.0.1')).toBeUndefined();
    expect(await machine.portOwner(one, '::1')).toMatchObject({ address: '::' });
  });

  test('UDP and TCP ports are told apart', async () => {
    const socket = createSocket('udp4');
    open.push(socket);
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const { port } = socket.address();
    expect(await machine.portOwner(port, '127.0.0.1', 'udp')).toMatchObject({ pid: process.pid, protocol: 'udp' });
    expect(await machine.portOwner(port, '127.0.0.1', 'tcp')).toBeUndefined();
  });

  test('the kernel’s table is read with its byte order', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   999        0 12345 1 0 100 0 0 10 0',
      '   1: 0100007F:1538 0100007F:C350 01 00000000:00000000 00:00000000 00000000   999        0 12346 1 0 100 0 0 10 0',
      '   2: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 77 1',
    ].join('\n');
    expect(parseSocketTable(table, 'tcp')).toEqual([
      { protocol: 'tcp', port: 5432, address: '127.0.0.1', inode: '12345' },
      { protocol: 'tcp', port: 80, address: '::1', inode: '77' },
    ]);
  });

  test('lsof’s fields become listeners, and connected sockets do not', () => {
    const output = 'p812\ncpostgres\nf7\nPTCP\nn127.0.0.1:5432\nf8\nPTCP\nn[::1]:5432\np900\ncnode\nf3\nPUDP\nn*:5353\nf4\nPUDP\nn10.0.0.1:1->10.0.0.2:2\n';
    expect(parseLsof(output)).toEqual([
      { protocol: 'tcp', port: 5432, address: '127.0.0.1', pid: 812, program: 'postgres' },
      { protocol: 'tcp', port: 5432, address: '::1', pid: 812, program: 'postgres' },
      { protocol: 'udp', port: 5353, address: '::', pid: 900, program: 'node' },
    ]);
  });
});

describe('facts of this machine', () => {
  test('disk space is that of the nearest folder that exists', async () => {
    const space = await machine.diskSpace(join(tmpdir(), 'not', 'made', 'yet'));
    expect(space?.total).toBeGreaterThan(space?.free ?? Infinity);
  });

  test('programs are found on the search path only', async () => {
    expect(await machine.findProgram('sh')).toMatch(/\/sh$/);
    expect(await machine.findProgram('no-such-program-anywhere')).toBeUndefined();
  });

  test('memory is given in bytes', () => {
    expect(machine.memory.total).toBeGreaterThan(2 ** 28);
    expect(machine.memory.available).toBeLessThanOrEqual(machine.memory.total);
  });
});
