import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { deploy, rollback } from '#features/releases/deploy.ts';
import { takeAim } from '#features/releases/look.ts';
import { cleanPairs } from '#features/releases/pair/remove-pair.ts';
import { removeFromTarget } from '#features/releases/remove-from-target.ts';
import { startSwarm, type SecondEngine } from '../../adapters/deploy/second-engine.ts';
import { docker, startRegistry } from '../../adapters/registry/registry-scene.ts';
import { startLoad } from '../../support/load.ts';
import { pairScene, swarmSite, type PairScene } from './pair-scene.ts';
import { failureOf, never } from './release-scene.ts';

let server: { readonly id: string; readonly address: string };
let swarm: SecondEngine;
beforeAll(async () => {
  server = await startRegistry();
  swarm = await startSwarm(server.address);
  // By the registry, so that the servers' images bring little of their own.
  const name = `${server.address}/haproxy:2.6`;
  await docker('tag', 'haproxy:2.6', name);
  await docker('push', '--quiet', name);
  await docker('rmi', name);
  await swarm.docker('pull', '--quiet', name);
  await swarm.docker('tag', name, 'haproxy:2.6');
}, 60_000);
afterAll(async () => {
  await swarm.stop();
  await docker('rm', '-fv', server.id);
}, 60_000);

const KPI = '    kpi: { window: 3s, interval: 100ms, checks: [{ name: errors, haproxy: { backend: app, metric: error-rate }, max: 5% }, { name: rise, haproxy: { backend: app, metric: error-rate }, max: 2%, over: previous }] }\n';
async function scene(kpi?: string): Promise<PairScene> {
  const made = await pairScene({ registry: server.address, site: swarmSite(swarm.host, 2), ...(kpi !== undefined && { kpi }) });
  await swarm.reach(made.port);
  return made;
}
const run = (made: PairScene) => deploy({ directory: made.directory, target: 'staging' }, made.ports, made.work);
const get = async (port: number) => (await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5000) })).text();
const told = (made: PairScene) => made.told.flatMap((news) => (news.type === 'instance' ? [`${news.instance} ${news.state}${news.why === undefined ? '' : ` ${news.why}`}`] : []));
const services = (made: PairScene, format: string) => swarm.docker('service', 'ls', '--filter', `label=dev.backlot.project=${made.name}`, '--format', format);
/** Replicas that are wanted, by server. */
const wanted = async (made: PairScene) => (await services(made, '{{.Name}} {{.Replicas}}')).split('\n').sort().map((line) => line.replace(/^.*_(\w+) \d+\/(\d+).*/, '$1 $2'));

test('on a Swarm, releases and ways back lose none of 200 requests a second, and one that answers with errors is taken back by itself', async () => {
  const made = await scene(KPI);
  const first = await made.promoted();
  // Nobody asks yet: whether it does well cannot be told.
  expect(await failureOf(run(made))).toMatchObject({ result: { verdict: 'inconclusive' } });
  expect(await get(made.port)).toBe(first);
  await made.write({ 'settings.txt': 'second' });
  const second = await made.promoted();
  const { answers, stop } = startLoad(made.port);
  onTestFinished(stop);
  made.told.length = 0;
  const released = await run(made);
  expect(released).toMatchObject({ revision: second, previous: first, verdict: 'pass' });
  // While both had traffic, the one before was measured beside it, all replicas of each together.
  expect(released.kpi.find(({ check }) => check === 'rise')).toMatchObject({ previous: 0, previousIn: 'the same window' });
  expect(told(made)).toEqual(expect.arrayContaining(['green starting', 'green running has 10 % of the traffic', 'green running has 50 % of the traffic', 'green done has all of the traffic', 'blue draining', 'blue waiting is kept for the way back, without traffic']));
  expect(await wanted(made)).toEqual(['blue 2', 'green 2']);
  expect(await rollback({ directory: made.directory, target: 'staging', to: first }, made.ports, made.work)).toMatchObject({ revision: first, verdict: 'pass' });
  expect(await wanted(made)).toEqual(['blue 2', 'green 0']);
  const third = await made.promoted('errors');
  expect(await failureOf(run(made))).toMatchObject({ code: 'deploy-failed', result: { revision: third, previous: first, verdict: 'fail', rolledBack: true } });
  expect(await get(made.port)).toBe(first);
  expect(await wanted(made)).toEqual(['blue 2', 'green 0']);
  await stop();
  expect(answers.filter(({ status, who }) => status !== 200 && who !== third)).toEqual([]);
  expect(answers.some(({ who }) => who === third)).toBe(true);
  expect(answers.length).toBeGreaterThan(1000);
}, 240_000);

