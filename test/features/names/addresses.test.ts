import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createCompose } from '#adapters/compose/compose.ts';
import { createDockerEngine } from '#adapters/docker/docker-engine.ts';
import { createProjectFiles } from '#adapters/files/project-files.ts';
import { createMachine } from '#adapters/machine/machine.ts';
import { createProber } from '#adapters/network/prober.ts';
import { createProcessRunner } from '#adapters/process/process-runner.ts';
import { createHostNaming } from '#adapters/resolver/host-naming.ts';
import { findPaths } from '#adapters/state/paths.ts';
import { createStateStore } from '#adapters/state/state-store.ts';
import { addressRanges, chooseSubnet } from '#features/names/choose-subnet.ts';
import { formatSubnet, parseSubnet } from '#features/names/cidr.ts';
import { createLoadProject } from '#features/project/load-project.ts';
import { up as bringUp } from '#features/stack/up.ts';
import type { ContainerEngine } from '#ports/container-engine.ts';
import { docker, withScene, type Scene } from '../../support/backlot.ts';
import { SUFFIX } from './scene.ts';

const files = (names = `names: { suffixes: [${SUFFIX}] }\n`) => ({
  'compose.yaml': 'name: NAME\nservices:\n  db:\n    image: redis:7\n    stop_grace_period: 0s\n  cache:\n    image: redis:7\n    stop_grace_period: 0s\n',
  'backlot.yaml': `version: 1\nname: NAME\ncompose: [compose.yaml]\n${names}sets: { minimal: { services: all, addresses: own } }\n`,
});
const up = (scene: Scene, services: string[] = []) => scene.run(scene.backlot.stack.up({ directory: scene.directory, services }));
const subnetOf = (scene: Scene) => docker('network', 'inspect', `${scene.name}_default`, '--format', '{{range .IPAM.Config}}{{.Subnet}}{{end}}');

/** What `up` works with, over the real engine. */
function stackPorts(home: string) {
  const environment: Readonly<Record<string, string | undefined>> = { BACKLOT_DNS_PORT: 'off', ...process.env, BACKLOT_HOME: home };
  const paths = findPaths(environment);
  const engine = createDockerEngine({ choice: {}, environment, home });
  const processes = createProcessRunner(environment);
  const compose = createCompose({ runner: processes, commandLine: () => engine.commandLine(), environment });
  const machine = createMachine({ searchPath: environment['PATH'] ?? '' });
  return {
    engine,
    compose,
    machine,
    store: createStateStore({ paths, shell: 'test' }),
    prober: createProber(),
    networking: { ranges: () => addressRanges(undefined), recipe: join(import.meta.dirname, '../../../resources/images/names') },
    hostNames: createHostNaming({ engine, processes, machine, paths, environment }),
    loadProject: createLoadProject({ compose, files: createProjectFiles(), environment }),
  };
}

describe('addresses on the real engine', () => {
  test('twenty networks exist at once where the default pools are spent long before', async () => {
    const mark = `bt-${randomBytes(4).toString('hex')}`;
    const lines = (await docker('network', 'inspect', ...(await docker('network', 'ls', '-q')).split('\n'), '--format', '{{range .IPAM.Config}}{{.Subnet}} {{end}}')).split(/\s+/);
    const taken = lines.flatMap((line) => parseSubnet(line) ?? []);
    try {
      for (let count = 0; count < 20; count++) {
        const subnet = chooseSubnet({ ranges: addressRanges(undefined), needed: 10, taken, purpose: `${mark} ${count}` });
        taken.push(subnet);
        await docker('network', 'create', '--label', `mark=${mark}`, '--label', 'dev.backlot.test=1', '--subnet', formatSubnet(subnet), `${mark}-${count}`);
      }
      expect((await docker('network', 'ls', '-q', '--filter', `label=mark=${mark}`)).split('\n')).toHaveLength(20);
    } finally {
      const made = (await docker('network', 'ls', '-q', '--filter', `label=mark=${mark}`)).split('\n').filter(Boolean);
      if (made.length > 0) await docker('network', 'rm', ...made);
    }
  });

  test('a network that the engine chose addresses for is made anew when the guard comes, everything on it too, and the plan says why', () =>
    withScene(files(''), async (scene) => {
      // As an older version left it: without addresses of ours.
      await up(scene);
      const containers = await docker('ps', '-q', '--filter', `label=com.docker.compose.project=${scene.name}`);
      await docker('rm', '-fv', ...containers.split('\n'));
      await docker('network', 'rm', `${scene.name}_default`);
      const labels = [`com.docker.compose.project=${scene.name}`, 'com.docker.compose.network=default', `dev.backlot.directory=${scene.directory}`, 'dev.backlot.set=minimal', `dev.backlot.project=${scene.name}`];
      await docker('network', 'create', '--subnet', '10.77.0.0/24', ...labels.flatMap((label) => ['--label', label]), `${scene.name}_default`);
      expect((await up(scene)).result).toMatchObject({ ok: true });
      expect(await subnetOf(scene)).toBe('10.77.0.0/24');
      await scene.write(files());
      const plan = await scene.backlot.stack.plan({ directory: scene.directory, services: ['db'] });
      expect(plan.recreate).toEqual(['cache', 'db'].map((service) => ({ service, why: expect.stringContaining(`its network ${scene.name}_default has addresses of the engine's choice`) })));
      expect((await up(scene, ['db'])).result).toMatchObject({ ok: true, value: { changed: ['cache', 'db'] } });
      expect(await subnetOf(scene)).toMatch(/^10\.213\./);
      expect((await up(scene)).result.value).toMatchObject({ changed: [] });
    }));

  test('where somebody else takes the addresses first, others are chosen', () =>
    withScene(files(), async ({ directory, home, name }) => {
      const subnet = formatSubnet(chooseSubnet({ ranges: addressRanges(undefined), needed: 6, taken: [], purpose: `${directory}\nminimal\ndefault` }));
      const rival = `${name}-rival`;
      await docker('network', 'create', '--label', 'dev.backlot.test=1', '--subnet', subnet, rival);
      try {
        // As if it had come a moment later: the first look does not see it.
        const ports = stackPorts(home);
        let looks = 0;
        const engine: ContainerEngine = Object.create(ports.engine, { listSubnets: { value: async (signal: AbortSignal) => (await ports.engine.listSubnets(signal)).filter((network) => network.name !== rival || looks++ > 0) } });
        const work = { id: 'test', signal: AbortSignal.timeout(60_000), tell: () => {} };
        expect(await bringUp({ directory, services: [], timeout: 60, build: false }, { ...ports, engine }, work)).toMatchObject({ ready: ['cache', 'db'], failed: [] });
        expect(looks).toBeGreaterThan(0);
        expect(await docker('network', 'inspect', `${name}_default`, '--format', '{{range .IPAM.Config}}{{.Subnet}}{{end}}')).toMatch(/^10\.213\./);
        expect(await docker('network', 'inspect', `${name}_default`, '--format', '{{range .IPAM.Config}}{{.Subnet}}{{end}}')).not.toBe(subnet);
        ports.engine.close();
      } finally {
        await docker('network', 'rm', rival);
      }
    }));

  test('two sets that come up at the same time do not get in each other’s way', () =>
    withScene({ ...files(), 'backlot.yaml': files()['backlot.yaml'].replace('sets: {', 'sets: { full: { services: all, addresses: own },') }, async (scene) => {
      const ups = await Promise.all(['minimal', 'full'].map((set) => scene.run(scene.backlot.stack.up({ directory: scene.directory, set }))));
      for (const { result } of ups) expect(result).toMatchObject({ ok: true });
    }));
});
