import { createServer as createHttpServer } from 'node:http';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createConnection, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { describe, expect, test } from 'vitest';
import { decidePorts } from '#features/stack/decide-ports.ts';
import { environmentOf } from '#features/stack/environment.ts';
import { loopbackAddresses } from '#features/stack/loopback-addresses.ts';
import { docker, withScene, type Scene } from '../../support/backlot.ts';
import { projectOf } from './project-fixture.ts';

const own = { addresses: 'own' } as const;

describe('where this machine does not reach containers', () => {
  test('each service has a loopback address of its own, the same every time, that nobody else has', () => {
    const names = Array.from({ length: 40 }, (_, index) => `service-${index}`);
    const environment = environmentOf(projectOf(Object.fromEntries(names.map((name) => [name, {}])), own), undefined);
    const addresses = names.map(loopbackAddresses(environment, new Set()));
    expect(new Set(addresses).size).toBe(40);
    for (const address of addresses) expect(address).toMatch(/^127\.213\.\d{1,3}\.([1-9]|[1-9]\d|1\d\d|2[0-4]\d|25[0-4])$/);
    expect(names.map(loopbackAddresses(environment, new Set()))).toEqual(addresses);
    expect(names.map(loopbackAddresses(environment, new Set(addresses))).filter((address) => addresses.includes(address))).toEqual([]);
  });

  test('services are published there at their own ports, or where there is one loopback address, at any', () => {
    const environment = environmentOf(projectOf({ db: { kind: 'postgres' }, other: { kind: 'postgres', expose: ['5432', '80'] } }, own), undefined);
    const known = { kept: {}, exposed: {}, holderOf: () => undefined };
    const ports = (loopback: ((service: string) => string) | 'any-port') => decidePorts(environment, { ...known, loopback }).ports.map(({ service, address, host, range, container }) => `${service} ${address}:${host ?? range}->${container}`);
    expect(ports((service) => (service === 'db' ? '127.213.1.1' : '127.213.1.2'))).toEqual(['db 127.213.1.1:5432->5432', 'other 127.213.1.2:5432->5432', 'other 127.213.1.2:80->80']);
    expect(ports('any-port')).toEqual(['db 127.0.0.1:0->5432', 'other 127.0.0.1:0->5432', 'other 127.0.0.1:0->80']);
    expect(decidePorts(environment, known).ports).toEqual([]);
  });

  test('on an engine in a virtual machine two databases are up at their own ports, and a swap leads to this machine', () =>
    withDesktop(() =>
      withScene(
        {
          'compose.yaml': 'name: NAME\nservices:\n  one: { image: redis:7, stop_grace_period: 0s }\n  two: { image: redis:7, stop_grace_period: 0s }\n',
          'backlot.yaml': 'version: 1\nname: NAME\ncompose: [compose.yaml]\nsets: { minimal: { services: all, addresses: own } }\n',
        },
        async (scene) => {
          const { directory } = scene;
          expect((await scene.run(scene.backlot.stack.up({ directory }))).result.error).toBeUndefined();
          const urls = await urlsOf(scene);
          expect(urls.map(({ port }) => port)).toEqual([6379, 6379]);
          expect(new Set(urls.map(({ host }) => host)).size).toBe(2);
          for (const { host, port } of urls) {
            expect(host).toMatch(/^127\.213\./);
            expect(await ping(host, port)).toBe('+PONG\r\n');
          }
          await scene.run(scene.backlot.stack.down({ directory }));
          expect((await scene.run(scene.backlot.stack.up({ directory }))).result.error).toBeUndefined();
          expect(await urlsOf(scene)).toEqual(urls);
          await withProcess(async (port) => {
            expect((await scene.run(scene.backlot.stack.swap({ directory, service: 'one', to: [`localhost:${port}`] }))).result.error).toBeUndefined();
            const [first] = await urlsOf(scene);
            expect(first).toEqual(urls[0]);
            expect(await fetch(`http://${first?.host}:6379`).then((response) => response.text())).toBe('process');
          });
          expect((await scene.run(scene.backlot.stack.swap({ directory, service: 'one', back: true }))).result.error).toBeUndefined();
          expect(await ping(urls[0]?.host ?? '', 6379)).toBe('+PONG\r\n');
          expect(await docker('ps', '-aq', '--filter', `label=dev.backlot.directory=${directory}`, '--filter', 'label=dev.backlot.swap')).toBe('');
        },
      ),
    ));
});

async function urlsOf(scene: Scene): Promise<{ host: string; port: number }[]> {
  const { connections } = await scene.backlot.stack.env({ directory: scene.directory });
  return (connections ?? []).map(({ host = '' }) => ({ host: new URL(host).hostname, port: Number(new URL(host).port) }));
}

function ping(host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.write('PING\r\n'));
    socket.once('data', (chunk) => {
      resolve(chunk.toString());
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

/** Reached through the engine's machine, so it listens on every address: here that machine is this one. */
async function withProcess(body: (port: number) => Promise<void>): Promise<void> {
  const server = createHttpServer((_request, response) => response.end('process'));
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  try {
    await body((server.address() as AddressInfo).port);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** The engine, telling of itself that it is Docker Desktop's. */
async function withDesktop(body: () => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'bt-desktop-'));
  const server = createServer((client) => {
    const engine = createConnection('/var/run/docker.sock');
    client.pipe(engine);
    engine.on('data', (chunk) => client.write(Buffer.from(chunk.toString('latin1').replace(/(?<="OperatingSystem":")[^"]*/, (told) => 'Docker Desktop'.padEnd(told.length)), 'latin1')));
    engine.on('end', () => client.end());
    for (const [socket, other] of [[client, engine], [engine, client]] as const) socket.on('error', () => other.destroy()).on('close', () => other.destroy());
  });
  const path = join(folder, 'docker.sock');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const before = env['DOCKER_HOST'];
  env['DOCKER_HOST'] = `unix://${path}`;
  try {
    await body();
  } finally {
    if (before === undefined) delete env['DOCKER_HOST'];
    else env['DOCKER_HOST'] = before;
    server.close();
    await rm(folder, { recursive: true, force: true });
  }
}