test('on a Swarm, a version that never gets ready says what it logged, what broke off is put in order by the next, and all of a pair can be taken away', async () => {
  const made = await scene();
  const first = await made.promoted();
  const one = await run(made);
  await made.promoted('never');
  expect(await failureOf(run(made))).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining('non-zero exit (3)') as string, cause: expect.stringContaining('no database') as string, result: { rolledBack: true } });
  expect(await wanted(made)).toEqual(['blue 2', 'green 0']);
  const second = await made.promoted();
  const aim = await takeAim({ directory: made.directory }, made.ports);
  const image = `${aim.repository.name}@${(await aim.repository.findManifest(second, never))?.digest}`;
  const order = { release: 'rel-killed', project: made.name, directory: made.directory, files: made.directory, target: 'staging', revision: second, image, previous: { revision: first, image: one.image }, who: 'ann', mode: 'deploy' } as const;
  const settings = { service: 'app', port: 8080, public: made.port, steps: ['50%', '100%'], drain: '1s', swarm: true };
  const work = { signal: never, tell: () => {}, secret: () => Promise.reject(new Error('none')), redact: (text: string) => text };
  await expect(made.ports.deployers.pair?.deploy(settings, order, { ...work, between: () => Promise.reject(new Error('killed')) })).rejects.toThrow('killed');
  await expect.poll(async () => new Set(await Promise.all(Array.from({ length: 8 }, () => get(made.port)))), { timeout: 10_000 }).toEqual(new Set([first, second]));
  const before = await services(made, '{{.ID}}');
  expect(await run(made)).toMatchObject({ revision: second, previous: first, verdict: 'pass' });
  // What was made already is taken as it is.
  expect(await services(made, '{{.ID}}')).toBe(before);
  expect(new Set(await Promise.all([get(made.port), get(made.port), get(made.port), get(made.port)]))).toEqual(new Set([second]));
  // HAProxy starts again with what it had.
  await swarm.docker('restart', '--time', '1', `${made.name}-staging-pair-proxy`);
  await expect.poll(() => get(made.port).catch(() => ''), { timeout: 10_000 }).toBe(second);
  await expect(made.ports.deployers.pair?.deploy({ ...settings, swarm: false }, order, work)).rejects.toThrow('is on a Swarm, and is to be on this engine alone');
  expect((await cleanPairs(true, { ...made.place, signal: never, tell: () => {} })).filter(({ name }) => name.startsWith(made.name))).toEqual([]);
  expect((await removeFromTarget({ directory: made.directory, target: 'staging' }, made.ports, made.work)).removed.sort()).toEqual(['', '-proxy', '_blue', '_green'].map((part) => `${made.name}-staging-pair${part}`));
  expect(await swarm.docker('config', 'ls', '--quiet', '--filter', `label=dev.backlot.project=${made.name}`)).toBe('');
}, 240_000);

test('a pair on a Swarm is refused by an engine that manages none, before anything of it is made', async () => {
  const made = await pairScene({ registry: server.address, site: { ...swarmSite('', 1), host: undefined } });
  await made.promoted();
  expect(await failureOf(run(made))).toMatchObject({ code: 'deploy-failed', message: 'The engine of staging does not manage a Docker Swarm, which deploy.pair.swarm asks for', fix: expect.stringContaining('docker swarm init') as string });
  expect(await docker('ps', '-aq', '--filter', `label=dev.backlot.project=${made.name}`)).toBe('');
}, 60_000);
