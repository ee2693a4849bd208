import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { deploy, rollback } from '#features/releases/deploy.ts';
import { currentOf } from '#features/releases/list-targets.ts';
import { cleanPairs, removePair as takeAway } from '#features/releases/pair/remove-pair.ts';
import { removeFromTarget } from '#features/releases/remove-from-target.ts';
import { readReleases } from '#features/releases/target-records.ts';
import { takeAim } from '#features/releases/look.ts';
import { docker, startRegistry } from '../../adapters/registry/registry-scene.ts';
import { startLoad, type Load } from '../../support/load.ts';
import { ENGINE, pairScene } from './pair-scene.ts';
import { failureOf, never, type ReleaseScene } from './release-scene.ts';

let server: { readonly id: string; readonly address: string };
beforeAll(async () => {
  server = await startRegistry();
});
afterAll(() => docker('rm', '-fv', server.id));

function load(port: number): Load {
  const loading = startLoad(port);
  onTestFinished(loading.stop);
  return loading;
}

const run = (scene: ReleaseScene, signal = never) => deploy({ directory: scene.directory, target: 'staging' }, scene.ports, { ...scene.work, signal });
const get = async (port: number) => (await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5000) })).text();
const KPI = (checks: string, window = '3s') => `    kpi: { window: ${window}, interval: 100ms, checks: [${checks}] }\n`;
const ERRORS = '{ name: errors, haproxy: { backend: app, metric: error-rate }, max: 5% }';
const RISE = '{ name: rise, haproxy: { backend: app, metric: error-rate }, max: 2%, over: previous }';
const LATENCY = '{ name: latency, haproxy: { backend: app, metric: response-time }, max: 20 }';
/** Asked at the pair's own door, it is asked of each server by itself. */
const PROBE = '{ name: probe, http: { url: "http://localhost:PORT/" }, max: 200ms, over: previous }, { name: server, http: { url: "http://{{SERVER}}/", p95: 2s } }';
const shares = (scene: ReleaseScene) => scene.told.flatMap((news) => (news.type === 'instance' ? [`${news.instance} ${news.state}${news.why === undefined ? '' : ` ${news.why}`}`] : []));

test('a release and a way back lose none of 200 requests a second, and tell of each version and step', async () => {
  const scene = await pairScene({ registry: server.address, site: ENGINE, kpi: KPI(`${ERRORS}, ${RISE}, ${PROBE}`, '6s') });
  const first = await scene.promoted();
  // Nobody asks yet: whether it does well cannot be told.
  const one = await failureOf(run(scene));
  expect(one, String(one.message)).toMatchObject({ message: expect.stringContaining('no requests') as string, result: { verdict: 'inconclusive' } });
  expect(await get(scene.port)).toBe(first);
  expect(await docker('exec', `${scene.name}-staging-pair-blue-1`, 'cat', '/note')).toBe('a note of the pair');
  const second = await scene.promoted();
  const { answers, stop } = load(scene.port);
  scene.told.length = 0;
  const released = await run(scene);
  expect(released).toMatchObject({ revision: second, previous: first, verdict: 'pass' });
  // While both had traffic, the one before was measured beside it.
  expect(released.kpi.find(({ check }) => check === 'rise')).toMatchObject({ previous: 0, previousIn: 'the same window' });
  expect(released.kpi.find(({ check }) => check === 'probe')).toMatchObject({ verdict: 'pass', previous: expect.any(Number) as number, previousIn: 'the same window' });
  expect(released.kpi.find(({ check }) => check === 'server')).toMatchObject({ verdict: 'pass' });
  expect(await get(scene.port)).toBe(second);
  expect(shares(scene)).toEqual(expect.arrayContaining(['green starting', 'green running has 10 % of the traffic', 'green running has 50 % of the traffic', 'green done has all of the traffic', 'blue draining', 'blue waiting is kept for the way back, without traffic']));
  expect(await rollback({ directory: scene.directory, target: 'staging', to: first }, scene.ports, scene.work)).toMatchObject({ revision: first, verdict: 'pass' });
  expect(await get(scene.port)).toBe(first);
  await stop();
  const failed = answers.filter(({ status }) => status !== 200);
  expect(failed).toEqual([]);
  expect(answers.length).toBeGreaterThan(1000);
}, 120_000);

