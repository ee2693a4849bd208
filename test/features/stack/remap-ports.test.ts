import { createServer, type Server } from 'node:net';
import { describe, expect, test } from 'vitest';
import { docker, withScene, type Scene } from '../../support/backlot.ts';

const up = (scene: Scene, remap = false) => scene.run(scene.backlot.stack.up({ directory: scene.directory, remap }));
const down = (scene: Scene) => scene.run(scene.backlot.stack.down({ directory: scene.directory }));
const hostPort = async (scene: Scene, service: string) => (await scene.backlot.stack.status({ directory: scene.directory })).sets[0]?.services.find(({ name }) => name === service)?.ports.find(({ host }) => host !== undefined)?.host;
const compose = (port: number) => ({ 'compose.yaml': `name: NAME\nservices:\n  web:\n    image: redis:7\n    stop_grace_period: 0s\n    ports: ["${port}:6379"]\n` });

async function withHolder<Result>(body: (port: number) => Promise<Result>): Promise<Result> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await body((server.address() as { port: number }).port);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('up with remap', () => {
  test('B21: gives a service whose port is taken the nearest free one, and keeps it across downs until the file asks for another', async () => {
    const { first, given } = await withHolder((first) =>
      withScene(compose(first), async (scene) => {
        expect((await up(scene)).result.error).toMatchObject({ code: 'port-taken', fix: expect.stringContaining('--remap-ports') });
        const { result, events } = await up(scene, true);
        expect(result.error).toBeUndefined();
        const given = await hostPort(scene, 'web');
        expect(given).toBeGreaterThan(first);
        expect(events).toContainEqual(expect.objectContaining({ type: 'message', text: expect.stringMatching(`^web: port 6379 is published at ${given} from now on, because .*process ${process.pid}.* has ${first}$`) }));
        expect((await scene.backlot.stack.env({ directory: scene.directory })).variables).toContainEqual({ name: 'WEB_PORT', value: String(given), service: 'web' });
        expect((await up(scene)).result).toMatchObject({ ok: true, value: { changed: [] } });
        await down(scene);
        expect((await scene.backlot.stack.plan({ directory: scene.directory })).ports).toMatchObject([{ service: 'web', container: 6379, host: given }]);
        expect((await up(scene)).result.error).toBeUndefined();
        expect(await hostPort(scene, 'web')).toBe(given);
        const other = await withHolder((port) => Promise.resolve(port));
        await scene.write(compose(other));
        expect((await up(scene)).result.error).toBeUndefined();
        expect(await hostPort(scene, 'web')).toBe(other);
        return { first, given };
      }),
    );
    expect(given).not.toBe(first);
  });

  test('makes a stopped container anew whose port was taken meanwhile', async () => {
    const port = await withHolder((free) => Promise.resolve(free));
    await withScene(compose(port), async (scene) => {
      expect((await up(scene)).result.error).toBeUndefined();
      await docker('stop', '-t', '0', `${scene.name}-web-1`);
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      try {
        expect((await up(scene)).result.error).toMatchObject({ code: 'port-taken' });
        const { result } = await up(scene, true);
        expect(result).toMatchObject({ ok: true, value: { changed: ['web'] } });
        expect(await hostPort(scene, 'web')).toBe(port + 1);
        expect((await up(scene)).result).toMatchObject({ ok: true, value: { changed: [] } });
      } finally {
        server.close();
      }
    });
  });
});
