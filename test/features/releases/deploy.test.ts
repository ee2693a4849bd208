import { createHmac, generateKeyPairSync } from 'node:crypto';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createWebhookDeployer } from '#adapters/deploy/webhook-deployer.ts';
import { z } from 'zod';
import type { Release } from '#contract/releases.ts';
import { Secret } from '#core/secret.ts';
import { publicKeyOf } from '#core/signing-key.ts';
import { deploy, rollback } from '#features/releases/deploy.ts';
import { findCandidates } from '#features/releases/candidates.ts';
import { currentOf, listReleases, listTargets } from '#features/releases/list-targets.ts';
import { createReleases } from '#features/releases/releases-methods.ts';
import { promote } from '#features/releases/promote.ts';
import { holdTarget, machineOf } from '#features/releases/hold-target.ts';
import { writeLock } from '#features/releases/stored-lock.ts';
import { readLock } from '#features/releases/target-lock.ts';
import { sealEntry } from '#features/releases/record-entries.ts';
import { readRecord, recordTag, writeRecord } from '#features/releases/registry-record.ts';
import { addPromotion, readHistory, readPromotions, readReleases, writeRelease, type PromotedImage } from '#features/releases/target-records.ts';
import { takeAim } from '#features/releases/look.ts';
import { docker, startRegistry } from '../../adapters/registry/registry-scene.ts';
import { countRunning } from '../../support/processes.ts';
import { failureOf, git, never, releaseScene, type ReleaseScene } from './release-scene.ts';

let server: { readonly id: string; readonly address: string };
beforeAll(async () => {
  server = await startRegistry();
});
afterAll(() => docker('rm', '-fv', server.id));

const FILE = (target: string) => `version: 1\nname: NAME\nbuild: { image: NAME/shop }\nregistry: ${server.address}\ntargets:\n  staging:\n    requires: [unit]\n${target.replaceAll(/^/gm, '    ')}\n`;
const LOG = 'env | grep -E "^(REVISION|PREVIOUS_REVISION|IMAGE|TARGET|RELEASE|BACKLOT_PERFORMER|BACKLOT_MODE)=" | sort | paste -sd" " >>deployed.log';

/** Promotes a new revision; what runs there later is told by its script. */
async function promoted(scene: ReleaseScene): Promise<string> {
  const revision = await scene.commit();
  scene.pass(await scene.build(revision), revision, 'unit');
  await promote({ directory: scene.directory }, scene.ports, scene.work);
  return revision;
}

const run = (scene: ReleaseScene, signal = never) => deploy({ directory: scene.directory, target: 'staging' }, scene.ports, { ...scene.work, signal });
const back = (scene: ReleaseScene, to?: string) => rollback({ directory: scene.directory, target: 'staging', ...(to !== undefined && { to }) }, scene.ports, scene.work);
const releasesOf = async (scene: ReleaseScene) => readReleases(await takeAim({ directory: scene.directory }, scene.ports), never);
const logOf = async (scene: ReleaseScene) => (await readFile(join(scene.directory, 'deployed.log'), 'utf8')).trim().split('\n');

