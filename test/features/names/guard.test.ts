import { describe, expect, test } from 'vitest';
import { docker, withScene } from '../../support/backlot.ts';
import { addressOf, cluster, containerOf, inside, NODES, SUFFIX } from './scene.ts';

describe('names in sets that are up', () => {
  test('both sets of a cluster at once: every node answers in its own set, and in minimal the stand-in', () =>
    withScene(cluster(), async (scene) => {
      const up = (set: string) => scene.run(scene.backlot.stack.up({ directory: scene.directory, set }));
      expect((await up('minimal')).result).toMatchObject({ ok: true });
      expect((await up('full')).result).toMatchObject({ ok: true });
      for (const [index, node] of NODES.entries()) {
        for (const set of ['minimal', 'full']) {
          const owner = set === 'minimal' ? NODES[0] : NODES[index];
          const address = await addressOf(await containerOf(scene, set, owner ?? ''));
          for (const name of [node, `${node}.${SUFFIX}`, `${node}.${SUFFIX}.`, node.toUpperCase()]) expect(`${name} ${await inside(scene, set, 'app', 'getent', 'ahostsv4', name)}`).toContain(`${name} ${address} `);
        }
      }
      expect(await inside(scene, 'minimal', 'app', 'getent', 'hosts', `not-aliased.${SUFFIX}`)).toBe('');
      const before = await docker('ps', '-aq', '--no-trunc', '--filter', `label=dev.backlot.directory=${scene.directory}`);
      expect((await up('full')).result.value).toMatchObject({ changed: [] });
      expect(await docker('ps', '-aq', '--no-trunc', '--filter', `label=dev.backlot.directory=${scene.directory}`)).toBe(before);
      const status = await scene.backlot.stack.status({ directory: scene.directory, set: 'full' });
      expect(status.sets[0]?.services.map(({ name }) => name).sort()).toEqual(['app', ...NODES]);
      await scene.run(scene.backlot.stack.down({ directory: scene.directory, all: true }));
      expect(await docker('ps', '-aq', '--filter', `label=dev.backlot.directory=${scene.directory}`)).toBe('');
      expect(await docker('network', 'ls', '-q', '--filter', `label=dev.backlot.directory=${scene.directory}`)).toBe('');
    }));
});
