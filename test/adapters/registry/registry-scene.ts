import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';
import { createImageRegistry, type RegistryOptions } from '#adapters/registry/image-registry.ts';
import type { ImageRegistry } from '#ports/image-registry.ts';

export const never = new AbortController().signal;
export const sha256 = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export async function docker(...args: string[]): Promise<string> {
  return (await promisify(execFile)('docker', args)).stdout.trim();
}

/** A real registry in a container; `settings` are its variables. */
export async function startRegistry(settings: Readonly<Record<string, string>> = {}, more: readonly string[] = []): Promise<{ readonly id: string; readonly address: string }> {
  const variables = Object.entries(settings).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
  const id = await docker('run', '-d', '--label', 'dev.backlot.test=1', '-p', '127.0.0.1::5000', ...variables, ...more, 'registry:2');
  return { id, address: await addressOf(id) };
}

/** One that knows `ann`, `anna` and `annie`, all with the password `secret`: logins of every length, as base64 counts. */
export async function startClosedRegistry(): Promise<{ readonly id: string; readonly address: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'backlot-htpasswd-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'htpasswd'), ['ann', 'anna', 'annie'].map((user) => `${user}:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n`).join(''));
  await chmod(folder, 0o755);
  return startRegistry({ REGISTRY_AUTH: 'htpasswd', REGISTRY_AUTH_HTPASSWD_REALM: 'test', REGISTRY_AUTH_HTPASSWD_PATH: '/auth/htpasswd' }, ['-v', `${folder}:/auth:ro`]);
}

/** Where a registry listens, once it answers. */
export async function addressOf(id: string): Promise<string> {
  const address = (await docker('port', id, '5000/tcp')).replace('0.0.0.0', '127.0.0.1');
  const end = performance.now() + 15_000;
  for (;;) {
    const status = await fetch(`http://${address}/v2/`, { signal: AbortSignal.timeout(2000) }).then(({ status }) => status, () => 0);
    if (status !== 0) return address;
    if (performance.now() > end) throw new Error('the registry does not answer');
  }
}

/** Registries with a Docker configuration of this test's own. */
export async function registries(config: unknown = {}, options: Partial<RegistryOptions> = {}): Promise<ImageRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'backlot-registry-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  return createImageRegistry({ environment: { DOCKER_CONFIG: folder, PATH: process.env['PATH'] }, home: folder, ...options });
}

export const login = (address: string, user: string, password: string) => ({ auths: { [address]: { auth: Buffer.from(`${user}:${password}`).toString('base64') } } });

export type Asked = { readonly method: string; readonly url: string; readonly authorization: string | undefined; readonly range: string | undefined };
export type Fault = 'pass' | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string | Uint8Array } | { readonly cutRequestAfter: number } | { readonly cutAnswerAfter: number } | { readonly silentAfter: number } | { readonly delay: number } | 'silent' | 'hang-up';

/** A server on a port of its own that does as it is told with each request, or passes it on to a real registry. */
export async function startBetween(target: string, decide: (asked: Asked) => Fault, tls?: { readonly cert: string; readonly key: string }): Promise<{ readonly address: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const handle = (request: http.IncomingMessage, response: http.ServerResponse) => {
    const entry = { method: request.method ?? '', url: request.url ?? '', authorization: request.headers.authorization, range: request.headers.range };
    asked.push(entry);
    suffer(decide(entry), request, response, target);
  };
  const server = tls ? https.createServer(tls, handle) : http.createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function suffer(fault: Fault, request: http.IncomingMessage, response: http.ServerResponse, target: string): void {
  if (fault === 'hang-up') return void request.socket.destroy();
  if (typeof fault === 'object' && 'status' in fault) {
    request.resume();
    response.writeHead(fault.status, fault.headers);
    return void response.end(fault.body);
  }
  if (fault === 'silent') return void request.resume();
  if (typeof fault === 'object' && 'delay' in fault) return void setTimeout(() => suffer('pass', request, response, target), fault.delay);
  const [host, port] = target.split(':');
  // The real one is told our own address, so that it sends back here.
  const onward = http.request({ host, port, method: request.method, path: request.url, headers: request.headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    if (typeof fault === 'object' && 'cutAnswerAfter' in fault) return cut(answer, response, fault.cutAnswerAfter, () => response.destroy());
    if (typeof fault === 'object' && 'silentAfter' in fault) return cut(answer, response, fault.silentAfter, () => {});
    answer.pipe(response);
  });
  onward.on('error', () => request.socket.destroy());
  if (typeof fault === 'object' && 'cutRequestAfter' in fault) {
    let passed = 0;
    request.on('data', (chunk: Buffer) => {
      onward.write(chunk.subarray(0, fault.cutRequestAfter - passed));
      passed += chunk.length;
      if (passed < fault.cutRequestAfter) return;
      onward.destroy();
      request.socket.destroy();
    });
    return;
  }
  request.pipe(onward);
}

function cut(answer: http.IncomingMessage, response: http.ServerResponse, after: number, end: () => void): void {
  let passed = 0;
  answer.on('data', (chunk: Buffer) => {
    const part = chunk.subarray(0, Math.max(0, after - passed));
    passed += chunk.length;
    response.write(part, () => passed >= after && end());
  });
}

/** Bytes that nothing compresses, different in each test. */
export const noise = (length: number) => randomBytes(length);

export async function* stream(bytes: Uint8Array, size = 100_000): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

export async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}
