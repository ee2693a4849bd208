import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Misses } from '#contract/names.ts';
import { docker, eventually, withScene, type Scene } from '../../support/backlot.ts';
import { addressOf, cluster, containerOf, inside, kdig, NODES, SUFFIX } from './scene.ts';

const up = (scene: Scene, set = 'minimal') => scene.run(scene.backlot.stack.up({ directory: scene.directory, set }));
const every = (scene: Scene) => docker('ps', '-aq', '--no-trunc', '--filter', `label=dev.backlot.directory=${scene.directory}`);
const missesOf = (scene: Scene) => scene.backlot.names.misses({ directory: scene.directory });

describe('names in sets that are up', () => {
  test('both sets of a cluster at once: every node answers in its own set, and in minimal the stand-in', () =>
    withScene(cluster(), async (scene) => {
      expect((await up(scene, 'minimal')).result).toMatchObject({ ok: true });
      expect((await up(scene, 'full')).result).toMatchObject({ ok: true });
      for (const [index, node] of NODES.entries()) {
        for (const set of ['minimal', 'full']) {
          const owner = set === 'minimal' ? NODES[0] : NODES[index];
          const address = await addressOf(await containerOf(scene, set, owner ?? ''));
          for (const name of [node, `${node}.${SUFFIX}`, `${node}.${SUFFIX}.`, node.toUpperCase()]) expect(`${name} ${await inside(scene, set, 'app', 'getent', 'ahostsv4', name)}`).toContain(`${name} ${address} `);
        }
      }
      const connect = `node -e 'require("net").connect(6379,"${NODES[2]}.${SUFFIX}").on("connect",()=>{console.log("connected");process.exit()})'`;
      for (const set of ['minimal', 'full']) expect(await inside(scene, set, 'app', connect)).toBe('connected');
      const before = await every(scene);
      expect((await up(scene, 'full')).result.value).toMatchObject({ changed: [] });
      expect(await every(scene)).toBe(before);
      const status = await scene.backlot.stack.status({ directory: scene.directory, set: 'full' });
      expect(status.sets[0]?.services.map(({ name }) => name).sort()).toEqual(['app', ...NODES]);
      expect(await docker('compose', '-f', `${scene.directory}/compose.yaml`, 'ps', '--services')).toContain('app');
      await scene.run(scene.backlot.stack.down({ directory: scene.directory, all: true }));
      expect(await every(scene)).toBe('');
      expect(await docker('network', 'ls', '-q', '--filter', `label=dev.backlot.directory=${scene.directory}`)).toBe('');
    }));
});

describe('names on several networks', () => {
  test('answer to those on the same network only, as without a guard; an internal network stays closed; a group answers with any of its own', () =>
    withScene(
      {
        'compose.yaml': `name: NAME
services:
  web: { image: 'node:20-slim', command: [sleep, infinity], stop_grace_period: 0s, networks: [front] }
  api: { image: 'node:20-slim', command: [sleep, infinity], stop_grace_period: 0s, networks: [front, back, vault] }
  db: { image: 'redis:7', stop_grace_period: 0s, networks: [back] }
  safe: { image: 'redis:7', stop_grace_period: 0s, networks: [vault] }
networks: { front: {}, back: {}, vault: { internal: true } }
`,
        'backlot.yaml': `version: 1\nname: NAME\ncompose: [compose.yaml]\nnames: { suffixes: [${SUFFIX}], groups: { any: [web, api] } }\nsets: { minimal: { services: all, addresses: own } }\n`,
      },
      async (scene) => {
        expect((await up(scene)).result).toMatchObject({ ok: true });
        for (const name of ['db', `db.${SUFFIX}`, 'safe']) {
          expect(`${name} ${await inside(scene, 'minimal', 'web', 'getent', 'hosts', name)}`).toBe(`${name} `);
          expect(await inside(scene, 'minimal', 'api', 'getent', 'hosts', name)).toContain(name);
        }
        for (const service of ['web', 'api']) expect(await kdig(scene, ['minimal', service], `nope.${SUFFIX}`, 'A')).toBe('NXDOMAIN');
        expect(await inside(scene, 'minimal', 'safe', 'getent', 'hosts', `nope.${SUFFIX}`)).toBe('');
        const [web, api] = await Promise.all(['web', 'api'].map(async (service) => (await docker('inspect', '--format', `{{(index .NetworkSettings.Networks "${scene.name}_front").IPAddress}}`, await containerOf(scene, 'minimal', service)))));
        const group = await inside(scene, 'minimal', 'web', 'getent', 'ahostsv4', `any.${SUFFIX}`);
        expect([...new Set(group.split('\n').map((line) => line.split(' ')[0]))].sort()).toEqual([web, api].sort());
        expect((await missesOf(scene)).misses.map(({ name, caller }) => `${name} ${caller}`).sort()).toEqual([`nope.${SUFFIX} api`, `nope.${SUFFIX} safe`, `nope.${SUFFIX} web`]);
      },
    ));

  test('F17: cancelled while the set comes up, the guard goes too', () =>
    withScene(cluster(), async (scene) => {
      const started = await scene.backlot.stack.up({ directory: scene.directory });
      await eventually(async () => expect(await containerOf(scene, 'minimal', 'names', 'role')).not.toBe(''));
      await scene.backlot.operations.cancel({ id: started.id });
      expect((await scene.run(Promise.resolve(started))).result.error).toMatchObject({ code: 'cancelled' });
      expect(await docker('ps', '-a', '--filter', `label=dev.backlot.directory=${scene.directory}`, '--format', '{{.Names}} {{.Status}}')).toBe('');
      expect(await docker('network', 'ls', '-q', '--filter', `label=dev.backlot.directory=${scene.directory}`)).toBe('');
    }));
});

