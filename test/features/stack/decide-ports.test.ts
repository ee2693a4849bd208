import { expect, test } from 'vitest';
import { decidePorts } from '#features/stack/decide-ports.ts';
import { environmentOf } from '#features/stack/environment.ts';
import type { ProjectSet } from '#features/project/project.ts';
import { projectOf } from './project-fixture.ts';

const free = { kept: {}, exposed: {}, holderOf: () => undefined };

function portsOf(services: Parameters<typeof projectOf>[0], known: Partial<Parameters<typeof decidePorts>[1]> = {}, set: Partial<ProjectSet> = {}) {
  const { ports, warnings } = decidePorts(environmentOf(projectOf(services, set), undefined), { ...free, ...known });
  return { ports: ports.map(({ service, address, host, range, container }) => `${service} ${address}:${host ?? range}->${container}`), warnings };
}

test('a declared port keeps its number and moves to loopback', () => {
  expect(portsOf({ web: { ports: [{ target: 80, published: '8080' }] } }).ports).toEqual(['web 127.0.0.1:8080->80']);
});

test('an address that the file asks for is kept', () => {
  expect(portsOf({ web: { ports: [{ target: 80, published: '8080', host_ip: '127.0.0.5' }] } }).ports).toEqual(['web 127.0.0.5:8080->80']);
});

test('a server without ports gets its own port, as a developer’s tools expect it', () => {
  expect(portsOf({ db: { image: 'postgres:15', kind: 'postgres' } }).ports).toEqual(['db 127.0.0.1:5432->5432']);
});

test('the ports that an image exposes are published where nothing else is said', () => {
  expect(portsOf({ api: { image: 'api' } }, { exposed: { api: ['3000/tcp', '5000/udp'] } }).ports).toEqual(['api 127.0.0.1:3000->3000']);
});

test('what is built here is not published at the port of its name’s kind, where its image does not say it', () => {
  expect(portsOf({ nginx: { kind: 'nginx', build: { context: '.' } } }).ports).toEqual([]);
  expect(portsOf({ nginx: { kind: 'nginx', build: { context: '.' } } }, { exposed: { nginx: ['80/tcp'] } }).ports).toEqual(['nginx 127.0.0.1:80->80']);
});

test('of two services with the same own port one gets it, and the other is told of', () => {
  const { ports, warnings } = portsOf({ one: { kind: 'redis' }, two: { kind: 'redis' } });
  expect(ports).toEqual(['one 127.0.0.1:6379->6379']);
  expect(warnings).toEqual(['two: port 6379 is not published on this machine, because one has it; choose another with sets.minimal.ports.two.6379']);
});

test('an own port that another program holds is left to it', () => {
  expect(portsOf({ db: { kind: 'postgres' } }, { holderOf: (port) => (port === 5432 ? 'postgres (process 7)' : undefined) })).toMatchObject({ ports: [], warnings: [expect.stringContaining('postgres (process 7)')] });
});

test('the set chooses other host ports', () => {
  expect(portsOf({ db: { kind: 'postgres' } }, {}, { ports: { db: { 5432: 15432 } } }).ports).toEqual(['db 127.0.0.1:15432->5432']);
});

test('a set with own addresses publishes only what it asks for', () => {
  const services = { web: { ports: [{ target: 80, published: '8080' }] }, db: { kind: 'postgres' as const } };
  expect(portsOf(services, {}, { addresses: 'own' }).ports).toEqual([]);
  expect(portsOf(services, {}, { addresses: 'own', ports: { web: { 80: 9080 } } }).ports).toEqual(['web 127.0.0.1:9080->80']);
});

test('a range of host ports is left to the engine', () => {
  expect(portsOf({ web: { ports: [{ target: 80, published: '8000-8010' }] } }).ports).toEqual(['web 127.0.0.1:8000-8010->80']);
});