/** A server that answers as it is told, and remembers what it was asked. */
async function listen(answer: (request: { method: string; url: string; body: string; headers: http.IncomingHttpHeaders }) => { status?: number; headers?: Record<string, string>; body?: unknown }): Promise<{ readonly url: string; readonly asked: { method: string; url: string; body: string; headers: http.IncomingHttpHeaders }[] }> {
  const asked: { method: string; url: string; body: string; headers: http.IncomingHttpHeaders }[] = [];
  const listener = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
    request.on('end', () => {
      const one = { method: request.method ?? '', url: request.url ?? '', body, headers: request.headers };
      asked.push(one);
      const { status = 200, headers = {}, body: said } = answer(one);
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(said === undefined ? '' : JSON.stringify(said));
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    listener.closeAllConnections();
    listener.close();
  });
  return { url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`, asked };
}

describe('a script', () => {
  test('gets the documented environment, and what is released is in the record, the tag and the way back', async () => {
    const scene = await releaseScene({ 'backlot.yaml': FILE(`deploy: { script: { run: '${LOG}', rollback: '${LOG}; echo back by a command of its own' } }`), '.gitignore': 'deployed.log\n' });
    const first = await promoted(scene);
    const one = await run(scene);
    expect(one).toMatchObject({ target: 'staging', revision: first, verdict: 'pass', rolledBack: false });
    expect((await logOf(scene))[0]).toBe(`BACKLOT_MODE=deploy BACKLOT_PERFORMER=ann@laptop IMAGE=${one.image} PREVIOUS_REVISION= RELEASE=${one.release} REVISION=${first} TARGET=staging`);
    const second = await promoted(scene);
    expect(await run(scene)).toMatchObject({ revision: second, previous: first });
    const aim = await takeAim({ directory: scene.directory }, scene.ports);
    const candidates = await findCandidates(aim, await releasesOf(scene), never);
    expect(candidates).toMatchObject([{ revision: first, available: true, isDefault: true, verdict: 'pass' }]);

    expect(await back(scene)).toMatchObject({ revision: first, previous: second, verdict: 'pass' });
    expect((await logOf(scene)).at(-1)).toContain(`BACKLOT_MODE=rollback BACKLOT_PERFORMER=ann@laptop IMAGE=${one.image} PREVIOUS_REVISION=${second}`);
    expect(scene.told.filter((news) => news.type === 'message' && news.text.startsWith('back by'))).toHaveLength(1);
    expect((await releasesOf(scene)).map(({ kind, state, faulty = false }) => `${kind} ${state} ${faulty}`)).toEqual(['rollback pass false', 'deploy pass true', 'deploy pass false']);
    expect((await aim.repository.findManifest('staging', never))?.digest).toBe(one.digest);
    expect(await listTargets(scene.directory, scene.ports, never)).toMatchObject([{ name: 'staging', kind: 'script', requires: ['unit'], current: { revision: first }, promoted: { revision: second } }]);
    expect(await failureOf(back(scene, 'abcdef'))).toMatchObject({ code: 'release-unknown' });
    // Images that one may want back have a tag of their own, and what was told is kept beside the record.
    expect((await aim.repository.findManifest('backlot-keep-staging-0', never))?.digest).toBe(one.digest);
    const { log } = createReleases(scene.ports);
    expect(await log({ directory: scene.directory, target: 'staging' }, never)).toMatchObject({ schema: 1, lines: [expect.stringMatching(/^\d{4}-.*Z script running$/), expect.stringContaining('back by a command of its own'), expect.stringContaining('script done')] });
    expect(await readLock(aim.repository, 'staging', never)).toBeUndefined();
  });

  test('that fails after half brings the former release back and shows its last lines without secrets', async () => {
    const scene = await releaseScene({ 'backlot.yaml': FILE(`deploy: { script: { run: 'echo "using $\${HIDDEN:-hunter2-secret}"; ${LOG}; test ! -e broken' } }`), '.gitignore': 'deployed.log\nbroken\n' }, { DEPLOY_TOKEN: 'hunter2-secret' });
    const first = await promoted(scene);
    await run(scene);
    const second = await promoted(scene);
    await scene.write({ broken: '' });
    const failure = await failureOf(run(scene));
    // The script fails on the way back as well.
    expect(failure).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining('ended with 1') as string, fix: expect.stringMatching(/The way back to \w{12} failed: The deploy script ended with 1\. Look at what serves on staging/) as string, result: { verdict: 'fail', rolledBack: false, revision: second, previous: first } });
    expect(JSON.stringify([failure, scene.told])).not.toContain('hunter2-secret');
    expect(scene.told).toContainEqual(expect.objectContaining({ text: 'using [secret]' }));
    expect((await releasesOf(scene))[0]).toMatchObject({ state: 'fail', rolledBack: false, reason: expect.stringContaining(`; the way back to ${first.slice(0, 12)} failed`) as string });
  });

  test('that hangs is ended with all that it started, and one that is cancelled is rolled back', async () => {
    const scene = await releaseScene({ 'backlot.yaml': FILE(`deploy: { script: { run: '${LOG}; test ! -e hang || test $$BACKLOT_MODE = rollback || { sleep 77 & sleep 77; }', timeout: 2500ms } }`), '.gitignore': 'deployed.log\nhang\n' });
    const first = await promoted(scene);
    await run(scene);
    await promoted(scene);
    await scene.write({ hang: '' });
    expect(await failureOf(run(scene))).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining('did not end within 2.5 s') as string, result: { rolledBack: true } });
    expect((await logOf(scene)).at(-1)).toContain(` REVISION=${first}`);
    expect(await countRunning('sleep', '77')).toBe(0);
    const cancel = new AbortController();
    const cancelled = failureOf(run(scene, cancel.signal));
    scene.told.length = 0;
    const begun = setInterval(() => scene.told.some((news) => news.type === 'instance' && news.state === 'running') && cancel.abort(), 20);
    expect(await cancelled).toMatchObject({ code: 'cancelled', result: { rolledBack: true } });
    clearInterval(begun);
    expect((await releasesOf(scene)).slice(0, 2).map(({ state, rolledBack }) => [state, rolledBack])).toEqual([['cancelled', true], ['fail', true]]);
  });

  test('is not run for what was not promoted, nor while another works on the target', async () => {
    const scene = await releaseScene({ 'backlot.yaml': FILE(`deploy: { script: { run: '${LOG}; while test -e wait; do sleep 0.05; done' } }`), '.gitignore': 'deployed.log\nwait\n' });
    expect(await failureOf(run(scene))).toMatchObject({ code: 'gate-refused', message: expect.stringContaining('Nothing was promoted') as string });
    const revision = await promoted(scene);
    await scene.write({ wait: '' });
    const running = run(scene);
    const other: ReleaseScene = { ...scene, ports: { ...scene.ports, machine: 'another', who: 'bob@desk', store: { ...scene.ports.store, withLock: async (_where, _wait, work) => work() } } };
    while (!scene.told.some((news) => news.type === 'instance')) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await failureOf(run(other))).toMatchObject({ code: 'target-locked', message: expect.stringContaining('locked by ann@laptop') as string });
    await rm(join(scene.directory, 'wait'));
    expect(await running).toMatchObject({ revision });
    expect(await logOf(scene)).toHaveLength(1);
  });

  test('runs once where two machines deploy and two promote at the same moment', async () => {
    const scene = await releaseScene({ 'backlot.yaml': FILE(`deploy: { script: { run: '${LOG}; sleep 1' } }`), '.gitignore': 'deployed.log\n' });
    const revision = await scene.commit();
    scene.pass(await scene.build(revision), revision, 'unit');
    const other: ReleaseScene = { ...scene, ports: { ...scene.ports, machine: 'another', who: 'bob@desk', store: { ...scene.ports.store, withLock: async (_where, _wait, work) => work() } } };
    const promotions = await Promise.all([scene, other].map(({ ports, work, directory }) => promote({ directory }, ports, work)));
    expect(new Set(promotions.map(({ digest }) => digest)).size).toBe(1);
    const outcomes = await Promise.allSettled([run(scene), run(other)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'target-locked' } });
    expect(await logOf(scene)).toHaveLength(1);
    expect((await releasesOf(scene)).map(({ state }) => state)).toEqual(['pass']);
  });

  test('whose Backlot was killed in the middle is found by the next, which brings the target in order', async () => {
    const scene = await releaseScene({ 'backlot.yaml': FILE(`deploy: { script: { run: '${LOG}' } }`), '.gitignore': 'deployed.log\n' });
    const first = await promoted(scene);
    const one = await run(scene);
    const aim = await takeAim({ directory: scene.directory }, scene.ports);
    const [{ ended: _, ...before } = one as never] = await releasesOf(scene);
    await writeRelease(aim, { ...before, release: 'rel-killed', state: 'running', revision: 'f'.repeat(40), digest: `sha256:${'f'.repeat(64)}`, started: new Date().toISOString() }, never);
    // Who looks before that is told of it, unless somebody works on the target: here, or by the registry's lock.
    const states = async () => (await listReleases({ directory: scene.directory }, scene.ports, never)).map(({ state }) => state);
    expect(await states()).toEqual(['interrupted', 'pass']);
    expect(await listTargets(scene.directory, scene.ports, never)).toMatchObject([{ current: { revision: first }, interrupted: { release: 'rel-killed' } }]);
    const elsewhere = { ...scene.ports, machine: 'another', store: { ...scene.ports.store, lockOwner: async () => Promise.resolve(undefined) } };
    for (const ports of [scene.ports, elsewhere]) expect(await holdTarget({ aim, reason: 'deploys' }, scene.ports, scene.work, () => listReleases({ directory: scene.directory }, ports, never))).toMatchObject([{ state: 'running' }, {}]);
    await writeLock({ repository: aim.repository, target: 'staging', owner: 'ann', reason: 'deploys', machine: await machineOf(aim, scene.ports) }, { token: 'left', milliseconds: 60_000 }, never);
    expect(await states()).toEqual(['interrupted', 'pass']);
    expect(await run(scene)).toMatchObject({ revision: first, previous: first, verdict: 'pass' });
    expect(scene.told).toContainEqual(expect.objectContaining({ type: 'message', text: expect.stringContaining('rel-killed') as string }));
    expect((await releasesOf(scene)).map(({ state }) => state)).toEqual(['pass', 'interrupted', 'pass']);
  });
});

describe('what serves', () => {
  const KPI = '\nkpi: { window: 600ms, interval: 100ms, checks: [{ name: load, command: cat load, max: 1 }, { name: rise, command: echo 1, over: previous, max: 50% }] }';

  test('is what was rolled out last, whatever became of its watch, and no way leads back to a faulty release', async () => {
    const scene = await releaseScene({ 'backlot.yaml': FILE(`deploy: { script: { run: '${LOG}; test $$BACKLOT_MODE = rollback || test ! -e broken' } }${KPI}`), '.gitignore': 'deployed.log\nbroken\nload\n', load: '0' });
    const first = await promoted(scene);
    // There is none before it to hold it against.
    await failureOf(run(scene));
    const second = await promoted(scene);
    await run(scene);
    await scene.write({ load: '9' });
    const { repository } = await takeAim({ directory: scene.directory }, scene.ports);
    const tagged = async () => (await repository.findManifest('staging', never))?.digest;
    expect(await failureOf(back(scene, first))).toMatchObject({ code: 'deploy-failed', fix: expect.stringContaining('It stays') as string, result: { revision: first, rolledBack: false } });
    expect(await tagged()).toBe((await releasesOf(scene))[0]?.digest);
    expect(await listTargets(scene.directory, scene.ports, never)).toMatchObject([{ current: { revision: first, kind: 'rollback', state: 'fail' } }]);
    await promoted(scene);
    await scene.write({ broken: '', load: '0' });
    expect(await failureOf(run(scene))).toMatchObject({ result: { rolledBack: true, previous: first } });
    expect((await logOf(scene)).at(-1)).toContain(` REVISION=${first}`);
    expect((await logOf(scene)).filter((line) => line.includes(` REVISION=${second}`))).toHaveLength(1);
    expect(currentOf(await releasesOf(scene))?.revision).toBe(first);
    // Cancelled when all of it was rolled out: from a way back there is none.
    const cancel = new AbortController();
    const tell: ReleaseScene['work']['tell'] = (news) => void (news.type === 'instance' && news.state === 'done' && cancel.abort());
    expect(await failureOf(rollback({ directory: scene.directory, target: 'staging', to: second }, scene.ports, { ...scene.work, tell, signal: cancel.signal }))).toMatchObject({ code: 'cancelled', result: { rolledBack: false } });
    expect(await tagged()).toBe((await releasesOf(scene))[0]?.digest);
    expect(await listTargets(scene.directory, scene.ports, never)).toMatchObject([{ current: { revision: second, state: 'cancelled' } }]);
  });

  test('has the data of every release since, whatever became of it, of which each way back warns', async () => {
    const scene = await releaseScene({ 'backlot.yaml': FILE("deploy: { script: { run: 'test $$BACKLOT_MODE = rollback || test ! -e broken' } }"), '.gitignore': 'broken\n' });
    const first = await promoted(scene);
    await run(scene);
    const second = await promoted(scene);
    await scene.write({ broken: '' });
    expect(await failureOf(deploy({ directory: scene.directory, target: 'staging', content: 'data' }, scene.ports, scene.work))).toMatchObject({ result: { rolledBack: true } });
    expect(scene.told).toContainEqual(expect.objectContaining({ level: 'warning', text: `${second.slice(0, 12)} changed data, which stays changed: the older program has to cope with that` }));
    await promoted(scene);
    await rm(join(scene.directory, 'broken'));
    await run(scene);
    const aim = await takeAim({ directory: scene.directory }, scene.ports);
    expect(await findCandidates(aim, await releasesOf(scene), never)).toMatchObject([{ revision: first, dataBetween: [second], isDefault: true }]);
  });

  test('is not touched by a release that was cancelled before it began', async () => {
    const scene = await releaseScene({ 'backlot.yaml': FILE(`deploy: { script: { run: '${LOG}' } }${KPI}`), '.gitignore': 'deployed.log\nload\n', load: '0' });
    const first = await promoted(scene);
    // There is none before it to hold it against.
    await failureOf(run(scene));
    await promoted(scene);
    const cancel = new AbortController();
    const cancelled = failureOf(run(scene, cancel.signal));
    await expect.poll(async () => (await releasesOf(scene)).map(({ state }) => state), { interval: 50, timeout: 10_000 }).toContain('running');
    cancel.abort();
    expect(await cancelled).toMatchObject({ code: 'cancelled', result: { rolledBack: false } });
    expect(await logOf(scene)).toHaveLength(1);
    expect(currentOf(await releasesOf(scene))?.revision).toBe(first);
    // Killed before it pointed the tag at what it had released: the next begins with that.
    const { repository } = await takeAim({ directory: scene.directory }, scene.ports);
    const other = await repository.readManifest((await git(scene.directory, 'rev-parse', 'HEAD')), never);
    await repository.writeManifest('staging', { mediaType: other?.descriptor.mediaType ?? '', bytes: other?.bytes ?? new Uint8Array() }, never);
    expect(await failureOf(back(scene))).toMatchObject({ code: 'release-unknown' });
    expect((await repository.findManifest('staging', never))?.digest).toBe((await releasesOf(scene)).at(-1)?.digest);
  });

  test('is told of a promotion whose Backlot was killed before it had told', async () => {
    const hook = await listen(() => ({}));
    const scene = await releaseScene({ 'backlot.yaml': `${FILE('platform: linux/amd64')}notify: [{ slack: { env: HOOK } }]\n` }, { HOOK: hook.url });
    await promoted(scene);
    expect(hook.asked).toHaveLength(1);
    const aim = await takeAim({ directory: scene.directory }, scene.ports);
    const [entry] = await readPromotions(aim, never);
    await addPromotion(aim, { ...(entry as PromotedImage), told: false }, never);
    for (const _ of [1, 2]) await promote({ directory: scene.directory }, scene.ports, scene.work);
    expect(hook.asked).toHaveLength(2);
  });
});

describe('the gate before a deployment', () => {
  test('takes no evidence of another revision, and an override for nothing but what it was given for', async () => {
    const scene = await releaseScene({ 'backlot.yaml': FILE(`deploy: { script: { run: '${LOG}' } }`), '.gitignore': 'deployed.log\n' });
    const revision = await scene.commit();
    scene.pass(await scene.build(revision), revision, 'unit');
    const { digest } = await promote({ directory: scene.directory }, scene.ports, scene.work);
    const aim = await takeAim({ directory: scene.directory }, scene.ports);
    // Somebody who is believed promotes the same image under another revision's name.
    await addPromotion(aim, { revision: 'e'.repeat(40), digest, id: '', who: 'bob', time: new Date().toISOString() }, never);
    expect(await failureOf(run(scene))).toMatchObject({ code: 'gate-refused', also: [{ message: `it is of revision ${revision}` }] });
    const later = await scene.commit();
    await scene.build(later);
    await promote({ directory: scene.directory, override: 'the shop is down' }, scene.ports, scene.work);
    expect(await run(scene)).toMatchObject({ revision: later });
    await scene.write({ 'backlot.yaml': FILE(`deploy: { script: { run: '${LOG}' } }`).replace('[unit]', '[unit, integration]') });
    expect(await failureOf(run(scene))).toMatchObject({ code: 'gate-refused', message: expect.stringContaining('none for integration that') as string });
  });
});

describe('the record of a target', () => {
  const release = async (scene: ReleaseScene, index: number) => (await releasesOf(scene))[index] as Release;

  test('brings a command only where somebody who is believed signed it, with the variables of then not filled in', async () => {
    const scene = await releaseScene({ 'backlot.yaml': FILE("deploy: { script: { run: 'echo ${WORD} >>deployed.log' } }"), '.gitignore': 'deployed.log\n.env\n', '.env': 'WORD=hunter2-one\n' });
    await promoted(scene);
    await run(scene);
    const aim = await takeAim({ directory: scene.directory }, scene.ports);
    const stored = await readRecord(aim.repository, recordTag('releases', 'staging'), z.object({ entries: z.array(z.record(z.string(), z.unknown())) }), never);
    expect(Buffer.from(String(stored?.entries[0]?.['payload']), 'base64').toString()).toContain('echo ${WORD}');
    await promoted(scene);
    await run(scene);
    await scene.write({ '.env': 'WORD=two\n' });
    await back(scene);
    expect(await logOf(scene)).toEqual(['hunter2-one', 'hunter2-one', 'two']);
    await rm(join(scene.directory, '.env'));
    await scene.write({ 'backlot.yaml': FILE('deploy: { script: { run: "echo today >>deployed.log" } }') });
    expect(await failureOf(back(scene, (await release(scene, 1)).revision))).toMatchObject({ code: 'config-invalid', message: expect.stringContaining('WORD') as string });
    expect(await logOf(scene)).toHaveLength(3);
  });

  test('is not taken from who may push: unsigned, foreign, edited and of another target', async () => {
    const scene = await releaseScene({ 'backlot.yaml': FILE(`deploy: { script: { run: '${LOG}' } }`), '.gitignore': 'deployed.log\n' });
    const first = await promoted(scene);
    await run(scene);
    const good = await release(scene, 0);
    await promoted(scene);
    await run(scene);
    const aim = await takeAim({ directory: scene.directory }, scene.ports);
    const tag = recordTag('releases', 'staging');
    const { entries } = (await readRecord(aim.repository, tag, z.object({ entries: z.array(z.unknown()) }), never)) ?? { entries: [] };
    const stranger = { ...aim, keys: { ...aim.keys, own: { private: new Secret(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()) } } };
    const evil = (id: string) => ({ ...good, release: id, started: new Date().toISOString(), deploy: { script: { run: 'echo evil >>deployed.log' } } });
    const edited = { ...(entries[1] as { payload: string }) };
    edited.payload = Buffer.from(Buffer.from(edited.payload, 'base64').toString().replace('deployed.log', 'deployed.lag')).toString('base64');
    await writeRecord(aim.repository, tag, { schema: 2, entries: [entries[0], evil('rel-plain'), sealEntry('releases', evil('rel-foreign'), stranger), edited, sealEntry('releases', evil('rel-elsewhere'), { ...aim, name: 'production' }), ...entries.slice(1)] }, never);
    const history = await readHistory(aim, never);
    expect(history.problems).toEqual([expect.stringContaining('changed after it was signed'), expect.stringContaining('of another record')]);
    expect(history.releases.map(({ release: id, trust, deploy }) => `${id.slice(0, 6)} ${trust} ${deploy !== undefined}`).slice(1, 3)).toEqual(['rel-pl unsigned false', 'rel-fo foreign false']);
    expect(await back(scene, 'rel-plain')).toMatchObject({ revision: first });
    expect((await logOf(scene)).join()).not.toContain('evil');
    // Where the project says whom it believes, nobody else counts at all.
    await scene.write({ 'backlot.yaml': FILE(`deploy: { script: { run: '${LOG}' } }`).replace('registry:', 'evidence: { trust: [ann.pub] }\nregistry:'), 'ann.pub': publicKeyOf(aim.keys.own) });
    expect((await releasesOf(scene)).map(({ release: id }) => id)).not.toContain('rel-foreign');
    expect(await failureOf(back(scene, 'rel-foreign'))).toMatchObject({ code: 'release-unknown' });
    expect((await listReleases({ directory: scene.directory }, scene.ports, never)).find(({ release: id }) => id === 'rel-foreign')).toMatchObject({ problem: 'Nobody here trusts the key that it is signed with' });
  });

  test('that nobody signed brings an image back only with evidence of its own', async () => {
    const scene = await releaseScene({ 'backlot.yaml': FILE(`deploy: { script: { run: '${LOG}' } }`), '.gitignore': 'deployed.log\n' });
    await promoted(scene);
    const { image } = await run(scene);
    const aim = await takeAim({ directory: scene.directory }, scene.ports);
    const other = await scene.build(await scene.commit(), 'never tested');
    const name = `${image.split('@')[0]}:untested`;
    await docker('tag', other, name);
    const digest = await scene.ports.engine.pushImage(name, () => {}, never);
    await writeRelease(aim, { ...(await release(scene, 0)), trust: 'unsigned', release: 'rel-untested', serves: 'rel-untested', digest, started: new Date(0).toISOString() }, never);
    await run(scene);
    expect(scene.told).toContainEqual(expect.objectContaining({ text: expect.stringContaining('There is no way back') as string }));
    expect(await failureOf(back(scene, 'rel-untested'))).toMatchObject({ code: 'gate-refused' });
    expect(await logOf(scene)).toHaveLength(2);
  });
});

describe('an infrastructure repository', () => {
  test('gets exactly one commit for each release, on top of what others pushed', async () => {
    const scene = await releaseScene({ 'backlot.yaml': FILE('deploy: { git: { repository: NAME-REMOTE, branch: main, render: { deploy/shop.yaml.tmpl: shop/shop.yaml } } }'), 'deploy/shop.yaml.tmpl': 'image: ${IMAGE}\nrevision: ${REVISION}\nkept: $${HOME}\n' });
    const infra = `${scene.remote}-infra`;
    await git(scene.directory, 'init', '--quiet', '--bare', '--initial-branch=main', infra);
    const other = `${infra}-other`;
    await git(scene.directory, 'clone', '--quiet', infra, other);
    await git(other, 'commit', '--quiet', '--allow-empty', '-m', 'begin');
    await git(other, 'push', '--quiet', 'origin', 'HEAD:main');
    await scene.write({ 'backlot.yaml': (await readFile(join(scene.directory, 'backlot.yaml'), 'utf8')).replace(/repository: \S+,/, `repository: ${infra},`) });
    const first = await promoted(scene);
    const one = await run(scene);
    const show = (path: string) => git(infra, 'show', `main:${path}`);
    expect(await show('shop/shop.yaml')).toBe(`image: ${one.image}\nrevision: ${first}\nkept: \${HOME}`);
    await git(other, 'pull', '--quiet', '--rebase', 'origin', 'main');
    await git(other, 'commit', '--quiet', '--allow-empty', '-m', 'theirs');
    await git(other, 'push', '--quiet', 'origin', 'HEAD:main');
    const second = await promoted(scene);
    await run(scene);
    await back(scene);
    expect((await git(infra, 'log', '--format=%s', 'main')).split('\n')).toEqual([`Roll back ${scene.image.split('/')[0]} ${first.slice(0, 12)} to staging`, `Release ${scene.image.split('/')[0]} ${second.slice(0, 12)} to staging`, 'theirs', `Release ${scene.image.split('/')[0]} ${first.slice(0, 12)} to staging`, 'begin']);
    expect(await git(infra, 'log', '-1', '--format=%an%n%b', 'main')).toContain(`ann@laptop\nImage: ${one.image}`);

    await writeFile(join(infra, 'hooks/pre-receive'), '#!/bin/sh\necho protected branch >&2; exit 1\n');
    await chmod(join(infra, 'hooks/pre-receive'), 0o755);
    await promoted(scene);
    expect(await failureOf(run(scene))).toMatchObject({ code: 'deploy-failed', fix: expect.stringContaining('is protected') as string, result: { rolledBack: true } });
    await scene.write({ 'deploy/shop.yaml.tmpl': 'image: ${IMAGES}\n' });
    await promoted(scene);
    expect(await failureOf(run(scene))).toMatchObject({ code: 'config-invalid', message: expect.stringContaining('${IMAGES}') as string });
  });
});

describe('a webhook', () => {
  test('is signed, tried again until it is accepted once, and asked for its outcome', async () => {
    let refusals = 2;
    let looks = 0;
    let status = '/status/1';
    const hook = await listen(({ method }) => {
      if (method === 'POST') return refusals-- > 0 ? { status: 500 } : { status: 202, body: { status_url: status } };
      return { body: looks++ < 2 ? { state: 'running' } : { state: 'success', link: 'http://deploys.example/1' } };
    });
    const scene = await releaseScene({ 'backlot.yaml': FILE('deploy: { webhook: { url: {env: HOOK_URL}, secret: {env: HOOK_SECRET} } }') }, { HOOK_URL: `${hook.url}/hook`, HOOK_SECRET: 'a secret of mine' });
    const revision = await promoted(scene);
    // What cannot begin is no release that failed.
    const secretless = { ...scene.ports, secrets: { ...scene.ports.secrets, environment: (name: string) => (name === 'HOOK_URL' ? hook.url : undefined) } };
    expect(await failureOf(deploy({ directory: scene.directory, target: 'staging' }, secretless, scene.work))).toMatchObject({ message: expect.stringContaining('HOOK_SECRET has no value') as string });
    expect([hook.asked, await releasesOf(scene)]).toEqual([[], []]);
    expect(await run(scene)).toMatchObject({ revision, verdict: 'pass', link: 'http://deploys.example/1' });
    const posts = hook.asked.filter(({ method }) => method === 'POST');
    expect(posts).toHaveLength(3);
    for (const { body, headers } of posts) expect(headers['x-backlot-signature']).toBe(`sha256=${createHmac('sha256', 'a secret of mine').update(body).digest('hex')}`);
    expect(new Set(posts.map(({ headers }) => headers['x-backlot-delivery'])).size).toBe(1);
    expect(JSON.parse(posts[0]?.body ?? '')).toMatchObject({ schema: 1, target: 'staging', revision, mode: 'deploy', performer: 'ann@laptop' });
    expect(hook.asked.filter(({ method }) => method === 'GET').map(({ url }) => url)).toEqual(['/status/1', '/status/1', '/status/1']);
    status = 'http://';
    await promoted(scene);
    expect(await failureOf(run(scene))).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining('address of its status is none: http://') as string });
  });

  test('of Jenkins is followed from the queue to the build to its result', async () => {
    let result = 'SUCCESS';
    let queued = 0;
    let built = 0;
    const jenkins = await listen(({ method, url }) => {
      if (method === 'POST') return { status: 201, headers: { location: '/queue/item/7/' } };
      if (url === '/queue/item/7/api/json') return { body: queued++ === 0 ? { why: 'Waiting for next available executor' } : { executable: { url: 'http://jenkins.internal/job/deploy/12/' } } };
      return { body: built++ === 0 ? { building: true, result: null } : { building: false, result, url: 'http://jenkins.internal/job/deploy/12/' } };
    });
    const scene = await releaseScene({ 'backlot.yaml': FILE('deploy: { webhook: { url: {env: JENKINS_URL}, secret: {env: JENKINS_USER}, kind: jenkins } }') }, { JENKINS_URL: `${jenkins.url}/job/deploy`, JENKINS_USER: 'ann:token-of-ann' });
    const revision = await promoted(scene);
    expect(await run(scene)).toMatchObject({ revision, link: 'http://jenkins.internal/job/deploy/12/' });
    const [post] = jenkins.asked;
    expect(post).toMatchObject({ method: 'POST', url: '/job/deploy/buildWithParameters', headers: { authorization: `Basic ${Buffer.from('ann:token-of-ann').toString('base64')}` } });
    expect(Object.fromEntries(new URLSearchParams(post?.body))).toMatchObject({ REVISION: revision, TARGET: 'staging', BACKLOT_PERFORMER: 'ann@laptop' });
    expect(scene.told).toContainEqual(expect.objectContaining({ type: 'instance', instance: 'jenkins', state: 'waiting', why: 'Waiting for next available executor' }));
    [result, queued, built] = ['FAILURE', 0, 0];
    const second = await promoted(scene);
    expect(await failureOf(run(scene))).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining('FAILURE') as string, result: { revision: second, previous: revision } });
  });

  test('of Jenkins is not called again where the answer was lost, and gets its secret only at its own address', async () => {
    let calls = 0;
    const jenkins = await listen(({ method, url }) => {
      if (url.includes('tree=')) return { status: 403 };
      if (method === 'POST') return calls++ === 0 ? { status: 504 } : { status: 201, headers: { location: 'http://127.0.0.1:9/queue/item/7/' } };
      return { body: { cancelled: true } };
    });
    const settings = { url: `${jenkins.url.replace('//', '//ann:token-of-ann@')}/job/deploy`, kind: 'jenkins' } as const;
    const order = { release: 'rel-1', project: 'shop', directory: '/', files: '/', target: 'staging', revision: 'abc', image: 'x@sha256:1', who: 'ann', mode: 'deploy' } as const;
    const work = { signal: never, tell: () => {}, secret: async (reference: unknown) => Promise.resolve(String(reference)), redact: (text: string) => text };
    const call = () => failureOf(createWebhookDeployer().deploy(settings, order, work));
    expect(await call()).toMatchObject({ code: 'deploy-failed', message: 'It is not known whether Jenkins took the call: it answers 504' });
    expect(calls).toBe(1);
    expect(await call()).toMatchObject({ message: expect.stringContaining('cancelled in the queue') as string });
    expect(jenkins.asked.filter(({ url }) => !url.includes('tree=')).map(({ method, url, headers: { authorization } }) => `${method} ${url} ${authorization}`).slice(1)).toEqual(['POST /job/deploy/buildWithParameters', 'GET /queue/item/7/api/json'].map((one) => `${one} Basic ${Buffer.from('ann:token-of-ann').toString('base64')}`));
  });

  const ORDER = { release: 'rel-1', project: 'shop', directory: '/', files: '/', target: 'staging', revision: 'abc', image: 'x@sha256:1', who: 'ann', mode: 'deploy' } as const;
  const HOOK_WORK = { signal: never, tell: () => {}, secret: async (reference: unknown) => Promise.resolve(String(reference)), redact: (text: string) => text };

  test.each([
    ['that fails once takes the second call, and runs once', 500, 'nowhere', 2],
    ['whose answer was lost on the way runs once: it is found in the queue', 504, 'queue', 1],
    ['that fails after it began runs once: it is found among the builds', 500, 'builds', 1],
  ] as const)('of Jenkins %s', async (_title, status, where, calls) => {
    const ours = [{ actions: [{}, null, { parameters: [{ name: 'TARGET', value: 'staging' }, { name: 'RELEASE', value: 'rel-1' }] }] }];
    const others = [{ actions: [{ parameters: [{ name: 'RELEASE', value: 'rel-0' }] }] }];
    let posts = 0;
    const jenkins = await listen(({ method, url }) => {
      if (method === 'POST') return ++posts === 1 ? { status } : { status: 201, headers: { location: '/ci/queue/item/7/' } };
      if (url.startsWith('/ci/queue/api/json?tree=')) return { body: { items: (where === 'queue' ? ours : others).map((one) => ({ id: 7, ...one })) } };
      if (url.startsWith('/ci/job/team/job/deploy/api/json?tree=')) return { body: { builds: (where === 'builds' ? ours : others).map((one) => ({ url: 'http://jenkins.internal/ci/job/team/job/deploy/12/', ...one })) } };
      if (url === '/ci/queue/item/7/api/json') return { body: { executable: { url: 'http://jenkins.internal/ci/job/team/job/deploy/12/' } } };
      return url === '/ci/job/team/job/deploy/12/api/json' ? { body: { building: false, result: 'SUCCESS', url: 'http://jenkins.internal/12/' } } : { status: 404 };
    });
    expect(await createWebhookDeployer().deploy({ url: `${jenkins.url}/ci/job/team/job/deploy`, kind: 'jenkins' }, ORDER, HOOK_WORK)).toEqual({ link: 'http://jenkins.internal/12/' });
    expect(posts).toBe(calls);
  });

  test.each([
    ['that fails once takes the second call', 500, 'none since', 2],
    ['whose answer was lost on the way is found by its title', 504, 'ours', 1],
    ['whose answer was lost is not started again where another run began meanwhile', 500, 'another', 1],
    ['that failed after it took the call runs once: it is listed some seconds later', 500, 'late', 1],
  ] as const)('of GitHub %s', async (_title, status, listed, calls) => {
    let [posts, looks] = [0, 0];
    const api = await listen(({ method }) => {
      if (method === 'POST') return { status: ++posts === 1 ? status : 204 };
      looks += 1;
      const one = { status: 'completed', conclusion: 'success', html_url: 'https://github.example/runs/2', created_at: new Date().toISOString() };
      const runs = { 'none since': posts === 1 ? [{ ...one, created_at: new Date(Date.now() - 60_000).toISOString(), display_title: 'before' }] : [{ ...one, display_title: 'Deploy rel-1' }], ours: [{ ...one, display_title: 'Deploy rel-1' }], late: looks < 4 ? [] : [{ ...one, display_title: 'Deploy rel-1' }], another: [{ ...one, display_title: 'Deploy' }] }[listed];
      return { body: { workflow_runs: runs } };
    });
    const deployed = createWebhookDeployer().deploy({ url: `${api.url}/repos/acme/shop/actions/workflows/deploy.yml/dispatches`, kind: 'github' }, ORDER, HOOK_WORK);
    if (listed === 'another') expect(await failureOf(deployed)).toMatchObject({ code: 'deploy-failed', message: 'It is not known whether GitHub took the call: it answers 500' });
    else expect(await deployed).toEqual({ link: 'https://github.example/runs/2' });
    expect(posts).toBe(calls);
  }, 20_000);

  test('of GitHub starts the workflow and follows the run that names the release', async () => {
    let release = '';
    const api = await listen(({ method, body }) => {
      if (method === 'POST') {
        ({ release } = (JSON.parse(body) as { inputs: { release: string } }).inputs);
        return { status: 204 };
      }
      const run_ = { status: 'completed', created_at: new Date().toISOString() };
      return { body: { workflow_runs: [{ ...run_, conclusion: 'failure', display_title: 'another' }, { ...run_, conclusion: 'success', display_title: `Deploy ${release}`, html_url: 'https://github.example/runs/2' }] } };
    });
    const scene = await releaseScene({ 'backlot.yaml': FILE('deploy: { webhook: { url: {env: WORKFLOW}, secret: {env: TOKEN}, kind: github } }') }, { WORKFLOW: `${api.url}/repos/acme/shop/actions/workflows/deploy.yml/dispatches?ref=release`, TOKEN: 'ghp_of_ann_1234' });
    const revision = await promoted(scene);
    expect(await run(scene)).toMatchObject({ revision, link: 'https://github.example/runs/2' });
    expect(api.asked[0]).toMatchObject({ method: 'POST', url: '/repos/acme/shop/actions/workflows/deploy.yml/dispatches', headers: { authorization: 'Bearer ghp_of_ann_1234', 'x-github-api-version': '2022-11-28' } });
    expect(JSON.parse(api.asked[0]?.body ?? '')).toMatchObject({ ref: 'release', inputs: { revision, target: 'staging', mode: 'deploy' } });
  });
});

describe('the watch', () => {
  const WATCHED = (url: string) => FILE(`deploy: { script: { run: '${LOG}' } }\nkpi: { window: 1500ms, interval: 100ms, checks: [{ name: health, http: { url: "${url}/health", p95: 400ms } }] }`);

  test('rolls a release back whose answers become errors, before the window is over, and passes a good one', async () => {
    let state = 200;
    const shop = await listen(() => ({ status: state }));
    const scene = await releaseScene({ 'backlot.yaml': WATCHED(shop.url), '.gitignore': 'deployed.log\n' });
    const first = await promoted(scene);
    const good = await run(scene);
    expect(good).toMatchObject({ verdict: 'pass', kpi: [{ check: 'health', verdict: 'pass', bound: 'p95 at most 400ms' }] });
    expect(good.kpi[0]?.samples).toBeGreaterThan(5);
    const second = await promoted(scene);
    state = 503;
    const failure = await failureOf(run(scene));
    expect(failure).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining('answers are errors') as string, result: { revision: second, previous: first, verdict: 'fail', rolledBack: true, kpi: [{ verdict: 'fail', samples: 3 }] } });
    expect((await logOf(scene)).at(-1)).toContain(` REVISION=${first}`);
    expect(scene.told).toContainEqual(expect.objectContaining({ type: 'kpi', check: 'health', state: 'over' }));
    const aim = await takeAim({ directory: scene.directory }, scene.ports);
    expect((await aim.repository.findManifest('staging', never))?.digest).toBe(good.digest);
    expect((await releasesOf(scene))[0]).toMatchObject({ state: 'fail', rolledBack: true, reason: expect.stringContaining('health') as string });
  });

  test('does not take a source that is down or answers nonsense for a pass: it stays, and is told', async () => {
    const prometheus = await listen(() => ({ body: { status: 'success', data: { resultType: 'vector', result: [{ value: [1, 'NaN'] }] } } }));
    const checks = `[{ name: nonsense, prometheus: { url: "${prometheus.url}", query: up }, max: 1 }, { name: proxy, haproxy: { backend: shop, metric: error-rate, socket: /nonesuch.sock }, max: 1% }, { name: words, command: [echo, many], min: 2 }]`;
    const scene = await releaseScene({ 'backlot.yaml': FILE(`deploy: { script: { run: '${LOG}' } }\nkpi: { window: 500ms, interval: 100ms, checks: ${checks} }`), '.gitignore': 'deployed.log\n' });
    await promoted(scene);
    const failure = await failureOf(run(scene));
    expect(failure).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining('could not be told') as string, result: { verdict: 'inconclusive', rolledBack: false } });
    for (const part of ['no number', 'HAProxy does not answer', 'printed no number']) expect(failure.message).toContain(part);
    expect(await logOf(scene)).toHaveLength(1);
  });

  test('ends a roll whose answers become errors in its middle, and goes back', async () => {
    let isBroken = false;
    const shop = await listen(() => ({ status: isBroken ? 500 : 200 }));
    const scene = await releaseScene({ 'backlot.yaml': FILE(`deploy: { script: { run: '${LOG}; test ! -e slow || test $$BACKLOT_MODE = rollback || { echo begun; sleep 63; }' } }\nkpi: { window: 400ms, interval: 50ms, checks: [{ name: health, http: { url: "${shop.url}" } }] }`), '.gitignore': 'deployed.log\nslow\n' });
    const first = await promoted(scene);
    await run(scene);
    await promoted(scene);
    await scene.write({ slow: '' });
    const tell: ReleaseScene['work']['tell'] = (news) => {
      isBroken ||= news.type === 'message' && news.text === 'begun';
      scene.work.tell(news);
    };
    expect(await failureOf(deploy({ directory: scene.directory, target: 'staging' }, scene.ports, { ...scene.work, tell }))).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining('while it was rolled out: health') as string, result: { rolledBack: true, kpi: [{ verdict: 'fail' }] } });
    expect((await logOf(scene)).at(-1)).toContain(` REVISION=${first}`);
    expect((await releasesOf(scene))[0]).toMatchObject({ state: 'fail', rolledBack: true, kpi: [{ check: 'health', verdict: 'fail' }] });
  });

  test('asks a person where it cannot tell: it goes on, goes back, or ends there with what is released', async () => {
    const dead = `kpi: { window: 300ms, interval: 50ms, checks: [{ name: words, command: [cat, number], min: 2 }] }`;
    const scene = await releaseScene({ 'backlot.yaml': FILE(`deploy: { script: { run: '${LOG}' } }\n${dead}`), '.gitignore': 'deployed.log\nnumber\n' });
    const asked: unknown[] = [];
    const answering = (answer: 'continue' | 'rollback' | 'abort' | undefined) => deploy({ directory: scene.directory, target: 'staging', asks: true }, scene.ports, { ...scene.work, ask: async (question) => Promise.resolve((asked.push(question), answer)) });
    const first = await promoted(scene);
    expect(await answering('continue')).toMatchObject({ revision: first, verdict: 'inconclusive', accepted: 'ann@laptop', rolledBack: false });
    expect(asked).toEqual([expect.objectContaining({ target: 'staging', revision: first, answers: ['continue', 'abort'], text: expect.stringContaining('the command ended with 1') as string })]);
    const second = await promoted(scene);
    expect(await failureOf(answering('rollback'))).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining('given up') as string, result: { revision: second, previous: first, rolledBack: true } });
    expect(asked[1]).toMatchObject({ answers: ['continue', 'rollback', 'abort'] });
    expect((await logOf(scene)).at(-1)).toContain(` REVISION=${first}`);
    for (const answer of ['abort', undefined] as const) expect(await failureOf(answering(answer))).toMatchObject({ code: 'deploy-failed', result: { revision: second, verdict: 'inconclusive', rolledBack: false } });
    expect((await releasesOf(scene)).map(({ state, accepted, rolledBack }) => `${state} ${accepted} ${rolledBack}`)).toEqual(['inconclusive undefined false', 'inconclusive undefined false', 'fail undefined true', 'inconclusive ann@laptop false']);
    // Without somebody to ask, nobody is asked.
    expect(await failureOf(deploy({ directory: scene.directory, target: 'staging' }, scene.ports, { ...scene.work, ask: async () => Promise.resolve('continue') }))).toMatchObject({ result: { verdict: 'inconclusive' } });
  });

  test('holds a value against that of the release before', async () => {
    const scene = await releaseScene({ 'backlot.yaml': FILE(`deploy: { script: { run: '${LOG}; cp next now' } }\nkpi: { window: 800ms, interval: 100ms, checks: [{ name: orders, command: [cat, now], min: 50%, over: previous }] }`), '.gitignore': 'deployed.log\nnow\nnext\n', now: '100', next: '100' });
    const first = await promoted(scene);
    // Nothing was there before: that cannot be judged.
    expect(await failureOf(run(scene))).toMatchObject({ result: { verdict: 'inconclusive' } });
    await scene.write({ next: '60' });
    await promoted(scene);
    expect(await run(scene)).toMatchObject({ previous: first, verdict: 'pass', kpi: [{ previous: 100, value: 60 }] });
    await scene.write({ next: '20' });
    await promoted(scene);
    expect(await failureOf(run(scene))).toMatchObject({ result: { verdict: 'fail', kpi: [{ previous: 60, value: 20, verdict: 'fail' }] } });
  });
});
