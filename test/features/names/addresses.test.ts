import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { addressRanges, chooseSubnet } from '#features/names/choose-subnet.ts';
import { formatSubnet, parseSubnet } from '#features/names/cidr.ts';
import { docker, withScene, type Scene } from '../../support/backlot.ts';
import { SUFFIX } from './scene.ts';

const files = (names = `names: { suffixes: [${SUFFIX}] }\n`) => ({
  'compose.yaml': 'name: NAME\nservices:\n  db:\n    image: redis:7\n    stop_grace_period: 0s\n  cache:\n    image: redis:7\n    stop_grace_period: 0s\n',
  'backlot.yaml': `version: 1\nname: NAME\ncompose: [compose.yaml]\n${names}sets: { minimal: { services: all, addresses: own } }\n`,
});
const up = (scene: Scene, services: string[] = []) => scene.run(scene.backlot.stack.up({ directory: scene.directory, services }));
const subnetOf = (scene: Scene) => docker('network', 'inspect', `${scene.name}_default`, '--format', '{{range .IPAM.Config}}{{.Subnet}}{{end}}');

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
      await docker('rm', '-f', ...containers.split('\n'));
      await docker('network', 'rm', `${scene.name}_default`);
      const labels = [`com.docker.compose.project=${scene.name}`, 'com.docker.compose.network=default', `dev.backlot.directory=${scene.directory}`, 'dev.backlot.set=minimal', `dev.backlot.project=${scene.name}`];
      await docker('network', 'create', '--subnet', '10.77.0.0/24', ...labels.flatMap((label) => ['--label', label]), `${scene.name}_default`);
      expect((await up(scene)).result).toMatchObject({ ok: true });
      expect(await subnetOf(scene)).toBe('10.77.0.0/24');
      await scene.write(files());
      const plan = await scene.backlot.stack.plan({ directory: scene.directory, services: ['db'] });
      expect(plan.recreate).toEqual(['db', 'cache'].map((service) => ({ service, why: expect.stringContaining(`its network ${scene.name}_default has addresses of the engine's choice`) })));
      expect((await up(scene, ['db'])).result).toMatchObject({ ok: true, value: { changed: ['db', 'cache'] } });
      expect(await subnetOf(scene)).toMatch(/^10\.213\./);
      expect((await up(scene)).result.value).toMatchObject({ changed: [] });
    }));

  test('where somebody else takes the addresses first, others are chosen', () =>
    withScene(files(), async (scene) => {
      // The engine refuses what we chose a moment before: the network comes between our look and Compose.
      const rival = `${scene.name}-rival`;
      const subnet = formatSubnet(chooseSubnet({ ranges: addressRanges(undefined), needed: 6, taken: [], purpose: `${scene.directory}\nminimal\ndefault` }));
      const started = scene.backlot.stack.up({ directory: scene.directory });
      await docker('network', 'create', '--label', 'dev.backlot.test=1', '--subnet', subnet, rival);
      try {
        expect((await scene.run(started)).result).toMatchObject({ ok: true });
        expect(await subnetOf(scene)).not.toBe(subnet);
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
