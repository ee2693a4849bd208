import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { docker, eventually, withScene, type Scene } from '../../support/backlot.ts';
import { freePort } from '../../support/free-port.ts';
import { ask } from './rig.ts';

const COMPOSE = `name: NAME
services:
  db:
    image: debian:bookworm-slim
    init: true
    labels: { dev.backlot.test: "1" }
    command: sleep 1000
    stop_grace_period: 0s
`;
const FILE = `version: 1
name: NAME
compose: [compose.yaml]
names: { suffixes: [us.NAME.example], aliases: { db: ["pg-{1..2}"] } }
sets: { minimal: { services: all }, full: { services: all, addresses: own } }
`;

/** A scene whose resolver has a port of its own. */
async function withResolver(body: (scene: Scene, port: number) => Promise<void>, variables: Readonly<Record<string, string>> = {}): Promise<void> {
  const port = await freePort();
  vi.stubEnv('BACKLOT_DNS_PORT', String(port));
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await docker('rm', '-fv', `backlot-names-${port}`).catch(() => '');
  });
  await withScene({ 'compose.yaml': COMPOSE, 'backlot.yaml': FILE }, (scene) => body(scene, port));
}

/** Sends what is no question, or one that nobody should ask, and expects answers that are short, or none. */
async function expectHarmless(port: number): Promise<void> {
  const header = (questions: number) => Buffer.from([7, 7, 1, 0, questions >> 8, questions & 0xff, 0, 0, 0, 0, 0, 0]);
  const name = (...labels: string[]) => Buffer.concat([...labels.flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]), Buffer.from([0])]);
  const type = (number: number) => Buffer.from([number >> 8, number & 0xff, 0, 1]);
  const questions = [
    Buffer.alloc(0), Buffer.from([1]), ...[11, 300, 1400].flatMap((length) => [0, 0x5a, 0xff].map((byte) => Buffer.alloc(length, byte))),
    Buffer.concat([header(65_535), name('db'), type(1)]),
    // A name that points to itself.
    Buffer.concat([header(1), Buffer.from([0xc0, 12]), type(1)]),
    Buffer.concat([header(1), name(...Array.from({ length: 255 }, () => 'a')), type(1)]),
    Buffer.concat([header(1), name('db'), type(252)]), Buffer.concat([header(1), name('debian', 'org'), type(255)]),
    Buffer.concat([header(1).fill(1, 11), name('db'), type(1), Buffer.from([0, 0, 41, 0xff, 0xff, 9, 9, 9, 9, 0xff, 0xff, 1])]),
    // A proper one with an id of its own, asked last: by its answer the others are over.
    Buffer.concat([header(1).fill(9, 0, 2), name('db'), type(1)]),
  ];
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  const answers: Buffer[] = [];
  socket.on('message', (answer) => answers.push(answer));
  for (const question of questions) await new Promise((sent) => socket.send(question, port, '127.0.0.1', sent));
  await expect.poll(() => answers.some((answer) => answer.readUInt16BE(0) === 0x0909), { timeout: 5000 }).toBe(true);
  for (const answer of answers) expect(answer.length).toBeLessThan(600);
}

const exists = async (port: number) => (await docker('ps', '-aq', '--filter', `name=^backlot-names-${port}$`)) !== '';