describe('the guard', () => {
  test('answers that a production name nobody has does not exist, whatever is asked for and however it is spelled, and says who asked', () =>
    withScene(cluster(), async (scene) => {
      await up(scene);
      for (const type of ['A', 'AAAA', 'SRV', 'TXT', 'MX', 'ANY', 'HTTPS']) expect(await kdig(scene, ['minimal', 'app'], `not-aliased.${SUFFIX}`, type)).toBe('NXDOMAIN');
      for (const name of [`Not-Aliased.${SUFFIX.toUpperCase()}.`, SUFFIX, `a.b.c.${SUFFIX}`]) expect(await kdig(scene, ['minimal', 'app'], name, 'A')).toBe('NXDOMAIN');
      expect(await kdig(scene, ['minimal', 'app'], `${NODES[0]}.${SUFFIX}`, 'A')).toBe('NOERROR');
      expect(await kdig(scene, ['minimal', 'app'], `${NODES[0]}.${SUFFIX}`, 'AAAA')).toBe('NOERROR');
      const asked = Date.now();
      expect(await inside(scene, 'minimal', 'app', 'getent', 'hosts', `seen-soon.${SUFFIX}`)).toBe('');
      await eventually(async () => expect((await missesOf(scene)).misses).toContainEqual(expect.objectContaining({ name: `seen-soon.${SUFFIX}`, caller: 'app', set: 'minimal', kind: 'blocked', count: 1 })), 2000);
      expect(Date.now() - asked).toBeLessThan(2500);
      const { misses } = await missesOf(scene);
      expect(misses.find(({ name }) => name === `not-aliased.${SUFFIX}`)?.types).toEqual(['A', 'AAAA', 'ANY', 'HTTPS', 'MX', 'SRV', 'TXT']);
      expect(misses.map(({ name }) => name)).not.toContain(`${NODES[0]}.${SUFFIX}`);
    }));

  test('tells a miss to whoever watches as soon as it comes', () =>
    withScene(cluster(), async (scene) => {
      await up(scene);
      const feed = scene.backlot.names.watchMisses({ directory: scene.directory })[Symbol.asyncIterator]();
      expect((await feed.next()).value).toMatchObject({ guard: 'block', misses: [] });
      const next = feed.next();
      await inside(scene, 'minimal', 'app', 'getent', 'hosts', `watched.${SUFFIX}`);
      const began = performance.now();
      expect(((await next).value as Misses).misses).toMatchObject([{ name: `watched.${SUFFIX}`, caller: 'app' }]);
      expect(performance.now() - began).toBeLessThan(2000);
      await feed.return?.();
    }));

  test('sees who asks another server than the engine’s resolver, past it', () =>
    withScene(cluster(), async (scene) => {
      await up(scene);
      // An address that nothing answers at: what counts is the question.
      const ask = (name: string) => `node -e 'const r=new (require("dns").Resolver)({timeout:200,tries:1});r.setServers(["198.51.100.7"]);r.resolve4("${name}",()=>process.exit())'`;
      await eventually(async () => {
        await inside(scene, 'minimal', 'app', ask(`sneaky.${SUFFIX}`));
        expect((await missesOf(scene)).misses).toContainEqual(expect.objectContaining({ name: `sneaky.${SUFFIX}`, caller: 'app', kind: 'bypassed' }));
      });
      await inside(scene, 'minimal', 'app', ask('example.org'));
      expect((await missesOf(scene)).misses.map(({ name }) => name)).toEqual([`sneaky.${SUFFIX}`]);
    }));

  test('stays closed while it is dead, says so, and is put right by up', () =>
    withScene(cluster(), async (scene) => {
      await up(scene);
      const guard = await containerOf(scene, 'minimal', 'names', 'role');
      await docker('kill', guard);
      expect(await inside(scene, 'minimal', 'app', 'getent', 'hosts', `not-aliased.${SUFFIX}`)).toBe('');
      expect(await inside(scene, 'minimal', 'app', 'getent', 'hosts', NODES[0] ?? '')).toContain(NODES[0]);
      expect((await missesOf(scene)).note).toContain('The guard of minimal does not run');
      const before = await every(scene);
      expect((await up(scene)).result).toMatchObject({ ok: true, value: { changed: [] } });
      expect(await every(scene)).toBe(before);
      expect((await missesOf(scene)).note).toBeUndefined();
      expect(await kdig(scene, ['minimal', 'app'], `not-aliased.${SUFFIX}`, 'A')).toBe('NXDOMAIN');
    }));

  test('holds with a search path as production has it, for programs of glibc and of musl alike', () =>
    withScene({ ...cluster(), 'compose.yaml': cluster()['compose.yaml'].replace('    command: ["sleep"', `    dns_search: [${SUFFIX}, shop.example]\n    dns_opt: ["ndots:2"]\n    command: ["sleep"`) }, async (scene) => {
      await up(scene);
      const address = await addressOf(await containerOf(scene, 'minimal', NODES[0] ?? ''));
      for (const name of [NODES[1], `${NODES[1]}.${SUFFIX}`]) expect(await inside(scene, 'minimal', 'app', 'getent', 'ahostsv4', name ?? '')).toContain(address);
      await docker('build', '--quiet', '--tag', 'backlot-test/musl:1', join(import.meta.dirname, 'musl'));
      const musl = await docker('run', '--rm', '--network', `container:${await containerOf(scene, 'minimal', 'app')}`, 'backlot-test/musl:1', 'ask-musl', NODES[1] ?? '', `${NODES[2]}.${SUFFIX}`, `${NODES[0]}.${SUFFIX}.`, `lost.${SUFFIX}`);
      await docker('rmi', '--no-prune', 'backlot-test/musl:1');
      expect(musl.split('\n')).toEqual([`${NODES[1]} ${address}`, `${NODES[2]}.${SUFFIX} ${address}`, `${NODES[0]}.${SUFFIX}. ${address}`, `lost.${SUFFIX} Name does not resolve`]);
      expect(await inside(scene, 'minimal', 'app', 'getent', 'hosts', 'forgotten')).toBe('');
      await eventually(async () => expect((await missesOf(scene)).misses).toMatchObject([{ name: `forgotten.${SUFFIX}`, caller: 'app' }, { name: `lost.${SUFFIX}`, caller: 'app' }]), 2000);
    }), 180_000);
});

