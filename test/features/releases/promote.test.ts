import { generateKeyPairSync } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { keyIdOf, publicKeyOf } from '#core/signing-key.ts';
import { Secret } from '#core/secret.ts';
import { attachEvidence } from '#features/releases/evidence/attach-evidence.ts';
import { evidenceKeys } from '#features/releases/evidence/evidence-keys.ts';
import { readDeclared } from '#features/releases/declared.ts';
import { takeAim } from '#features/releases/look.ts';
import { judge } from '#features/releases/gate.ts';
import { promote } from '#features/releases/promote.ts';
import { showEvidence } from '#features/releases/show-evidence.ts';
import { lockTarget, unlockTarget } from '#features/releases/target-lock.ts';
import { readPromotions } from '#features/releases/target-records.ts';
import { docker, startBetween, startRegistry } from '../../adapters/registry/registry-scene.ts';
import { failureOf, git, never, releaseScene, type ReleaseScene } from './release-scene.ts';

let server: { readonly id: string; readonly address: string };
beforeAll(async () => {
  server = await startRegistry({ REGISTRY_STORAGE_DELETE_ENABLED: 'true' });
});
afterAll(() => docker('rm', '-fv', server.id));

const FILE = (address = server.address, more = '') => `version: 1\nname: NAME\nbuild: { image: NAME/shop }\nregistry: ${address}\n${more}targets:\n  staging:\n    requires: [unit, integration]\n    platform: linux/amd64\n`;
/** A stranger’s. */
const PEM = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString();
const run = (scene: ReleaseScene, more: { target?: string; revision?: string; override?: string } = {}) => promote({ directory: scene.directory, ...more }, scene.ports, scene.work);
const repositoryOf = (scene: ReleaseScene, address = server.address) => scene.ports.registry.repository(`${address}/${scene.image}`);

function defined<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('there is none');
  return value;
}

/** Committed, pushed, built and tested. */
async function ready(more = '', address = server.address): Promise<ReleaseScene & { readonly revision: string; readonly id: string }> {
  const scene = await releaseScene({ 'backlot.yaml': FILE(address, more) });
  const revision = await scene.commit();
  const id = await scene.build(revision);
  scene.pass(id, revision, 'unit', 'integration');
  return { ...scene, revision, id };
}