test.each([
  ['never gets ready', 'never', 'does not get ready'],
  ['answers with errors', 'errors', 'errors'],
  ['answers slowly', 'slow', 'latency'],
] as const)('a release that %s is rolled back by itself, and the one before serves', async (_title, how, why) => {
  const scene = await pairScene({ registry: server.address, site: ENGINE, kpi: KPI(`${ERRORS}, ${LATENCY}`) });
  const first = await scene.promoted();
  await run(scene).catch(() => {});
  expect(await get(scene.port)).toBe(first);
  const second = await scene.promoted(how);
  const { answers, stop } = load(scene.port);
  let firstOver = 0;
  const tell: typeof scene.work.tell = (news) => {
    if (firstOver === 0 && news.type === 'kpi' && (news.value ?? 0) > (news.check === 'latency' ? 20 : 5)) firstOver = performance.now();
    scene.work.tell(news);
  };
  const failure = await failureOf(deploy({ directory: scene.directory, target: 'staging' }, scene.ports, { ...scene.work, tell }));
  expect(failure).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining(why) as string, result: { revision: second, previous: first, rolledBack: true } });
  await stop();
  expect(answers.filter(({ status }) => status === 0)).toEqual([]);
  const last = answers.findLast(({ who }) => who === second)?.at ?? 0;
  // Where the share of a step showed it before the watch did, there was no reading over its bound.
  const seen = firstOver === 0 ? (answers.find(({ who, status }) => who === second && status !== 200)?.at ?? last) : firstOver;
  expect(last - seen).toBeLessThan(3000);
  expect(answers.some(({ who }) => who === second)).toBe(how !== 'never');
  expect(await get(scene.port)).toBe(first);
  const aim = await takeAim({ directory: scene.directory }, scene.ports);
  expect((await readReleases(aim, never))[0]).toMatchObject({ state: 'fail', rolledBack: true });
}, 180_000);

test('a way back to a server that HAProxy no longer reaches starts it anew before it gets the traffic', async () => {
  const scene = await pairScene({ registry: server.address, site: ENGINE });
  const first = await scene.promoted();
  await run(scene);
  const second = await scene.promoted();
  await run(scene);
  const { answers, stop } = load(scene.port);
  const pair = `${scene.name}-staging-pair`;
  await docker('kill', '--signal', 'USR2', `${pair}-blue-1`);
  await expect.poll(() => docker('exec', `${pair}-proxy`, 'bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/9999; echo show stat >&3; cat <&3'), { timeout: 20_000 }).toMatch(/,blue,.*,DOWN/);
  expect(await get(scene.port)).toBe(second);
  expect(await rollback({ directory: scene.directory, target: 'staging' }, scene.ports, scene.work)).toMatchObject({ revision: first, verdict: 'pass' });
  expect(await get(scene.port)).toBe(first);
  await stop();
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
}, 120_000);

test('a release that broke off in the middle is put in order by the next, and a runtime API that is gone is said plainly', async () => {
  const scene = await pairScene({ registry: server.address, site: ENGINE });
  const first = await scene.promoted();
  const one = await run(scene);
  const second = await scene.promoted();
  const aim = await takeAim({ directory: scene.directory }, scene.ports);
  const image = `${aim.repository.name}@${(await aim.repository.findManifest(second, never))?.digest}`;
  const order = { release: 'rel-killed', project: scene.name, directory: scene.directory, files: scene.directory, target: 'staging', revision: second, image, previous: { revision: first, image: one.image }, who: 'ann', mode: 'deploy' } as const;
  const settings = { service: 'app', port: 8080, public: scene.port, steps: ['50%', '100%'], drain: '1s' };
  const work = { signal: never, tell: () => {}, secret: () => Promise.reject(new Error('none')), redact: (text: string) => text };
  await expect(scene.ports.deployers.pair?.deploy(settings, order, { ...work, between: () => Promise.reject(new Error('killed')) })).rejects.toThrow('killed');
  await expect.poll(async () => new Set(await Promise.all(Array.from({ length: 8 }, () => get(scene.port)))), { timeout: 10_000 }).toEqual(new Set([first, second]));
  const signalHaproxy = (name: string) => docker('exec', `${scene.name}-staging-pair-proxy`, 'bash', '-c', `kill -${name} -1`);
  await signalHaproxy('STOP');
  expect(await failureOf(run(scene))).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining('HAProxy of staging does not answer at its runtime API') as string });
  await signalHaproxy('CONT');
  expect(await run(scene)).toMatchObject({ revision: second, previous: first, verdict: 'pass' });
  expect(new Set(await Promise.all([get(scene.port), get(scene.port), get(scene.port), get(scene.port)]))).toEqual(new Set([second]));
  // HAProxy starts again with what it had.
  await docker('restart', `${scene.name}-staging-pair-proxy`);
  await expect.poll(() => get(scene.port).catch(() => ''), { timeout: 10_000 }).toBe(second);
  // Nothing that serves is cleaned up, and on an engine that has nothing of it no second pair is made.
  const cleaning = { ...scene.place, signal: never, tell: () => {} };
  expect((await cleanPairs(true, cleaning)).filter(({ name }) => name.startsWith(scene.name))).toEqual([]);
  await takeAway({ project: scene.name, target: 'staging' }, cleaning);
  expect(await docker('ps', '-aq', '--filter', `label=dev.backlot.project=${scene.name}`)).toBe('');
  expect(await failureOf(run(scene))).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining('this engine has nothing of it') as string, fix: expect.stringContaining('backlot targets remove staging') as string });
  expect(await removeFromTarget({ directory: scene.directory, target: 'staging' }, scene.ports, scene.work)).toEqual({ target: 'staging', removed: [] });
  expect(currentOf(await readReleases(aim, never))).toBeUndefined();
  expect(await run(scene)).toMatchObject({ revision: second, verdict: 'pass' });
  expect((await removeFromTarget({ directory: scene.directory, target: 'staging' }, scene.ports, scene.work)).removed).toEqual(expect.arrayContaining([`${scene.name}-staging-pair-proxy`]));
}, 120_000);
