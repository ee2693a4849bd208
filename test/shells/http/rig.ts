import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import type { Dispatcher } from '#core/dispatcher.ts';
import { startServer, type Server, type ServerOptions } from '../../../src-main/shells/http/main.ts';

/** A core that answers what it was asked, and streams what it is told to. */
export const echo: Dispatcher = {
  call: async (method, input) => ({ method, input }),
  async *open(_method, input, signal) {
    const { items = 1, size = 1 } = (input ?? {}) as { items?: number; size?: number };
    for (let index = 0; index < items && !signal.aborted; index += 1) yield { index, text: 'x'.repeat(size) };
    if (items === 0) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  },
};

/** A server over a small built page, closed at the end of the test. */
export async function started(options: Partial<ServerOptions> = {}): Promise<Server> {
  const root = await mkdtemp(join(tmpdir(), 'backlot-page-'));
  await mkdir(join(root, 'assets'));
  await writeFile(join(root, 'index.html'), '<!doctype html><title>Backlot</title>');
  await writeFile(join(root, 'assets', 'index-Dk3jf8Qa.js'), `console.log(1);${'// filler\n'.repeat(500)}`);
  await writeFile(join(root, '.secret.html'), 'no');
  const server = await startServer({ app: { dispatcher: echo }, rendererRoot: root, ...options });
  onTestFinished(async () => {
    await server.close();
    await rm(root, { recursive: true, force: true });
  });
  return server;
}

export function origin(server: Server): string {
  return `http://127.0.0.1:${server.port}`;
}

export async function keyOf(server: Server, url = server.url): Promise<string> {
  const response = await exchange(server, url.split('#k=')[1] ?? '');
  return ((await response.json()) as { key: string }).key;
}

export function exchange(server: Server, code: string): Promise<Response> {
  return fetch(`${origin(server)}/api/session`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code }) });
}

/** Sends bytes as they are and answers the status of each response that came until the connection closed. */
export async function raw(server: Server, text: string | Buffer, { end = false } = {}): Promise<{ statuses: number[]; text: string }> {
  const socket = connect(server.port, '127.0.0.1');
  let received = '';
  socket.on('data', (bytes) => (received += String(bytes)));
  socket.on('error', () => {});
  socket.write(text);
  if (end) socket.end();
  // Not `once`: a reset after the answer is as good an end as any.
  await new Promise((resolve) => socket.on('close', resolve));
  return { statuses: [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status)), text: received };
}

/** How an attempt to open the socket ended: open, or the status of the refusal. */
export async function tryUpgrade(server: Server, protocols: string[], options: ClientOptions = {}, path = '/ws'): Promise<WebSocket | number> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, protocols, options);
  onTestFinished(() => socket.terminate());
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(socket));
    socket.on('unexpected-response', (_request, response) => (response.resume(), resolve(response.statusCode ?? 0)));
    socket.on('error', reject);
  });
}

export async function opened(server: Server, key: string): Promise<WebSocket> {
  const socket = await tryUpgrade(server, ['backlot.v1', `bearer.${key}`], { origin: origin(server) });
  if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
  return socket;
}

export async function closeCode(socket: WebSocket): Promise<number> {
  const [code] = (await once(socket, 'close')) as [number];
  return code;
}