describe('the gate', () => {
  test('names everything that does not hold at once, and sends nothing', async () => {
    const scene = await releaseScene({ 'backlot.yaml': FILE().replace('linux/amd64', 'linux/arm64') });
    const revision = await scene.commit();
    await git(scene.directory, 'commit', '--quiet', '--allow-empty', '-m', 'not pushed');
    await scene.write({ 'more.txt': 'not committed' });
    const name = (await scene.ports.git.revision(scene.directory, never))?.name ?? '';
    const id = await scene.build(name);
    scene.pass(id, name, 'unit');
    await lockTarget({ repository: repositoryOf(scene), target: 'staging', owner: 'bob@desk', reason: 'database move', machine: '' }, 60_000, never);
    const refusal = await failureOf(run(scene));
    expect(refusal.code).toBe('gate-refused');
    const said = refusal.also?.map(({ message }) => message).join('\n');
    expect(said?.split('\n')).toHaveLength(5);
    for (const part of ['no evidence that integration passed', 'differs from its commit in 1 file', 'is on no branch of its remote', 'the target runs linux/arm64', 'locked by bob@desk']) expect(said).toContain(part);
    // A reason was given for the revision that was looked at, and for no other.
    expect(await failureOf(run(scene, { revision, override: 'it must go' }))).toMatchObject({ code: 'gate-refused', message: expect.stringContaining(`was looked at for ${revision.slice(0, 12)}`) as string });
    expect(await repositoryOf(scene).findManifest(name, never)).toBeUndefined();
    expect(revision).not.toBe(name);
    expect(await unlockTarget(repositoryOf(scene), 'staging', never)).toBe(true);
  });

  test('says what to do for a stage that has to pass on another target, also where no deploy there runs it', () => {
    const image = { name: 'shop:v1', digest: 'sha256:1', platforms: [], stages: [], problems: [] };
    const fixFor = (after: readonly string[]) =>
      judge({ target: 'production', declared: { requires: [{ stage: 'smoke', on: 'staging' }] }, targets: { staging: { after: [...after] } }, checkout: { sha: 'a', dirty: false, changes: 0, pushed: true }, image }).find(({ id }) => id === 'stage:smoke@staging')?.fix;
    expect(fixFor(['smoke'])).toBe('Deploy this image there first: backlot deploy staging');
    expect(fixFor(['other'])).toContain('at targets.staging: after: [smoke]');
  });

  test('without an image refuses whatever the reason', async () => {
    const scene = await releaseScene({ 'backlot.yaml': FILE() });
    await scene.commit();
    expect(await failureOf(run(scene, { override: 'it must go' }))).toMatchObject({ code: 'gate-refused' });
  });

  test('does not count what passed on another image of the same name', async () => {
    const scene = await ready();
    await scene.build(scene.revision, 'changed after the tests');
    expect((await failureOf(run(scene))).also?.map(({ message }) => message)).toEqual([expect.stringContaining('unit passed on exactly this image'), expect.stringContaining('integration passed')]);
  });

  test('does not count what passed on another revision’s image that was given this one’s name', async () => {
    const scene = await ready();
    const later = await scene.commit('later');
    await docker('tag', `${scene.image}:${scene.revision}`, `${scene.image}:${later}`);
    expect((await failureOf(run(scene))).also?.[0]?.message).toContain(`it is of revision ${scene.revision}`);
  });

  test('knows a revision to be pushed when others pushed on, and not when they pushed over it', async () => {
    const scene = await ready();
    const other = `${scene.remote}-other`;
    await git(scene.directory, 'clone', '--quiet', scene.remote, other);
    await git(other, 'commit', '--quiet', '--allow-empty', '-m', 'further');
    await git(other, 'push', '--quiet', 'origin', 'HEAD:main');
    expect(await scene.ports.git.isPushed(scene.directory, git(scene.directory, 'rev-parse', 'HEAD'), never)).toBe(true);
    await git(other, 'checkout', '--quiet', '--orphan', 'new');
    await git(other, 'commit', '--quiet', '--allow-empty', '-m', 'history anew');
    await git(other, 'push', '--quiet', '--force', 'origin', 'HEAD:main');
    expect(await scene.ports.git.isPushed(scene.directory, git(scene.directory, 'rev-parse', 'HEAD'), never)).toBe(false);
    await git(scene.directory, 'remote', 'set-url', 'origin', '/nonesuch.git');
    expect(await scene.ports.git.isPushed(scene.directory, git(scene.directory, 'rev-parse', 'HEAD'), never)).toContain('does not answer');
  });

  test('counts the latest word: a failure on the same image takes away that it passed, here and where it is attached', async () => {
    const scene = await ready();
    const { digest } = await run(scene);
    const known = defined(await scene.ports.localEvidence(scene.id));
    const failedAt = (time: number) => {
      const failed = { ...defined(known.stages[0]), run: 'run-later', failures: 1, passed: false, time: new Date(time).toISOString() };
      return { ...scene.ports, localEvidence: async () => Promise.resolve({ ...known, stages: [failed, ...known.stages.slice(1)] }) };
    };
    const ports = failedAt(Date.now() + 1000);
    expect((await failureOf(promote({ directory: scene.directory }, ports, scene.work))).also).toMatchObject([{ message: expect.stringContaining('unit failed on this image when it ran last: run run-later') as string }]);
    expect((await showEvidence({ directory: scene.directory, reference: `${server.address}/${scene.image}@${digest}` }, ports, never)).stages.map(({ stage }) => stage)).toEqual(['integration']);
    // What passed after it, as the registry's evidence says, counts again.
    expect(await promote({ directory: scene.directory }, failedAt(Date.now() - 3_600_000), scene.work)).toMatchObject({ digest });
    const later = await showEvidence({ directory: scene.directory, reference: `${server.address}/${scene.image}@${digest}` }, failedAt(Date.now() - 3_600_000), never);
    expect(later.stages.map(({ stage }) => stage).sort()).toEqual(['integration', 'unit']);
  });

  test('lets through with a reason, which is signed, recorded and told', async () => {
    const said: string[] = [];
    const slack = http.createServer((request, response) => void request.setEncoding('utf8').on('data', (piece: string) => said.push(piece)).on('end', () => response.end('ok')));
    await new Promise<void>((resolve) => slack.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void slack.close());
    const scene = await releaseScene({ 'backlot.yaml': FILE(server.address, 'notify: [{ slack: { env: SLACK }, on: [promote] }]\n') }, { SLACK: `http://127.0.0.1:${(slack.address() as AddressInfo).port}` });
    const revision = await scene.commit();
    await scene.build(revision);
    const promoted = await run(scene, { override: 'the shop is down' });
    expect(promoted).toMatchObject({ override: 'the shop is down', sent: true });
    expect(scene.told).toContainEqual(expect.objectContaining({ type: 'message', level: 'warning', text: expect.stringContaining('the shop is down') as string }));
    expect((await readPromotions(await takeAim({ directory: scene.directory }, scene.ports), never))[0]).toMatchObject({ revision, override: 'the shop is down', who: 'ann@laptop' });
    expect((await showEvidence({ directory: scene.directory }, scene.ports, never)).attestations[0]).toMatchObject({ state: 'trusted', stages: [] });
    expect((JSON.parse(said.join('')) as { text: string }).text.split('\n')).toEqual([`ann@laptop promoted ${revision.slice(0, 12)} of ${scene.image.split('/')[0]} to staging`, 'Why: the gate was overridden: the shop is down', `Digest: ${promoted.digest}`]);
  });
});

