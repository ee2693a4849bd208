import { expect, test } from 'vitest';
import type { EnvironmentVariables } from '#contract/stack.ts';
import { connectionsOf } from '../../../src-renderer/features/services/connections.ts';
import { asTargets, faultOf, firstTargets } from '../../../src-renderer/features/services/swap-targets.ts';

const tcp = (container: number, host?: number) => ({ container, protocol: 'tcp' as const, ...(host !== undefined && { host }) });

test('each TCP port of the service leads to the same port of this machine at first; UDP and doubles are left out', () => {
  expect(firstTargets([tcp(80, 8080), tcp(80, 8081), tcp(443), { container: 53, protocol: 'udp' }])).toEqual([{ container: 80, to: 'localhost:80' }, { container: 443, to: 'localhost:443' }]);
  expect(firstTargets([tcp(80)], ['localhost:3000'])[0]?.to).toBe('localhost:3000');
});

test('a port is named where there are several, or where the files do not name it', () => {
  expect(asTargets([{ container: 80, to: ' localhost:3000 ' }])).toEqual(['localhost:3000']);
  expect(asTargets([{ container: 80, to: 'localhost:80' }, { container: 443, to: 'localhost:443' }])).toEqual(['80=localhost:80', '443=localhost:443']);
  expect(asTargets([{ container: 80, to: 'localhost:3000', added: true }])).toEqual(['80=localhost:3000']);
});

test.each(['localhost:8080', '192.168.1.7:1', 'my-mac.local:65535', '[::1]:80'])('%s is a place', (text) => expect(faultOf(text)).toBeUndefined());
test.each(['', 'localhost', ':80', 'localhost:', 'localhost:0', 'localhost:65536', 'localhost:http', 'a b:80', '-x:80', 'http://localhost:80'])('%j is none, and it is said why', (text) => expect(faultOf(text)).toMatch(/\w/));

const environment = (more: Partial<EnvironmentVariables>): EnvironmentVariables => ({ schema: 1, set: 'minimal', variables: [], ...more });

test('connection strings are those that the core tells, for each port', () => {
  const connections = [{ service: 'db', port: 5432, inside: 'postgres://db:5432/x', host: 'postgres://127.0.0.1:15432/x' }, { service: 'cache', port: 6379, inside: 'redis://cache:6379' }];
  expect(connectionsOf({ name: 'db', ports: [] }, environment({ connections }))).toEqual([{ port: 5432, inside: 'postgres://db:5432/x', host: 'postgres://127.0.0.1:15432/x' }]);
});

test('without them, the URL among the service’s own variables is the one for this machine', () => {
  const variables = [{ name: 'OTHER_URL', value: 'http://127.0.0.1:1', service: 'other' }, { name: 'DATABASE_URL', value: 'postgres://me:a@b@127.0.0.1:15432/x', service: 'db' }];
  expect(connectionsOf({ name: 'db', ports: [tcp(5432, 15432)] }, environment({ variables }))).toEqual([{ port: 5432, inside: undefined, host: 'postgres://me:a@b@127.0.0.1:15432/x' }]);
  expect(connectionsOf({ name: 'web', ports: [] }, environment({ variables }))).toEqual([]);
  expect(connectionsOf({ name: 'web', ports: [] }, undefined)).toEqual([]);
});