describe('the resolver of this machine', () => {
  test('B59: answers what is up, whatever else is sent to it, refuses other names of the suffixes and of the world, and goes with the last set', () =>
    withResolver(async (scene, port) => {
      const { directory, name } = scene;
      const { result } = await scene.run(scene.backlot.stack.up({ directory, set: 'full' }));
      expect(result).toMatchObject({ ok: true });
      const { sets } = await scene.backlot.stack.status({ directory, set: 'full' });
      const address = sets[0]?.services[0]?.addresses.container;
      for (const asked of ['db', `db.us.${name}.example`, `pg-2.us.${name}.example`, `PG-1.Us.${name}.Example.`]) expect([asked, await ask(port, asked)]).toEqual([asked, [address]]);
      expect(await ask(port, `db.us.${name}.example`, 'AAAA')).toBe('ENODATA');
      for (const type of ['A', 'AAAA', 'TXT', 'SRV']) expect(await ask(port, `strange.us.${name}.example`, type)).toBe('ENOTFOUND');
      expect(await ask(port, 'debian.org')).toBe('EREFUSED');
      await expectHarmless(port);
      expect(await ask(port, 'db')).toEqual([address]);
      expect(await scene.backlot.names.host({ directory })).toMatchObject({ state: 'absent', resolver: { address: '127.0.0.1', port }, answers: [{ set: 'full' }] });

      await scene.run(scene.backlot.stack.up({ directory, set: 'minimal' }));
      expect(await scene.backlot.names.host({ directory })).toMatchObject({ answers: [{ set: 'minimal' }, { set: 'full' }] });
      expect(await ask(port, 'db')).not.toEqual([address]);

      await scene.run(scene.backlot.stack.down({ directory, set: 'minimal' }));
      expect(await ask(port, 'db')).toEqual([address]);
      await docker('restart', '-t', '0', `backlot-names-${port}`);
      await eventually(async () => expect(await ask(port, 'db')).toEqual([address]));
      await scene.run(scene.backlot.stack.down({ directory, set: 'full' }));
      expect(await exists(port)).toBe(false);
    }));

  test('is shared by users, and ends with the last one’s names', async () => {
    await withResolver(async (scene, port) => {
      await scene.run(scene.backlot.stack.up({ directory: scene.directory }));
      await withScene({ 'compose.yaml': COMPOSE, 'backlot.yaml': FILE }, async (other) => {
        await other.run(other.backlot.stack.up({ directory: other.directory }));
        for (const { name } of [scene, other]) expect(Array.isArray(await ask(port, `db.us.${name}.example`))).toBe(true);
        await scene.run(scene.backlot.stack.down({ directory: scene.directory }));
        expect(await ask(port, `db.us.${scene.name}.example`)).toBe('EREFUSED');
        expect(Array.isArray(await ask(port, `db.us.${other.name}.example`))).toBe(true);
        await other.run(other.backlot.stack.down({ directory: other.directory }));
        expect(await exists(port)).toBe(false);
      });
    });
  });

  test('that was removed comes back with the next up, and a cancelled up leaves none', () =>
    withResolver(async (scene, port) => {
      const { directory } = scene;
      await scene.run(scene.backlot.stack.up({ directory }));
      await docker('rm', '-fv', `backlot-names-${port}`);
      await scene.run(scene.backlot.stack.up({ directory }));
      expect(Array.isArray(await ask(port, 'pg-1'))).toBe(true);
      await scene.run(scene.backlot.stack.down({ directory }));
      const started = await scene.backlot.stack.up({ directory });
      await scene.backlot.operations.cancel(started);
      await scene.run(Promise.resolve(started));
      expect(await exists(port)).toBe(false);
    }));

  test('with names of nobody who is still there is ended by clean, and forgets those at the next publication', () =>
    withResolver(async (scene, port) => {
      const gone = { directory: '', name: '' };
      await withScene({ 'compose.yaml': COMPOSE, 'backlot.yaml': FILE }, async (other) => {
        await other.run(other.backlot.stack.up({ directory: other.directory }));
        Object.assign(gone, { name: other.name });
      });
      expect(await ask(port, `x.us.${gone.name}.example`)).toBe('ENOTFOUND');
      const dry = await scene.run(scene.backlot.system.clean({ dryRun: true }));
      const named = expect.objectContaining({ kind: 'container', name: `backlot-names-${port}` });
      expect(dry.result.value).toMatchObject({ removed: expect.arrayContaining([named]) });

      await scene.run(scene.backlot.stack.up({ directory: scene.directory }));
      expect(await ask(port, `x.us.${gone.name}.example`)).toBe('EREFUSED');
      const kept = await scene.run(scene.backlot.system.clean({ dryRun: true }));
      expect(kept.result.value).not.toMatchObject({ removed: expect.arrayContaining([named]) });
      await scene.run(scene.backlot.stack.down({ directory: scene.directory }));
      expect(await exists(port)).toBe(false);
    }));

  test('F30: whose port is taken is told with the holder and the variable, and the set is up all the same', () =>
    withResolver(async (scene, port) => {
      const server = createServer().listen(port, '127.0.0.1');
      await once(server, 'listening');
      onTestFinished(() => void server.close());
      const { events, result } = await scene.run(scene.backlot.stack.up({ directory: scene.directory }));
      expect(result).toMatchObject({ ok: true });
      const warning = events.find((event) => event.type === 'message' && event.level === 'warning');
      expect(warning).toMatchObject({ text: expect.stringContaining(`port ${port}`), fix: expect.stringContaining('BACKLOT_DNS_PORT=') });
      expect(warning).toMatchObject({ text: expect.stringContaining(`process ${process.pid}`) });
      expect(await exists(port)).toBe(false);
    }));

  test('is left out where that is wished', () =>
    withResolver(async (scene, port) => {
      vi.stubEnv('BACKLOT_DNS_PORT', 'off');
      await withScene({ 'compose.yaml': COMPOSE, 'backlot.yaml': FILE }, async (without) => {
        const { events } = await without.run(without.backlot.stack.up({ directory: without.directory }));
        expect(events.filter((event) => event.type === 'message' && event.level === 'warning')).toEqual([]);
        expect(await without.run(without.backlot.names.install({ directory: without.directory }))).toMatchObject({ result: { error: { code: 'resolver-failed', fix: expect.stringContaining('BACKLOT_DNS_PORT') } } });
      });
      expect(await exists(port)).toBe(false);
      expect(await scene.backlot.names.host({ directory: scene.directory })).toMatchObject({ state: 'absent', answers: [] });
    }));

  test('a port that is none is refused where it is needed', () =>
    withResolver(async () => {
      vi.stubEnv('BACKLOT_DNS_PORT', '70000');
      await withScene({ 'compose.yaml': COMPOSE, 'backlot.yaml': FILE }, async ({ backlot, directory, run }) => {
        await expect(backlot.names.host({ directory })).rejects.toMatchObject({ code: 'input-invalid', message: 'BACKLOT_DNS_PORT is "70000"' });
        const { events, result } = await run(backlot.stack.up({ directory }));
        expect(result).toMatchObject({ ok: true });
        expect(events).toContainEqual(expect.objectContaining({ type: 'message', level: 'warning', text: expect.stringContaining('BACKLOT_DNS_PORT') }));
      });
    }));
});

