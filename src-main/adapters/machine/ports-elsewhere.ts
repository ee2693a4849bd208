import { execFile } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { Listener, Protocol } from '#ports/machine.ts';

/** Listening sockets as `lsof` tells them; none where there is no `lsof`. */
export function listByLsof(): Promise<Listener[]> {
  return new Promise((resolve) => {
    const args = ['-nP', '-iTCP', '-sTCP:LISTEN', '-iUDP', '-F', 'pcPn'];
    execFile('lsof', args, { timeout: 2000, maxBuffer: 16 * 1024 * 1024 }, (_error, stdout) => resolve(parseLsof(stdout)));
  });
}

/** Pure part of `listByLsof`: fields come one a line, a process before its sockets. */
export function parseLsof(output: string): Listener[] {
  const listeners: Listener[] = [];
  let process: { pid?: number; program?: string } = {};
  let protocol: Protocol = 'tcp';
  for (const line of output.split('\n')) {
    const value = line.slice(1);
    if (line.startsWith('p')) process = { pid: Number(value) };
    else if (line.startsWith('c')) process = { ...process, program: value };
    else if (line.startsWith('P')) protocol = value === 'UDP' ? 'udp' : 'tcp';
    else if (line.startsWith('n') && !value.includes('->')) {
      const [, address = '', port = ''] = /^(.*):(\d+)$/.exec(value) ?? [];
      if (port) listeners.push({ protocol, port: Number(port), address: address === '*' ? '::' : address.replace(/^\[|\]$/g, ''), ...process });
    }
  }
  return listeners;
}

/** Whether the system lets this address be bound now. A port that this user may not bind at all does not count as taken. */
export function canBind(port: number, address: string, protocol: Protocol): Promise<boolean> {
  return protocol === 'tcp' ? canListen(port, address) : canBindUdp(port, address);
}

function canListen(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'EADDRINUSE'));
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function canBindUdp(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      resolve(error.code !== 'EADDRINUSE');
    });
    socket.bind({ port, address, exclusive: true }, () => socket.close(() => resolve(true)));
  });
}
