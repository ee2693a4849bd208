import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { ServiceStatus } from '#contract/stack.ts';
import { docker, eventually, withScene, type Scene } from '../../support/backlot.ts';

/** Says who answers, on each of its ports. */
const server = (...ports: number[]) => `    image: node:20-slim
    stop_grace_period: 0s
    expose: ${JSON.stringify(ports.map(String))}
    command: ["node", "-e", ${JSON.stringify(`for (const port of ${JSON.stringify(ports)}) require('http').createServer((q, r) => r.end('container ' + port)).listen(port)`)}]
`;
const caller = '    image: node:20-slim\n    stop_grace_period: 0s\n    command: ["node", "-e", "setInterval(() => {}, 1e6)"]\n';
const files = (services: Readonly<Record<string, string>>, backlot = '') => ({
  'compose.yaml': `name: NAME\nservices:\n${Object.entries(services).map(([name, text]) => `  ${name}:\n${text}`).join('')}`,
  'backlot.yaml': `version: 1\nname: NAME\ncompose: [compose.yaml]\n${backlot || 'sets: { minimal: { services: all } }\n'}`,
});

const swap = (scene: Scene, service: string, ...to: string[]) => scene.run(scene.backlot.stack.swap({ directory: scene.directory, service, to }));
const back = (scene: Scene, service: string) => scene.run(scene.backlot.stack.swap({ directory: scene.directory, service, back: true }));
const up = (scene: Scene, more: Partial<Parameters<Scene['backlot']['stack']['up']>[0]> = {}) => scene.run(scene.backlot.stack.up({ directory: scene.directory, ...more }));
const down = (scene: Scene) => scene.run(scene.backlot.stack.down({ directory: scene.directory }));

/** What a URL answers inside the set. */
const ask = (scene: Scene, url: string) =>
  docker('exec', `${scene.name}-caller-1`, 'node', '-e', `fetch(${JSON.stringify(url)}).then((r) => r.text()).catch((e) => e.cause?.code ?? 'failed').then(console.log)`);

async function statusOf(scene: Scene, name: string): Promise<ServiceStatus | undefined> {
  const { sets } = await scene.backlot.stack.status({ directory: scene.directory });
  return sets[0]?.services.find((service) => service.name === name);
}

/** A process of the developer on this machine while `body` runs. */
async function withProcess<Result>(says: string, host: string, body: (port: number) => Promise<Result>, port = 0): Promise<Result> {
  const process: Server = createServer((_request, response) => response.end(says));
  await new Promise<void>((resolve) => process.listen(port, host, resolve));
  try {
    return await body((process.address() as AddressInfo).port);
  } finally {
    process.closeAllConnections();
    await new Promise((resolve) => process.close(resolve));
  }
}

const containersOf = async (scene: Scene) => (await docker('ps', '-a', '--filter', `label=dev.backlot.directory=${scene.directory}`, '--format', '{{.Names}} {{.State}}')).split('\n').filter(Boolean).sort();

const SHOP = files(
  { api: server(8080, 9090), caller: `${caller}    depends_on: [api]\n` },
  'names: { suffixes: [east.shop.example], aliases: { api: [api-main] } }\nsets: { minimal: { services: all } }\n',
);

describe('swap', () => {
  test('a process on loopback has the place of a service under all its names, and --back gives it back at once', () =>
    withScene(SHOP, (scene) =>
      withProcess('process', '127.0.0.1', async (port) => {
        expect((await up(scene)).result.error).toBeUndefined();
        const { result, events } = await swap(scene, 'api', `localhost:${port}`, `9090=127.0.0.1:${port}`);
        expect(result).toMatchObject({ ok: true, value: { set: 'minimal', service: 'api', swappedTo: [`localhost:${port}`, `127.0.0.1:${port}`] } });
        for (const name of ['api', 'api.east.shop.example', 'api-main', 'api-main.east.shop.example', `${scene.name}-api-1`]) expect(await ask(scene, `http://${name}:8080`)).toBe('process');
        expect(await ask(scene, 'http://api:9090')).toBe('process');
        expect(events).toContainEqual(expect.objectContaining({ type: 'message', text: expect.stringContaining('backlot env minimal --format shell') }));
        const status = await scene.backlot.stack.status({ directory: scene.directory });
        expect(status.sets[0]?.state).toBe('up');
        expect(await statusOf(scene, 'api')).toMatchObject({ state: 'swapped', swappedTo: [`localhost:${port}`, `127.0.0.1:${port}`] });
        expect((await statusOf(scene, 'api'))?.why).toBeUndefined();
        const began = performance.now();
        expect((await back(scene, 'api')).result).toMatchObject({ ok: true, value: { swappedTo: [] } });
        expect(performance.now() - began).toBeLessThan(5000);
        expect(await ask(scene, 'http://api.east.shop.example:8080')).toBe('container 8080');
        expect(await containersOf(scene)).toEqual([`${scene.name}-api-1 running`, `${scene.name}-caller-1 running`]);
        expect(await statusOf(scene, 'api')).toMatchObject({ state: 'ready' });
      }),
    ));

  test('up keeps a swap, up of the very service ends it, and down undoes it', () =>
    withScene(SHOP, (scene) =>
      withProcess('process', '127.0.0.1', async (port) => {
        await up(scene);
        await swap(scene, 'api', `${port}`);
        expect((await up(scene)).result).toMatchObject({ ok: true, value: { changed: [], ready: expect.arrayContaining(['api', 'caller']) } });
        expect((await up(scene, { services: ['caller'] })).result).toMatchObject({ ok: true, value: { changed: [] } });
        expect(await ask(scene, 'http://api:8080')).toBe('process');
        expect((await up(scene, { services: ['api'] })).result).toMatchObject({ ok: true, value: { changed: ['api'] } });
        expect(await ask(scene, 'http://api:8080')).toBe('container 8080');
        await swap(scene, 'api', `${port}`);
        expect((await down(scene)).result.ok).toBe(true);
        expect(await containersOf(scene)).toEqual([]);
        expect(await docker('network', 'ls', '-q', '--filter', `label=com.docker.compose.project=${scene.name}`)).toBe('');
      }),
    ));
});
