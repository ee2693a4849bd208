import { expect, test } from 'vitest';
import { forwardersOf } from '#features/stack/swap-forwarders.ts';
import { parseTargets, readTarget, targetText } from '#features/stack/swap-targets.ts';
import { findSwaps, writeTargets } from '#features/stack/swaps.ts';
import type { ContainerDetails } from '#ports/container-engine.ts';

const service = { service: 'api', ports: [8080, 9090], names: ['api', 'api-main'], suffixes: ['shop.example'] };
const targets = (...texts: string[]) => parseTargets(texts, service).map((target) => `${target.container}=${targetText(target)}`);

test.each([
  [['8000'], ['8080=localhost:8000']],
  [['localhost:8000,127.0.0.1:9000'], ['8080=localhost:8000', '9090=127.0.0.1:9000']],
  [['9090=pc-7.lan:1', 'localhost:2'], ['9090=pc-7.lan:1', '8080=localhost:2']],
  [['[::1]:8000'], ['8080=[::1]:8000']],
  [['9090=8000'], ['9090=localhost:8000']],
  [[' localhost:8000 ', ''], ['8080=localhost:8000']],
])('reads %j', (texts, expected) => expect(targets(...texts)).toEqual(expected));

test.each([['localhost'], ['localhost:'], [':8080'], ['localhost:80a'], ['a b:80'], ['$(id):80'], ['"x":80'], ['-x:80'], ['x,UNIX:/var/run/docker.sock:80'], [`${'a'.repeat(300)}:80`], ['0'], ['localhost:0']])('refuses %j', (text) =>
  expect(() => targets(text)).toThrow(),
);

test('a service of which nobody knows a port takes those that are named', () => {
  const unknown = { ...service, ports: [] };
  expect(parseTargets(['7000=8000'], unknown)).toEqual([{ container: 7000, host: 'localhost', port: 8000 }]);
  expect(() => parseTargets(['8000'], unknown)).toThrow(/Nobody says which ports/);
});

const place: ContainerDetails = {
  id: 'abcdef0123456789',
  name: 'shop-api-1',
  image: 'api',
  imageId: '',
  state: 'running',
  health: 'none',
  status: '',
  labels: { 'dev.backlot.set': 'minimal', 'dev.backlot.service': 'api', 'dev.backlot.spec': 'x', 'com.docker.compose.project': 'shop', 'com.docker.compose.config-hash': 'y' },
  ports: [],
  networks: [{ name: 'shop_default', address: '10.0.0.2', aliases: ['api', 'shop-api-1', 'abcdef012345'] }],
  startedAt: '',
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
};
const input = { place, image: 'backlot/names:1', published: [], fixedAddresses: {}, targets: [{ container: 8080, host: 'localhost', port: 8000 }] };

test('a process on a machine that shares its kernel with the engine is reached through a folder of two containers', () => {
  const [onMachine, inSet, ...others] = forwardersOf({ ...input, reach: 'shared-folder' });
  expect(others).toEqual([]);
  expect(onMachine).toMatchObject({ networks: 'host', folders: ['/swap'], labels: { 'dev.backlot.role': 'swap-machine' } });
  expect(inSet).toMatchObject({ foldersOf: 'shop-api-1-swap-machine', networks: [{ name: 'shop_default', aliases: ['api', 'shop-api-1'] }], labels: { 'dev.backlot.role': 'swap', 'dev.backlot.swap': '8080=localhost:8000' } });
  expect(inSet?.labels).not.toHaveProperty(['com.docker.compose.config-hash']);
  expect(inSet?.labels).not.toHaveProperty(['dev.backlot.spec']);
});

test('one on a machine with the engine in a virtual machine is reached by the name that this has for it, and one elsewhere directly', () => {
  const [desktop, ...none] = forwardersOf({ ...input, reach: 'host-name' });
  expect(none).toEqual([]);
  expect(desktop).toMatchObject({ hosts: { 'host.docker.internal': 'host-gateway' } });
  expect(desktop?.command.join(' ')).toContain('TCP:host.docker.internal:8000');
  const elsewhere = forwardersOf({ ...input, reach: 'shared-folder', targets: [{ container: 8080, host: 'pc-7.lan', port: 8000 }] });
  expect(elsewhere.map(({ networks }) => networks)).not.toContain('host');
  expect(elsewhere[0]?.command.join(' ')).toContain('socat TCP-LISTEN:8080,fork,reuseaddr TCP:pc-7.lan:8000');
});

test('an address that the Compose file fixes goes over to the forwarder', () => {
  expect(forwardersOf({ ...input, reach: 'host-name', fixedAddresses: { shop_default: '10.0.0.2' } })[0]?.networks).toMatchObject([{ address: '10.0.0.2' }]);
});

test('a swap is read again from its containers, and one that never came to be is none', () => {
  const text = writeTargets([{ container: 8080, host: '::1', port: 1 }, { container: 9090, host: 'localhost', port: 2 }]);
  expect(text).toBe('8080=[::1]:1,9090=localhost:2');
  expect(readTarget('[::1]:1')).toEqual({ host: '::1', port: 1 });
  const forwarder = { ...place, labels: { ...place.labels, 'dev.backlot.role': 'swap', 'dev.backlot.swap': text } };
  expect(findSwaps([place, forwarder]).swaps.get('api')?.targets).toEqual([{ container: 8080, host: '::1', port: 1 }, { container: 9090, host: 'localhost', port: 2 }]);
  const { swaps, abandoned } = findSwaps([place, { ...forwarder, state: 'created' as const }]);
  expect([swaps.size, abandoned.length]).toEqual([0, 1]);
});
