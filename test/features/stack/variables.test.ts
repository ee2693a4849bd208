import { expect, test } from 'vitest';
import type { ServiceStatus } from '#contract/stack.ts';
import { environmentOf } from '#features/stack/environment.ts';
import { connectionVariables } from '#features/stack/variables.ts';
import { projectOf } from './project-fixture.ts';

const environment = environmentOf(
  projectOf({
    db: { kind: 'postgres', environment: { POSTGRES_USER: 'shop', POSTGRES_PASSWORD: 'p@ss/w', POSTGRES_DB: 'shop' } },
    broker: { kind: 'rabbitmq', ports: [{ target: 15_672, published: '15672' }, { target: 5672 }] },
    migrate: { kind: 'other' },
  }),
  undefined,
);
const status = (name: string, more: Partial<ServiceStatus>): ServiceStatus => ({ name, state: 'ready', image: '', names: [name], addresses: { container: '10.0.0.7' }, ports: [], restarts: 0, ...more });
const port = (container: number, host?: number, address = '127.0.0.1') => ({ container, protocol: 'tcp' as const, ...(host !== undefined && { host, address }) });
const services = [status('db', { ports: [port(5432, 15_432)] }), status('broker', { ports: [port(15_672, 15_672, '0.0.0.0'), port(5672)] }), status('migrate', { state: 'done', ports: [port(1)] })];

test('each port of what runs has a string for programs of the set and one for this machine, the main one first', () => {
  expect(connectionVariables(environment, services, true).connections).toEqual([
    { service: 'db', port: 5432, inside: 'postgres://shop:p%40ss%2Fw@db:5432/shop', host: 'postgres://shop:p%40ss%2Fw@127.0.0.1:15432/shop' },
    { service: 'broker', port: 5672, inside: 'amqp://guest:guest@broker:5672', host: 'amqp://guest:guest@10.0.0.7:5672' },
    { service: 'broker', port: 15_672, inside: 'broker:15672', host: '127.0.0.1:15672' },
  ]);
});

test('where containers are out of reach, only published ports are told of for this machine', () => {
  const { connections, variables } = connectionVariables(environment, services, false);
  expect(connections?.map(({ host }) => host)).toEqual(['postgres://shop:p%40ss%2Fw@127.0.0.1:15432/shop', undefined, '127.0.0.1:15672']);
  expect(variables).toContainEqual({ name: 'DB_PORT', value: '15432', service: 'db' });
});

test('a swapped service is reached where its process listens', () => {
  const swapped = status('db', { state: 'swapped', swappedTo: ['[::1]:5555'], ports: [port(5432, 5555, '::1')] });
  expect(connectionVariables(environment, [swapped], true).connections).toEqual([
    { service: 'db', port: 5432, inside: 'postgres://shop:p%40ss%2Fw@db:5432/shop', host: 'postgres://shop:p%40ss%2Fw@[::1]:5555/shop' },
  ]);
});

test('a server that its file gives another port than its kind has is reached there', () => {
  const moved = environmentOf(projectOf({ cache: { kind: 'redis', expose: ['7001'] } }), undefined);
  const { variables } = connectionVariables(moved, [status('cache', { ports: [port(6379), port(7001, 7001)] })], true);
  expect(variables).toContainEqual({ name: 'CACHE_URL', value: 'redis://127.0.0.1:7001', service: 'cache' });
});