describe('a promotion', () => {
  test('pushes the tested image itself with its evidence, and the second time sends nothing', async () => {
    const between = await startBetween(server.address, () => 'pass');
    const scene = await ready('', between.address);
    const promoted = await run(scene);
    expect(promoted).toMatchObject({ revision: scene.revision, target: 'staging', id: scene.id, sent: true });
    const stored = await repositoryOf(scene).readManifest(scene.revision, never);
    expect(stored?.descriptor.digest).toBe(promoted.digest);
    expect(promoted.image).toBe(`${between.address}/${scene.image}@${promoted.digest}`);
    expect(JSON.parse(Buffer.from(stored?.bytes ?? []).toString())).toMatchObject({ config: { digest: scene.id } });
    expect((await repositoryOf(scene).findManifest('staging', never))?.digest).toBe(promoted.digest);

    between.asked.length = 0;
    expect(await run(scene)).toMatchObject({ digest: promoted.digest, sent: false });
    expect(between.asked.filter(({ method }) => !['GET', 'HEAD'].includes(method))).toEqual([]);
  });

  test('carries evidence that verifies anywhere by the public key, from the registry alone', async () => {
    const scene = await ready();
    // As a CI checks out: on no branch.
    await git(scene.directory, 'checkout', '--quiet', '--detach');
    await git(scene.directory, 'branch', '--quiet', '-D', 'main');
    const { digest } = await run(scene);
    const known = await showEvidence({ directory: scene.directory, reference: `${server.address}/${scene.image}@${digest}` }, scene.ports, never);
    expect(known).toMatchObject({ schema: 1, digest, id: scene.id, revision: scene.revision, dirty: false, platforms: ['linux/amd64'], verified: true, stages: [{ stage: 'unit', tests: 3 }, { stage: 'integration' }] });
    const keys = await evidenceKeys(await readDeclared(scene.directory, scene.ports), scene.ports);
    const trusting = await releaseScene({ 'backlot.yaml': FILE(server.address, 'evidence: { trust: [ann.pub] }\n'), 'ann.pub': publicKeyOf(keys.own) });
    const elsewhere = await showEvidence({ directory: trusting.directory, reference: known.image }, trusting.ports, never);
    expect(elsewhere).toMatchObject({ verified: true, attestations: [{ state: 'trusted', key: keyIdOf(publicKeyOf(keys.own), 'x') }] });
    const stranger = await releaseScene({ 'backlot.yaml': FILE() });
    expect(await showEvidence({ directory: stranger.directory, reference: known.image }, stranger.ports, never)).toMatchObject({ verified: false, stages: [], attestations: [{ state: 'foreign' }] });
  });

  test('counts what passed elsewhere by a trusted key, without the image on this engine, and moves no byte of it', async () => {
    const scene = await releaseScene({ 'backlot.yaml': FILE(server.address, 'evidence: { trust: [ann.pub] }\n') + '  production: { requires: [unit, integration] }\n', 'ann.pub': '' });
    const { own } = await evidenceKeys(await readDeclared(scene.directory, { ...scene.ports }), { ...scene.ports, files: { ...scene.ports.files, read: async () => Promise.resolve(Buffer.from(PEM)) } });
    await scene.write({ 'ann.pub': publicKeyOf(own) });
    const revision = await scene.commit();
    scene.pass(await scene.build(revision), revision, 'unit', 'integration');
    const { digest } = await run(scene);
    await docker('image', 'rm', '-f', `${scene.image}:${revision}`);
    const bob = { ...scene.ports, who: 'bob@desk', localEvidence: async () => Promise.resolve(undefined), projectKey: async () => Promise.resolve(Buffer.alloc(32, 7)) };
    const promoted = await promote({ directory: scene.directory, target: 'production' }, bob, scene.work);
    expect(promoted).toMatchObject({ digest, sent: false, target: 'production' });
    expect((await repositoryOf(scene).findManifest('production', never))?.digest).toBe(digest);
    const strict = { ...bob, files: { ...bob.files, read: async (file: string, code: 'config-invalid') => (file.endsWith('.pub') ? Promise.resolve(Buffer.from(PEM)) : bob.files.read(file, code)) } };
    expect((await failureOf(promote({ directory: scene.directory, target: 'production' }, strict as typeof bob, scene.work))).also?.[0]?.message).toContain('Nobody here trusts the key');
  });

  test('says what is the matter with the registry', async () => {
    const closed = await startBetween(server.address, ({ method }) => (method === 'GET' || method === 'HEAD' ? 'pass' : { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } }));
    const scene = await ready('', closed.address);
    expect(await failureOf(run(scene))).toMatchObject({ code: 'registry-denied', fix: expect.stringContaining(`docker login ${closed.address}`) as string });
  });

  test('notices a tag that somebody moves meanwhile', async () => {
    const scene = await ready();
    const first = await run(scene);
    const later = await scene.commit('later');
    scene.pass(await scene.build(later), later, 'unit', 'integration');
    const manifest = await repositoryOf(scene).readManifest(first.digest, never);
    const push = scene.ports.engine.pushImage.bind(scene.ports.engine);
    scene.ports.engine.pushImage = async (name, onProgress, signal) => {
      const digest = await push(name, onProgress, signal);
      await repositoryOf(scene).writeManifest(later, { mediaType: manifest?.descriptor.mediaType ?? '', bytes: manifest?.bytes ?? new Uint8Array() }, never);
      return digest;
    };
    expect(await failureOf(run(scene))).toMatchObject({ code: 'registry-failed', message: expect.stringContaining('Somebody moved the tag') as string });
    expect((await failureOf(run(scene))).also?.[0]?.message).toContain('The registry has another image by this revision');
  });
});

