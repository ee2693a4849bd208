import { expect, test } from 'vitest';
import { stopByOrder } from '#features/stack/stop-order.ts';

const DEPENDENCIES: Readonly<Record<string, readonly string[]>> = { web: ['db'], worker: ['db', 'queue'], db: [], queue: [] };

/** Stops that end when they are told to. */
function scene() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const stopped = stopByOrder(['db', 'queue', 'web', 'worker'], (service) => DEPENDENCIES[service] ?? [], (service) => {
    begun.push(service);
    return new Promise<void>((resolve) => ends.set(service, resolve));
  });
  const end = async (service: string) => {
    ends.get(service)?.();
    await stopped.get(service);
    await new Promise(setImmediate);
  };
  return { begun, end };
}

test('what does not depend on each other stops at the same time, and each after all that depends on it', async () => {
  const { begun, end } = scene();
  await new Promise(setImmediate);
  expect(begun).toEqual(['web', 'worker']);
  await end('worker');
  expect(begun).toEqual(['web', 'worker', 'queue']);
  await end('web');
  expect(begun).toEqual(['web', 'worker', 'queue', 'db']);
});

test('a stop that fails fails what waits for it', async () => {
  const stopped = stopByOrder(['db', 'web'], (service) => DEPENDENCIES[service] ?? [], () => Promise.reject(new Error('no')));
  await expect(Promise.all(stopped.values())).rejects.toThrow('no');
});
