import { expect, test } from 'vitest';
import { describeEngine, reachesContainers } from '#adapters/docker/engine-facts.ts';
import { engineAt } from './engine-fixture.ts';

test('addresses of containers are reached from the engine’s own machine, and from a container only on the machine’s own network', () => {
  const endpoint = { address: { kind: 'unix', path: '/var/run/docker.sock' }, url: '', rule: '', commandLine: { arguments: [], environment: {} } } as const;
  const facts = describeEngine({ Name: 'laptop' }, '1.41');
  const here = (isContainer: boolean, name: string) => reachesContainers(endpoint, facts, { platform: 'linux', isContainer, name });
  expect([here(false, 'laptop'), here(false, 'renamed'), here(true, 'laptop'), here(true, '0c2b')]).toEqual([true, true, true, false]);
  expect(engineAt('/var/run/docker.sock').reachesContainers).toBe(true);
});