describe('evidence that is not what it says', () => {
  test('edited, replayed, unsigned and foreign does not count, and each is told apart', async () => {
    const scene = await ready();
    const { digest } = await run(scene);
    const repository = repositoryOf(scene);
    const subject = defined(await repository.findManifest(digest, never));
    const keys = await evidenceKeys(await readDeclared(scene.directory, scene.ports), scene.ports);
    const [original] = await repository.referrers(digest, undefined, never);
    const manifest = JSON.parse(Buffer.from((await repository.readManifest(original?.digest ?? '', never))?.bytes ?? []).toString()) as { layers: { digest: string; size: number }[]; subject: object };
    const blob = async (layer: { digest: string; size: number }) => {
      const parts: Uint8Array[] = [];
      for await (const part of repository.readBlob(layer, never)) parts.push(part);
      return Buffer.concat(parts).toString();
    };
    const envelope = JSON.parse(await blob(defined(manifest.layers[0]))) as { payload: string; signatures: { keyid: string; sig: string }[] };
    const attach = async (changed: unknown) => {
      const bytes = Buffer.from(JSON.stringify(changed));
      const layer = await repository.writeBlob({ mediaType: 'application/vnd.dsse.envelope.v1+json', open: async function* () { yield await Promise.resolve(bytes); } }, never);
      const text = Buffer.from(JSON.stringify({ ...manifest, layers: [layer] }));
      const { createHash } = await import('node:crypto');
      await repository.writeManifest(`sha256:${createHash('sha256').update(text).digest('hex')}`, { mediaType: 'application/vnd.oci.image.manifest.v1+json', bytes: text }, never);
    };
    const problems = async () => (await showEvidence({ directory: scene.directory, reference: `${repository.name}@${digest}` }, scene.ports, never)).attestations.flatMap(({ state, problem }) => (problem === undefined ? [] : [`${state}: ${problem}`]));
    expect(await problems()).toEqual([]);
    const edited = Buffer.from(envelope.payload, 'base64').toString().replace('"tests":3', '"tests":9');
    await attach({ ...envelope, payload: Buffer.from(edited).toString('base64') });
    await attach({ ...envelope, signatures: [{ keyid: '0'.repeat(16), sig: envelope.signatures[0]?.sig }] });
    await attach({ ...envelope, signatures: [] });
    const stranger = { private: new Secret(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()) };
    await attachEvidence(repository, { subject, content: { project: 'x', id: scene.id, stages: [] }, key: stranger }, never);
    // Signed for another image with the right key, then hung onto this one.
    const later = await scene.commit('later');
    await scene.build(later);
    const other = await run(scene, { override: 'for its digest' });
    const [foreign] = await repository.referrers(other.digest, undefined, never);
    const replayed = JSON.parse(Buffer.from((await repository.readManifest(foreign?.digest ?? '', never))?.bytes ?? []).toString()) as { layers: { digest: string; size: number }[] };
    await attach(JSON.parse(await blob(defined(replayed.layers[0]))));
    const found = await problems();
    expect(found).toHaveLength(5);
    for (const part of ['invalid: It was changed after it was signed: its signature', 'invalid: It was changed after it was signed: it names another key', 'invalid: It is no signed statement', 'foreign: Nobody here trusts', 'invalid: It is about another image']) expect(found.join('\n')).toContain(part);
    expect((await showEvidence({ directory: scene.directory, reference: `${repository.name}@${digest}` }, scene.ports, never)).verified).toBe(false);
    expect(keys.trusted).toHaveLength(1);
  });
});
