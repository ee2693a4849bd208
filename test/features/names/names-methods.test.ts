import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { docker, withScene, type Scene } from '../../support/backlot.ts';
import { addressOf, cluster, containerOf, NODES, SUFFIX } from './scene.ts';

const at = (scene: Scene) => ({ directory: scene.directory });
const up = (scene: Scene, set = 'minimal') => scene.run(scene.backlot.stack.up({ ...at(scene), set }));
const [first = '', second = ''] = NODES;

describe('names.list', () => {
  test('tells every name with its owner and why, before anything is up and without an engine', () =>
    withScene(cluster('  aliases: { app: ["shop-{1..2}"] }\n'), async (scene) => {
      const { names, guard, suffixes } = await scene.backlot.names.list(at(scene));
      expect({ guard, suffixes }).toEqual({ guard: 'block', suffixes: [SUFFIX] });
      const said = names.map(({ name, service, reason }) => `${name} ${service} ${reason}`);
      for (const line of [`${first} ${first} service`, `${first}.${SUFFIX} ${first} service`, `${second}.${SUFFIX} ${first} stand-in`, `shop-2.${SUFFIX} app alias`]) expect(said).toContain(line);
      expect(names.every(({ container }) => container === undefined)).toBe(true);
    }));

  test('tells the addresses of what is up, in every set that is', () =>
    withScene(cluster(), async (scene) => {
      await up(scene);
      const address = await addressOf(await containerOf(scene, 'minimal', first));
      const { names } = await scene.backlot.names.list(at(scene));
      expect(names.find(({ name }) => name === second)).toMatchObject({ service: first, set: 'minimal', container: address, host: `${address}:6379`, ports: [6379] });
    }));
});

describe('names.alias and names.allow', () => {
  test('write into the file, keep its comments, and hold from the next up on', () =>
    withScene({ ...cluster(), 'backlot.yaml': `# ours\n${cluster()['backlot.yaml']}` }, async (scene) => {
      await up(scene);
      const file = join(scene.directory, 'backlot.yaml');
      const before = await readFile(file, 'utf8');
      expect(await scene.backlot.names.alias({ ...at(scene), name: `Forgotten.${SUFFIX}.`, service: 'app' })).toEqual({ file, line: 8 });
      expect(await scene.backlot.names.allow({ ...at(scene), name: `*.cdn.${SUFFIX}` })).toEqual({ file, line: 9 });
      expect(await readFile(file, 'utf8')).toBe(before.replace(`  suffixes: [${SUFFIX}]\n`, `  suffixes: [${SUFFIX}]\n  aliases:\n    app: [forgotten]\n  allow: ["*.cdn.${SUFFIX}"]\n`));
      expect((await up(scene)).result.value).toMatchObject({ changed: ['app'] });
      expect(await scene.backlot.names.why({ ...at(scene), name: `forgotten.${SUFFIX}` })).toMatchObject({ verdict: 'owned', owner: 'app' });
    }));

  test.each([
    ['a name that another service has', { name: first, service: 'app' }, 'config-invalid'],
    ['a service that is not there', { name: 'x', service: 'ap' }, 'service-unknown'],
    ['a name that is none', { name: 'a b', service: 'app' }, 'input-invalid'],
    ['a label that is too long', { name: `${'a'.repeat(64)}.${SUFFIX}`, service: 'app' }, 'input-invalid'],
    ['a name that is too long', { name: `${'a.'.repeat(120)}${SUFFIX}`, service: 'app' }, 'input-invalid'],
    ['a pattern that explodes', { name: 'n-{1..100000}', service: 'app' }, 'input-invalid'],
    ['a suffix itself', { name: SUFFIX, service: 'app' }, 'input-invalid'],
    ['what the service has', { name: 'app', service: 'app' }, 'input-invalid'],
  ])('%s is refused, and nothing is written', (_what, input, code) =>
    withScene(cluster(), async (scene) => {
      const before = await readFile(join(scene.directory, 'backlot.yaml'), 'utf8');
      await expect(scene.backlot.names.alias({ ...at(scene), ...input })).rejects.toMatchObject({ code });
      expect(await readFile(join(scene.directory, 'backlot.yaml'), 'utf8')).toBe(before);
    }));

  test('a name below no suffix, and one that is allowed already, need not be allowed', () =>
    withScene(cluster(`  allow: ["*.cdn.${SUFFIX}"]\n`), async (scene) => {
      for (const name of ['example.org', `a.cdn.${SUFFIX}`, `*.cdn.${SUFFIX}`, '*.', '']) await expect(scene.backlot.names.allow({ ...at(scene), name })).rejects.toMatchObject({ code: 'input-invalid' });
    }));
});

describe('names.why', () => {
  test('asks where the service is, and explains the answer', () =>
    withScene(cluster(), async (scene) => {
      await up(scene);
      const address = await addressOf(await containerOf(scene, 'minimal', first));
      const owned = await scene.backlot.names.why({ ...at(scene), name: `${second}.${SUFFIX}`, from: 'app' });
      expect(owned).toMatchObject({ verdict: 'owned', owner: first, address, from: 'app' });
      const text = owned.steps.join('\n');
      for (const part of ['127.0.0.11, the engine’s own resolver', `${second}.${SUFFIX} → ${address}`, 'stands in for', `with the suffix ${SUFFIX}`, `${address}:6379 takes connections from app`]) expect(text).toContain(part);
      const blocked = await scene.backlot.names.why({ ...at(scene), name: `${first}x.${SUFFIX}`, from: 'app' });
      expect(blocked).toMatchObject({ verdict: 'blocked' });
      expect(blocked.steps.join('\n')).toMatch(/does not exist \(NXDOMAIN\)[^]*the guard answers that it does not exist[^]*Did you mean/);
      expect((await scene.backlot.names.why({ ...at(scene), name: 'nobody-has-this.example.org' })).verdict).not.toBe('owned');
      await docker('kill', await containerOf(scene, 'minimal', first));
      expect((await scene.backlot.names.why({ ...at(scene), name: first, from: 'app' })).steps.join('\n')).toContain(`${first} does not run`);
      expect(await docker('ps', '-aq', '--filter', `label=dev.backlot.directory=${scene.directory}`, '--filter', 'label=dev.backlot.role=ask')).toBe('');
    }));

  test('answers by the files where nothing runs', () =>
    withScene(cluster(`  allow: ["*.cdn.${SUFFIX}"]\n`), async (scene) => {
      const ask = (name: string) => scene.backlot.names.why({ ...at(scene), name });
      expect(await ask(second)).toMatchObject({ verdict: 'owned', owner: first, steps: [expect.stringContaining('Nothing of the set minimal runs'), expect.stringContaining('stands in')] });
      expect(await ask(`nope.${SUFFIX}`)).toMatchObject({ verdict: 'blocked' });
      expect(await ask(`x.cdn.${SUFFIX}`)).toMatchObject({ verdict: 'forwarded' });
      await expect(scene.backlot.names.why({ ...at(scene), name: 'x', from: 'ap' })).rejects.toMatchObject({ code: 'service-unknown' });
    }));
});
