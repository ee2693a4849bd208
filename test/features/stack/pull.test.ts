import { afterAll, beforeAll, expect, test } from 'vitest';
import { startRegistry } from '../../adapters/registry/registry-scene.ts';
import { docker, withScene } from '../../support/backlot.ts';

let registry: { readonly id: string; readonly address: string };

beforeAll(async () => {
  registry = await startRegistry();
});
afterAll(() => docker('rm', '-fv', registry.id));

test('an image that the engine lacks is pulled with its bytes told, and the service comes up', async () => {
  const image = `${registry.address}/team/pulled:1`;
  await buildAndPush(image);
  try {
    await withScene({ 'compose.yaml': `name: NAME\nservices: { web: { image: "${image}", command: [sleep, infinity], stop_grace_period: 0s } }\n` }, async ({ backlot, directory, run }) => {
      const { events, result } = await run(backlot.stack.up({ directory }));
      expect(result).toMatchObject({ ok: true, value: { ready: ['web'] } });
      const pulling = events.flatMap((event) => (event.type === 'service' && event.state === 'pulling' ? [event.progress] : [])).filter((progress) => progress !== undefined);
      expect(pulling.length).toBeGreaterThan(1);
      expect(pulling.every(({ unit, done, total = done }) => unit === 'bytes' && done <= total)).toBe(true);
      expect(pulling.at(-1)?.done).toBeGreaterThan(1_000_000);
    });
  } finally {
    await docker('rmi', '-f', image);
  }
});

test('B22: an image that the registry does not have is named with what to do, and nothing is made', async () => {
  const image = `${registry.address}/team/nonesuch:1`;
  await withScene({ 'compose.yaml': `name: NAME\nservices: { web: { image: "${image}" } }\n` }, async ({ backlot, directory, name, run }) => {
    const { result } = await run(backlot.stack.up({ directory }));
    expect(result.error).toMatchObject({ code: 'image-missing', message: expect.stringContaining(image) as string, fix: expect.any(String) as string });
    expect(await docker('ps', '-aq', '--filter', `label=com.docker.compose.project=${name}`)).toBe('');
  });
});

/** An image with a layer of its own that the engine no longer has once it is pushed. */
async function buildAndPush(image: string): Promise<void> {
  const id = await docker('run', '-d', '--label', 'dev.backlot.test=1', 'debian:bookworm-slim', 'dd', 'if=/dev/urandom', 'of=/ballast', 'bs=1M', 'count=24');
  try {
    await docker('wait', id);
    await docker('commit', id, image);
    await docker('push', image);
  } finally {
    await docker('rm', '-fv', id);
    await docker('rmi', '-f', image);
  }
}
