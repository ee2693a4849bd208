import { expect, test } from 'vitest';
import { judgeStack, type SwarmService, type SwarmTask } from '#adapters/deploy/swarm-state.ts';

const NEW = 'shop@sha256:2';
const service: SwarmService = { id: 's', name: 'shop_app', image: NEW, template: 'two', replicas: 2, update: { state: 'completed', began: '2', message: '' } };
const before = { services: [{ ...service, image: 'shop@sha256:1', template: 'one', update: { state: 'completed', began: '1', message: '' } }], tasks: new Set<string>() };
const task = (slot: number, image: string, more: Partial<SwarmTask> = {}): SwarmTask => ({ id: `${slot} ${image}`, name: `shop_app.${slot}`, image, wanted: 'Running', state: 'Running', error: '', ...more });
const isDone = (tasks: readonly SwarmTask[], more: Partial<SwarmService> = {}) => judgeStack({ services: [{ ...service, ...more }], tasks, isSettled: true }, before, NEW).isDone;

test('a roll is done when all that Swarm wants to run is the new image, and runs', () => {
  const both = [task(1, NEW), task(2, NEW)];
  expect(isDone(both)).toBe(true);
  expect(isDone([...both, task(1, 'shop@sha256:1', { wanted: 'Shutdown', state: 'Shutdown' })])).toBe(true);
  expect(isDone(both, { update: { state: 'updating', began: '2', message: '' } })).toBe(false);
  expect(isDone([task(1, NEW)])).toBe(false);
  expect(isDone([task(1, NEW), task(2, NEW, { state: 'Starting' })])).toBe(false);
  // Paused in the middle, Swarm keeps on trying what it has not taken away.
  for (const state of ['Running', 'Starting', 'Ready']) expect(isDone([...both, task(2, 'shop@sha256:1', { state })]), state).toBe(false);
});

test('a service whose update Swarm took back by itself has failed, whatever the others came to', () => {
  const [first] = before.services;
  const worker = { ...service, id: 'w', name: 'shop_worker', image: 'shop@sha256:1', update: { state: 'rollback_completed', began: '2', message: 'rollback completed' } };
  const formerly = { ...before, services: [...before.services, { ...worker, update: first?.update ?? worker.update }] };
  const judged = (services: readonly SwarmService[], ...more: readonly SwarmTask[]) => judgeStack({ services, tasks: [task(1, NEW), task(2, NEW), ...more], isSettled: true }, formerly, NEW);
  expect(judged([service, worker])).toMatchObject({ failed: 'rollback completed', isDone: false });
  expect(judged([service, worker], task(1, NEW, { id: 'ended', name: 'shop_worker.1', state: 'Failed', error: 'non-zero exit (3)' })).failed).toBe('shop_worker.1: non-zero exit (3)');
  // It was taken back by an earlier roll, and is none of this one's business.
  expect(judged([service, { ...worker, update: first?.update ?? worker.update }])).toMatchObject({ isDone: true });
});

test('two replicas in one place are too many', () => {
  const both = [task(1, NEW), task(2, NEW)];
  const hasSurplus = (tasks: readonly SwarmTask[]) => judgeStack({ services: [service], tasks, isSettled: true }, before, NEW).hasSurplus;
  expect([hasSurplus(both), hasSurplus([...both, { ...task(2, NEW), id: 'twice' }])]).toEqual([false, true]);
});

test('where each node has a replica, one has to run at least', () => {
  const { replicas: _, ...onEachNode } = service;
  const isThere = (tasks: readonly SwarmTask[]) => judgeStack({ services: [onEachNode], tasks, isSettled: true }, before, NEW).isDone;
  expect([isThere([]), isThere([task(1, NEW)])]).toEqual([false, true]);
});
