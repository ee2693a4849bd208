import { expect, test } from 'vitest';
import { describeStatus } from '#features/stack/status.ts';
import { LABELS, type ContainerDetails } from '#ports/container-engine.ts';
import type { EnvironmentRecord } from '#ports/state-store.ts';

const outline = { name: 'shop', directory: '/shop', sets: ['minimal', 'full'], defaultSet: 'minimal' };

const container = (service: string, changes: Partial<ContainerDetails> = {}): ContainerDetails => ({
  id: `id-${service}`,
  name: `shop-${service}-1`,
  image: service,
  imageId: 'sha256:1',
  state: 'running',
  health: 'none',
  status: 'Up',
  labels: { [LABELS.service]: service, [LABELS.set]: 'minimal' },
  ports: [],
  networks: [],
  startedAt: 'then',
  finishedAt: '',
  exitCode: 0,
  outOfMemory: false,
  error: '',
  restarts: 0,
  pid: 1,
  tty: false,
  environment: [],
  healthcheck: [],
  restartPolicy: 'no',
  healthLog: [],
  ...changes,
});

const record = (ready: EnvironmentRecord['ready'] = {}, services = ['db']): EnvironmentRecord => ({
  project: 'shop',
  directory: '/shop',
  set: 'minimal',
  composeProject: 'shop',
  services: Object.fromEntries(services.map((name) => [name, '{}'])),
  ports: {},
  ready,
});

function stateOf(changes: Partial<ContainerDetails>, ready: EnvironmentRecord['ready'] = {}): string {
  const [set] = describeStatus(outline, [container('db', changes)], [record(ready)]).sets;
  return `${set?.state}: ${set?.services[0]?.state}${set?.services[0]?.why ? ` (${set.services[0].why})` : ''}`;
}

test('a set without containers is down, and every declared set is shown', () => {
  expect(describeStatus(outline, [], []).sets).toEqual([
    { name: 'minimal', state: 'down', services: [] },
    { name: 'full', state: 'down', services: [] },
  ]);
});

test('a service that was seen ready is ready before the engine’s own health check comes round', () => {
  expect(stateOf({ health: 'starting' })).toBe('starting: starting (its health check has not run yet)');
  expect(stateOf({ health: 'starting' }, { 'id-db@then': 'ready' })).toBe('up: ready');
  expect(stateOf({ health: 'starting' }, { 'id-db@another start': 'ready' })).toMatch('starting');
});

test('an unhealthy service says what its check said last', () => {
  expect(stateOf({ health: 'unhealthy', healthLog: [{ end: '', exitCode: 1, output: 'no route\n' }] })).toBe('failed: unhealthy (health check: exit 1: no route)');
});

test('what was seen ready after the engine’s latest probe is ready, until that probes again', () => {
  const failedAt = (end: string) => ({ health: 'unhealthy' as const, healthLog: [{ end, exitCode: 1, output: 'no route' }] });
  const known: EnvironmentRecord = { ...record({ 'id-db@then': 'ready' }), probed: { 'id-db@then': 'noon' } };
  const stateAt = (changes: Partial<ContainerDetails>) => describeStatus(outline, [container('db', changes)], [known]).sets[0]?.state;
  expect([stateAt(failedAt('noon')), stateAt(failedAt('half past')), stateAt({ ...failedAt('noon'), startedAt: 'later' })]).toEqual(['up', 'failed', 'failed']);
});

test('F23: out of memory is told from a kill, and a stop from a crash', () => {
  expect(stateOf({ state: 'exited', exitCode: 137, outOfMemory: true })).toMatch('failed (out of memory');
  expect(stateOf({ state: 'exited', exitCode: 143 })).toMatch(/^down: stopped/);
  expect(stateOf({ state: 'exited', exitCode: 3 })).toBe('failed: failed (exited with 3)');
});

test('a one-shot that ended well is done; a server that ended with 0 has stopped', () => {
  expect(stateOf({ state: 'exited' }, { 'id-db@then': 'done' })).toBe('up: done');
  expect(stateOf({ state: 'exited' }, { 'id-db@then': 'ready' })).toBe('down: stopped (exited with 0)');
});

test('a one-shot that outlived the moment after which it counted as ready is done when it ends well; what its policy keeps running was stopped', () => {
  const seen = { 'id-db@then': 'settled' } as const;
  expect(stateOf({}, seen)).toBe('up: ready');
  expect(stateOf({ health: 'starting' }, seen)).toBe('up: ready');
  expect(stateOf({ state: 'exited' }, seen)).toBe('up: done');
  expect(stateOf({ state: 'exited', restartPolicy: 'on-failure' }, seen)).toBe('up: done');
  expect(stateOf({ state: 'exited', restartPolicy: 'unless-stopped' }, seen)).toBe('down: stopped (exited with 0)');
  expect(stateOf({ state: 'exited', exitCode: 143 }, seen)).toMatch(/^down: stopped/);
});

test('F26: a container that was removed from outside is shown as absent', () => {
  const [set] = describeStatus(outline, [container('db')], [record({}, ['db', 'cache'])]).sets;
  expect(set).toMatchObject({ state: 'partial', services: [{ name: 'db' }, { name: 'cache', state: 'absent', why: 'its container was removed' }] });
});

test('a service whose place a process has is swapped, at the forwarder’s address, and a set of such is up', () => {
  const swap = (role: string, changes: Partial<ContainerDetails> = {}) =>
    container('db', {
      id: role,
      labels: { [LABELS.service]: 'db', [LABELS.set]: 'minimal', [LABELS.role]: role, [LABELS.swap]: '5432=localhost:15432,80=pc-7.lan:80' },
      networks: [{ name: 'shop_default', address: '10.0.0.9' }],
      ports: [{ container: 80, host: 8080, address: '127.0.0.1', protocol: 'tcp' }],
      ...changes,
    });
  const [whole] = describeStatus(outline, [container('db', { state: 'exited', exitCode: 137 }), swap('swap'), swap('swap-machine')], [record()]).sets;
  expect(whole).toMatchObject({ state: 'up', services: [{ name: 'db', state: 'swapped', containerId: 'id-db', swappedTo: ['localhost:15432', 'pc-7.lan:80'], addresses: { container: '10.0.0.9', host: '127.0.0.1:15432' } }] });
  expect(whole?.services[0]).not.toHaveProperty('exitCode');
  expect(whole?.services[0]?.ports.map(({ container: port, host }) => `${host}->${port}`)).toEqual(['15432->5432', '8080->80']);
  const [broken] = describeStatus(outline, [container('db', { state: 'exited' }), swap('swap', { state: 'exited' })], [record()]).sets;
  expect(broken?.services[0]).toMatchObject({ state: 'stopped', why: expect.stringContaining('localhost:15432') });
});

test('a service that answers to the names of others says whose', () => {
  const [set] = describeStatus(outline, [container('db')], [{ ...record(), standIns: { db: ['db-2', 'db-3'] } }]).sets;
  expect(set?.services[0]?.standsFor).toEqual(['db-2', 'db-3']);
});

test('a service of no replicas has no container that could be missing', () => {
  const known = record({ 'id-db@then': 'ready' }, ['db', 'indexer', 'worker']);
  const services = { ...known.services, indexer: '{"deploy":{"replicas":0}}', worker: '{"scale":0}' };
  const [set] = describeStatus(outline, [container('db')], [{ ...known, services }]).sets;
  expect([set?.state, set?.services.map(({ name }) => name)]).toEqual(['up', ['db']]);
});
