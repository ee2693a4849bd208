import { expect, test } from 'vitest';
import type { OperationEvent } from '#contract/operations.ts';
import { addressesOf, countAttention, countStates, matches, needsAttention, rowsOf, statesInWords } from '../../../src-renderer/features/services/rows.ts';
import { NO_PROGRESS, withEvent } from '../../../src-renderer/state/operations.ts';
import { projectOf, service, status } from './project.ts';

const { project, set } = projectOf([service('db', [], { component: 'payments' }), service('api', ['db'])], { standIns: { db: ['pg-2'] } });

test('members come in the set’s order, then what runs without being a member any more', () => {
  const rows = rowsOf(project, set, { name: 'minimal', state: 'up', services: [status('old', 'ready'), status('api', 'ready')] }, undefined);
  expect(rows.map(({ name, state }) => [name, state])).toEqual([['db', 'absent'], ['api', 'ready'], ['old', 'ready']]);
  expect(rows[0]?.neededBy).toEqual(['api']);
  expect(rows[0]?.component).toBe('payments');
});

test('stand-ins and swaps are as the engine says; before anything runs, as the set says', () => {
  expect(rowsOf(project, set, undefined, undefined)[0]?.standsFor).toEqual(['pg-2']);
  const [db] = rowsOf(project, set, { name: 'minimal', state: 'up', services: [status('db', 'swapped', { swappedTo: ['localhost:5432'], standsFor: ['pg-3'] })] }, undefined);
  expect([db?.standsFor, db?.swappedTo]).toEqual([['pg-3'], ['localhost:5432']]);
});

test('what an operation tells now counts more than the last status, until it has ended', () => {
  const event: OperationEvent = { type: 'service', time: '2026-01-01T00:00:00Z', sequence: 1, service: 'db', state: 'pulling', phase: 'postgres:15' };
  const [db] = rowsOf(project, set, undefined, withEvent(NO_PROGRESS, event));
  expect([db?.state, db?.doing?.phase, db?.since]).toEqual(['pulling', 'postgres:15', Date.parse('2026-01-01T00:00:00Z')]);
});

test('a service that was not started because another failed says so, and so does what needs it; one that is yet to start says so', () => {
  const { project: chain, set: all } = projectOf([service('db'), service('api', ['db']), service('web', ['api']), service('cache'), service('queue', ['cache'])]);
  const rows = rowsOf(chain, all, { name: 'minimal', state: 'failed', services: [status('db', 'failed'), ...['api', 'web', 'cache', 'queue'].map((name) => status(name, 'created', { why: 'was created and not started yet' }))] }, undefined);
  expect(rows.map(({ why }) => why)).toEqual([undefined, 'not started, because db failed', 'not started, because api was not', 'was created and not started yet', 'was created and not started yet']);
});

test('addresses are where a program of this machine connects; without published ports, where a container does', () => {
  const port = { container: 80, protocol: 'tcp' } as const;
  expect(addressesOf({ ports: [{ ...port, host: 8080, address: '0.0.0.0' }, { ...port, host: 8080, address: '::' }], status: undefined })).toEqual(['127.0.0.1:8080']);
  expect(addressesOf({ ports: [{ ...port, host: 8080, address: '::1' }], status: undefined })).toEqual(['[::1]:8080']);
  expect(addressesOf({ ports: [port], status: status('web', 'ready', { addresses: { container: '10.1.0.2' } }) })).toEqual(['10.1.0.2:80']);
  expect(addressesOf({ ports: [port], status: undefined })).toEqual([]);
});

test('rows are found by what they show, and counted with the most pressing state first', () => {
  const rows = rowsOf(project, set, { name: 'minimal', state: 'partial', services: [status('db', 'ready'), status('api', 'failed')] }, undefined);
  expect(rows.map((row) => matches(row, 'PAYM'))).toEqual([true, false]);
  expect(rows.filter(needsAttention).map(({ name }) => name)).toEqual(['api']);
  expect(countStates(rows).map(({ state }) => state)).toEqual(['failed', 'ready']);
});

test('a service with several containers shows the one that a person should look at first, and all of their addresses', () => {
  const replicas = (['ready', 'failed', 'ready'] as const).map((state, index) => status('db', state, { container: `shop-db-${index + 1}`, addresses: { container: `10.1.0.${index + 2}` }, ...(state === 'failed' && { why: 'exited with 1' }) }));
  const [row] = rowsOf(project, set, { name: 'minimal', state: 'failed', services: replicas }, undefined);
  expect(row).toMatchObject({ name: 'db', state: 'failed', why: 'shop-db-2: exited with 1' });
  expect(row?.replicas).toHaveLength(3);
  expect(countAttention([...replicas, ...replicas, status('cache', 'restarting'), status('api', 'unhealthy'), status('seed', 'done')])).toBe(3);
  expect(statesInWords(row?.replicas ?? [])).toBe('1 failed, 2 ready');
  expect(row && addressesOf(row)).toEqual(['10.1.0.2', '10.1.0.3', '10.1.0.4']);
});
