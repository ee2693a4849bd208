import { expect, test } from 'vitest';
import { environmentOf } from '#features/stack/environment.ts';
import { expectedOf } from '#features/stack/expect-memory.ts';
import { withScene } from '../../support/backlot.ts';
import { projectOf } from './project-fixture.ts';

const MB = 1_000_000;

function expected(service: Parameters<typeof projectOf>[0][string], seen: Readonly<Record<string, number>> = {}, replicas = 1): number {
  return expectedOf('db', environmentOf(projectOf({ db: service }, { replicas: { db: replicas } }), undefined), seen) / MB;
}

test('a service is expected to take what its kind usually does, for each of its containers', () => {
  expect([expected({ kind: 'postgres' }), expected({ kind: 'kafka' }), expected({ kind: 'other' }), expected({ kind: 'redis' }, {}, 3)]).toEqual([60, 1200, 120, 36]);
});

test('what it was seen to take comes before what its file reserves, and nothing goes over its limit', () => {
  const reserving = { kind: 'mysql', deploy: { resources: { reservations: { memory: String(250 * MB) } } } as object } as const;
  expect([expected(reserving), expected(reserving, { db: 90 * MB })]).toEqual([250, 90]);
  expect(expected({ kind: 'mysql', mem_limit: String(100 * MB) })).toBe(100);
  expect(expected({ kind: 'mysql', deploy: { resources: { limits: { memory: String(80 * MB) } } } as object }, { db: 300 * MB })).toBe(80);
});

test('up warns where the engine has less than the set is expected to take, and remembers what it took', () =>
  withScene({ 'compose.yaml': 'name: NAME\nservices:\n  cache: { image: redis:7, stop_grace_period: 0s, mem_reservation: 4000g }\n' }, async (scene) => {
    const { directory } = scene;
    const before = await scene.backlot.stack.plan({ directory });
    expect(before.memory?.expected).toBe(4000 * 1024 ** 3);
    expect(before.memory?.available).toBeGreaterThan(100 * MB);
    expect(before.warnings.join()).toMatch(/minimal is expected to take 4\.3 TB of memory, and the engine has/);
    const { result, events } = await scene.run(scene.backlot.stack.up({ directory }));
    expect(result.error).toBeUndefined();
    expect(events).toContainEqual(expect.objectContaining({ level: 'warning', text: expect.stringContaining('is expected to take') }));
    await scene.run(scene.backlot.stack.down({ directory }));
    const after = await scene.backlot.stack.plan({ directory });
    expect(after.memory?.expected).toBeGreaterThan(MB);
    expect(after.memory?.expected).toBeLessThan(100 * MB);
    expect(after.warnings.join()).not.toContain('of memory');
  }));