describe('what the guard is told', () => {
  test('allow lets a name pass, and everything below one; report lets all pass and tells; off leaves the engine’s resolver alone', () =>
    withScene(cluster(`  allow: ["*.cdn.${SUFFIX}", "one.${SUFFIX}"]\n`), async (scene) => {
      await up(scene);
      for (const name of [`nope.${SUFFIX}`, `x.cdn.${SUFFIX}`, `one.${SUFFIX}`, `two.one.${SUFFIX}`, `cdn.${SUFFIX}`]) await inside(scene, 'minimal', 'app', 'getent', 'ahostsv4', name);
      await eventually(async () => expect((await missesOf(scene)).misses.map(({ name }) => name).sort()).toEqual([`cdn.${SUFFIX}`, `nope.${SUFFIX}`, `two.one.${SUFFIX}`]), 2000);
      const app = await containerOf(scene, 'minimal', 'app');
      await scene.write(cluster('  guard: report\n'));
      expect((await up(scene)).result.value).toMatchObject({ changed: [] });
      await inside(scene, 'minimal', 'app', 'getent', 'ahostsv4', `nope.${SUFFIX}`);
      await eventually(async () => expect(await missesOf(scene)).toMatchObject({ guard: 'report', misses: [{ name: `nope.${SUFFIX}`, caller: 'app', kind: 'reported' }] }), 2000);
      expect(await containerOf(scene, 'minimal', 'app')).toBe(app);
      await scene.write(cluster('  guard: off\n'));
      expect((await up(scene)).result).toMatchObject({ ok: true });
      expect(await containerOf(scene, 'minimal', 'names', 'role')).toBe('');
      expect(await containerOf(scene, 'minimal', 'watch', 'role')).toBe('');
      expect(await docker('inspect', '--format', '{{.HostConfig.Dns}}', await containerOf(scene, 'minimal', 'app'))).toMatch(/^(\[\]|<no value>)$/);
    }));

  test('a service that the guard does not reach is warned about, and its own servers are not asked', () =>
    withScene({ ...cluster(), 'compose.yaml': `${cluster()['compose.yaml']}    dns: 192.0.2.1\n  free:\n    image: redis:7\n    network_mode: host\n    command: ["redis-server", "--port", "7391"]\n`, 'backlot.yaml': cluster()['backlot.yaml'].replace('services: [app]', 'services: [app, free]') }, async (scene) => {
      const { warnings } = await scene.backlot.stack.plan({ directory: scene.directory });
      expect(warnings.join('\n')).toMatch(/free has this machine's own network/);
      expect(warnings.join('\n')).toMatch(/app: its own dns: 192\.0\.2\.1 is not asked/);
    }));
});