test('the hosts file follows what is up', async () => {
  const root = await mkdtemp(join(tmpdir(), 'bt-hosts-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await docker('run', '--rm', '-v', `${root}:/r`, 'debian:bookworm-slim', 'sh', '-c', 'mkdir /r/etc; echo "127.0.0.1 localhost" > /r/etc/hosts');
  const hosts = () => readFile(join(root, 'etc/hosts'), 'utf8');
  await withResolver(
    async (scene) => {
      const { directory, name } = scene;
      const installed = await scene.run(scene.backlot.names.install({ directory }));
      expect(installed.result).toMatchObject({ ok: true, value: { mechanism: 'hosts-file', state: 'installed' } });
      await scene.run(scene.backlot.stack.up({ directory, set: 'full' }));
      expect(await hosts()).toMatch(new RegExp(`^127.0.0.1 localhost\n# backlot begin\n(\\S+ \\S+[.]us[.]${name}[.]example # backlot\n){3}# backlot end\n$`));
      await scene.run(scene.backlot.stack.down({ directory, set: 'full' }));
      expect(await hosts()).toBe('127.0.0.1 localhost\n# backlot begin\n# backlot end\n');
      await scene.run(scene.backlot.names.uninstall({}));
      expect(await hosts()).toBe('127.0.0.1 localhost\n');
    },
    { BACKLOT_SYSTEM_ROOT: root },
  );
});
