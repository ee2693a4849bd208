import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { ServiceStatus } from '#contract/stack.ts';
import { docker, eventually, withScene, type Scene } from '../../support/backlot.ts';
import { freePort } from '../../support/free-port.ts';

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

const containersOf = async (scene: Scene) => (await docker('ps', '-a', '--filter', `label=dev.backlot.directory=${scene.directory}`, '--format', '{{.Names}} {{.State}}')).split('\n').filter((line) => line !== '' && !/-backlot-(names|watch)-1 /.test(line)).sort();

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
        expect((await up(scene)).result.error).toBeUndefined();
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

  test('its published host port leads to the process too, but never to one that listens on that very port', async () => {
    const port = await freePort();
    const published = server(8080).replace('    expose', `    ports: ["127.0.0.1:${port}:8080"]\n    expose`);
    await withScene(files({ api: published, caller }), async (scene) => {
      expect((await up(scene)).result.error).toBeUndefined();
      const here = () => fetch(`http://127.0.0.1:${port}`).then((response) => response.text());
      expect(await here()).toBe('container 8080');
      await withProcess('elsewhere', '127.0.0.1', async (other) => {
        await swap(scene, 'api', `localhost:${other}`);
        expect(await here()).toBe('elsewhere');
        expect(await ask(scene, 'http://api:8080')).toBe('elsewhere');
      });
      expect((await swap(scene, 'api', `localhost:${port}`)).result.ok).toBe(true);
      await withProcess(
        'very port',
        '127.0.0.1',
        async () => {
          expect(await here()).toBe('very port');
          expect(await ask(scene, 'http://api:8080')).toBe('very port');
          const { variables } = await scene.backlot.stack.env({ directory: scene.directory });
          expect(variables).toContainEqual({ name: 'API_PORT', value: String(port), service: 'api' });
          expect((await back(scene, 'api')).result.error).toMatchObject({ code: 'port-taken', message: expect.stringContaining(`process ${process.pid}`) });
          expect(await ask(scene, 'http://api:8080')).toBe('very port');
        },
        port,
      );
      expect((await back(scene, 'api')).result.error).toBeUndefined();
      expect(await here()).toBe('container 8080');
    });
  });

  test('a process that is not there, comes later, and listens on ::1 alone is found; that it is not there is no failure', () =>
    withScene(SHOP, async (scene) => {
      expect((await up(scene)).result.error).toBeUndefined();
      const port = await freePort();
      const { result, events } = await swap(scene, 'api', `localhost:${port}`);
      expect(result.ok).toBe(true);
      expect(events).toContainEqual(expect.objectContaining({ level: 'warning', text: expect.stringContaining(`localhost:${port} does not answer`) }));
      expect(events).toContainEqual(expect.objectContaining({ level: 'warning', text: expect.stringContaining('Port 9090 of api leads nowhere') }));
      expect(await statusOf(scene, 'api')).toMatchObject({ state: 'swapped', why: `localhost:${port} does not answer` });
      const whys: (string | undefined)[] = [];
      const scope = new AbortController();
      const watching = (async () => {
        for await (const { sets } of scene.backlot.stack.watch({ directory: scene.directory }, scope.signal)) whys.push(sets[0]?.services.find(({ name }) => name === 'api')?.why);
      })();
      await eventually(async () => expect(whys).toEqual([`localhost:${port} does not answer`]));
      await withProcess('six', '::1', () => eventually(async () => expect(whys.at(-1)).toBeUndefined()).then(async () => expect(await ask(scene, 'http://api:8080')).toBe('six')), port);
      await withProcess('four', '127.0.0.1', async () => expect(await ask(scene, 'http://api:8080')).toBe('four'), port);
      await eventually(async () => expect(whys.at(-1)).toBe(`localhost:${port} does not answer`));
      scope.abort();
      await watching.catch(() => {});
    }));

  test('two services at once, and one again and again', () =>
    withScene(files({ api: server(8080), web: server(80), caller }, 'sets: { minimal: { services: all, addresses: own } }\n'), (scene) =>
      withProcess('one', '127.0.0.1', (one) =>
        withProcess('two', '127.0.0.1', async (two) => {
          expect((await up(scene)).result.error).toBeUndefined();
          const runs = await Promise.all([swap(scene, 'api', `localhost:${one}`), swap(scene, 'web', `localhost:${two}`)]);
          expect(runs.map(({ result }) => result.error)).toEqual([undefined, undefined]);
          expect([await ask(scene, 'http://api:8080'), await ask(scene, 'http://web')]).toEqual(['one', 'two']);
          await swap(scene, 'api', `localhost:${two}`);
          expect(await ask(scene, 'http://api:8080')).toBe('two');
          const { connections } = await scene.backlot.stack.env({ directory: scene.directory });
          const host = connections?.find(({ service }) => service === 'api')?.host ?? '';
          expect(await fetch(host.startsWith('http') ? host : `http://${host}`).then((response) => response.text())).toBe('two');
          await Promise.all([back(scene, 'api'), back(scene, 'web')]);
          expect([await ask(scene, 'http://api:8080'), await ask(scene, 'http://web')]).toEqual(['container 8080', 'container 80']);
        }),
      ),
    ));

  test('a forwarder whose program ends comes again by itself, and one that was removed or stopped is put right by up', () =>
    withScene(SHOP, (scene) =>
      withProcess('process', '127.0.0.1', async (port) => {
        expect((await up(scene)).result.error).toBeUndefined();
        await swap(scene, 'api', `${port}`);
        await docker('exec', `${scene.name}-api-1-swap-machine`, 'bash', '-c', 'kill $(pidof socat | tr " " "\\n" | tail -1)');
        await docker('exec', `${scene.name}-api-1-swap`, 'bash', '-c', 'kill $(pidof socat | tr " " "\\n" | tail -1)');
        await eventually(async () => expect(await ask(scene, 'http://api:8080')).toBe('process'));
        await docker('stop', '-t', '1', `${scene.name}-api-1-swap`);
        expect(await statusOf(scene, 'api')).toMatchObject({ state: 'stopped', swappedTo: [`localhost:${port}`] });
        await docker('start', `${scene.name}-api-1`);
        expect((await up(scene)).result).toMatchObject({ ok: true, value: { changed: ['api'] } });
        expect(await ask(scene, 'http://api:8080')).toBe('process');
        expect(await docker('inspect', '-f', '{{.State.Status}}', `${scene.name}-api-1`)).toBe('exited');
        await docker('rm', '-fv', `${scene.name}-api-1`);
        expect((await back(scene, 'api')).result.error).toBeUndefined();
        expect(await ask(scene, 'http://api:8080')).toBe('container 8080');
        await swap(scene, 'api', `${port}`);
        await docker('rm', '-fv', `${scene.name}-api-1-swap`);
        expect((await up(scene)).result).toMatchObject({ ok: true, value: { changed: ['api'] } });
        expect(await ask(scene, 'http://api:8080')).toBe('container 8080');
        expect(await containersOf(scene)).toEqual([`${scene.name}-api-1 running`, `${scene.name}-caller-1 running`]);
      }),
    ));

  test('restart and exec of a swapped service say what is so, and down takes away what docker compose down left', () =>
    withScene(SHOP, (scene) =>
      withProcess('process', '127.0.0.1', async (port) => {
        expect((await up(scene)).result.error).toBeUndefined();
        await swap(scene, 'api', `${port}`);
        const { directory } = scene;
        const restarted = await scene.run(scene.backlot.stack.restart({ directory, services: ['api'] }));
        expect(restarted.result.error).toMatchObject({ code: 'not-running', message: expect.stringContaining(`api is swapped: the process at localhost:${port}`), fix: expect.stringContaining('backlot swap api --back --set minimal') });
        await expect(scene.backlot.stack.execCommand({ directory, service: 'api', terminal: false, input: false })).rejects.toMatchObject({ code: 'not-running' });
        const whole = await scene.run(scene.backlot.stack.restart({ directory }));
        expect(whole.result).toMatchObject({ ok: true, value: { changed: ['caller'] } });
        expect(await ask(scene, 'http://api:8080')).toBe('process');
        await docker('compose', '-p', scene.name, 'down', '-t', '0');
        expect((await down(scene)).result.error).toBeUndefined();
        expect(await containersOf(scene)).toEqual([]);
      }),
    ));

  test.each([
    ['--to without a place', 'api', [], 'usage', /not said where/],
    ['text that is no place', 'api', ['localhost:http'], 'input-invalid', /"localhost:http"/],
    ['a URL', 'api', ['http://localhost:8080'], 'input-invalid', /is not a place/],
    ['a port past the last', 'api', ['localhost:70000'], 'input-invalid', /70000/],
    ['a port that it does not have', 'api', ['5672=localhost:5673'], 'input-invalid', /no port 5672/],
    ['more places than ports', 'api', ['1,2,3'], 'input-invalid', /2 ports, 8080, 9090/],
    ['one port to two places', 'api', ['8080=1', '8080=2'], 'input-invalid', /two places/],
    ['itself', 'api', ['API:8080'], 'input-invalid', /itself/],
    ['production', 'api', ['db.east.shop.example:80'], 'input-invalid', /production/],
    ['a service that is not in the set', 'apo', ['8080'], 'service-unknown', /"apo"/],
    ['one of several containers', 'many', ['8080'], 'input-invalid', /2 containers/],
    ['a one-shot', 'migrate', ['8080'], 'input-invalid', /runs once/],
    ['another’s network', 'guest', ['8080'], 'input-invalid', /no network of its own/],
    ['what has a guest', 'hostess', ['8080'], 'input-invalid', /guest has its network/],
    ['what is not up', 'api', ['8080'], 'not-running', /no container/],
  ])('refuses %s', (_title, ...[service, to, code, message]) =>
    withScene(
      files(
        {
          api: server(8080, 9090),
          many: server(80),
          migrate: caller,
          hostess: server(80),
          guest: `${caller}    network_mode: "service:hostess"\n`,
          after: `${caller}    depends_on: { migrate: { condition: service_completed_successfully } }\n`,
        },
        'names: { suffixes: [east.shop.example] }\nsets: { minimal: { services: all, replicas: { many: 2 } } }\n',
      ),
      async (scene) => {
        const { result } = await swap(scene, service, ...to);
        expect(result.error).toMatchObject({ code, message: expect.stringMatching(message), fix: expect.any(String) });
      },
    ));

  test('where the process takes the port of the service meanwhile, or the forwarder cannot be made, the service has its place again', () =>
    withScene(SHOP, async (scene) => {
      expect((await up(scene)).result.error).toBeUndefined();
      // A container that has the forwarder's name already.
      await docker('create', '--name', `${scene.name}-api-1-swap`, '--label', `com.docker.compose.project=${scene.name}-full`, 'node:20-slim');
      const { result } = await swap(scene, 'api', '8080');
      expect(result.error).toMatchObject({ code: 'engine-failed' });
      expect(await ask(scene, 'http://api:8080')).toBe('container 8080');
      expect(await containersOf(scene)).toEqual([`${scene.name}-api-1 running`, `${scene.name}-caller-1 running`]);
    }));
});
