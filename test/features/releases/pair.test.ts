import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createCompose } from '#adapters/compose/compose.ts';
import { createProjectFiles } from '#adapters/files/project-files.ts';
import { createProber } from '#adapters/network/prober.ts';
import { createProcessRunner } from '#adapters/process/process-runner.ts';
import { createLoadProject } from '#features/project/load-project.ts';
import { deploy, rollback } from '#features/releases/deploy.ts';
import { createPairDeployer } from '#features/releases/pair/pair-deployer.ts';
import { promote } from '#features/releases/promote.ts';
import { currentOf } from '#features/releases/list-targets.ts';
import { cleanPairs, removePair as takeAway } from '#features/releases/pair/remove-pair.ts';
import { removeFromTarget } from '#features/releases/remove-from-target.ts';
import { readReleases } from '#features/releases/target-records.ts';
import { takeAim } from '#features/releases/look.ts';
import { docker, startRegistry } from '../../adapters/registry/registry-scene.ts';
import { freePort } from '../../support/free-port.ts';
import { startLoad, type Load } from '../../support/load.ts';
import { failureOf, never, releaseScene, type ReleaseScene } from './release-scene.ts';

let server: { readonly id: string; readonly address: string };
beforeAll(async () => {
  server = await startRegistry();
});
afterAll(() => docker('rm', '-fv', server.id));

/** Says which revision it is; how it does is written into the image. */
const APP = `const http = require('node:http');
const { MODE, SLOW } = require('./how.json');
if (MODE === 'never') setInterval(() => {}, 1000);
else http.createServer((request, response) => {
  const fails = MODE === 'errors' && request.url !== '/health';
  setTimeout(() => response.writeHead(fails ? 500 : 200, { 'x-revision': process.env.WHO }).end(require('./how.json').REVISION), MODE === 'slow' ? 300 : 0);
}).listen(8080);
process.on('SIGTERM', () => process.exit(0));
`;

const HEALTH = "fetch('http://127.0.0.1:8080/health').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))";

type How = 'well' | 'never' | 'errors' | 'slow';

type PairScene = ReleaseScene & { readonly port: number; readonly name: string; readonly promoted: (how?: How) => Promise<string> };

async function pairScene(kpi = ''): Promise<PairScene> {
  const port = await freePort();
  const pair = `deploy: { pair: { service: app, port: 8080, public: ${port}, steps: [10%, 50%, 100%], drain: 2s } }`;
  const made = await releaseScene({
    'backlot.yaml': `version: 1\nname: NAME\nbuild: { image: NAME/shop }\nregistry: ${server.address}\nstages: { unit: { run: "true" } }\ntargets:\n  staging:\n    requires: [unit]\n    ${pair}\n${kpi.replaceAll('PORT', String(port))}`,
    'compose.yaml': 'name: NAME\nservices:\n  app:\n    image: NAME/shop\n    environment: { WHO: "shop$$s" }\n    healthcheck: { test: [CMD, node, health.js], interval: 2s, timeout: 2s, retries: 2 }\n    networks: [inner]\n    volumes: ["data:/data"]\nnetworks: { inner: {} }\nvolumes: { data: {} }\n',
  });
  const name = made.image.split('/')[0] ?? '';
  onTestFinished(() => removePair(name));
  const environment = made.ports.environment;
  const compose = createCompose({ runner: createProcessRunner(environment), commandLine: () => made.ports.engine.commandLine(), environment });
  const loadProject = createLoadProject({ compose, files: createProjectFiles(), environment });
  const deployer = createPairDeployer({ open: () => ({ engine: made.ports.engine, compose, close: () => {} }), loadProject, store: made.ports.store, prober: createProber() });
  const scene = { ...made, ports: { ...made.ports, deployers: { pair: deployer } } };
  return {
    ...scene,
    port,
    name,
    async promoted(how = 'well') {
      const revision = await made.commit();
      const context = await mkdtemp(join(tmpdir(), 'pair-image-'));
      await writeFile(join(context, 'app.js'), APP);
      await writeFile(join(context, 'health.js'), HEALTH);
      await writeFile(join(context, 'how.json'), JSON.stringify({ MODE: how, REVISION: revision }));
      await writeFile(join(context, 'Dockerfile'), `FROM node:20-slim\nLABEL dev.backlot.test=${name} org.opencontainers.image.revision=${revision}\nWORKDIR /app\nCOPY app.js health.js how.json ./\nCMD ["node", "app.js"]\n`);
      await docker('build', '--quiet', '-t', `${made.image}:${revision}`, context);
      await rm(context, { recursive: true });
      made.pass(await docker('image', 'inspect', '--format', '{{.Id}}', `${made.image}:${revision}`), revision, 'unit');
      await promote({ directory: made.directory }, scene.ports, scene.work);
      return revision;
    },
  };
}

async function removePair(name: string): Promise<void> {
  const labelled = ['--filter', `label=dev.backlot.project=${name}`];
  const lines = async (...args: string[]) => (await docker(...args)).split('\n').filter(Boolean);
  const containers = await lines('ps', '-aq', ...labelled);
  if (containers.length > 0) await docker('rm', '-fv', ...containers);
  for (const id of await lines('network', 'ls', '-q', '--filter', `name=${name}`)) await docker('network', 'rm', id);
  for (const id of await lines('volume', 'ls', '-q', '--filter', `name=${name}`)) await docker('volume', 'rm', id);
}

function load(port: number): Load {
  const loading = startLoad(port);
  onTestFinished(loading.stop);
  return loading;
}

const run = (scene: ReleaseScene, signal = never) => deploy({ directory: scene.directory, target: 'staging' }, scene.ports, { ...scene.work, signal });
const get = async (port: number) => (await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(5000) })).text();
const KPI = (checks: string) => `    kpi: { window: 3s, interval: 100ms, checks: [${checks}] }\n`;
const ERRORS = '{ name: errors, haproxy: { backend: app, metric: error-rate }, max: 5% }';
const RISE = '{ name: rise, haproxy: { backend: app, metric: error-rate }, max: 2%, over: previous }';
const LATENCY = '{ name: latency, haproxy: { backend: app, metric: response-time }, max: 20 }';
/** Asked at the pair's own door, it is asked of each server by itself. */
const PROBE = '{ name: probe, http: { url: "http://localhost:PORT/" }, max: 200ms, over: previous }, { name: server, http: { url: "http://{{SERVER}}/", p95: 2s } }';
const shares = (scene: ReleaseScene) => scene.told.flatMap((news) => (news.type === 'instance' ? [`${news.instance} ${news.state}${news.why === undefined ? '' : ` ${news.why}`}`] : []));

test('a release and a way back lose none of 200 requests a second, and tell of each version and step', async () => {
  const scene = await pairScene(KPI(`${ERRORS}, ${RISE}, ${PROBE}`));
  const first = await scene.promoted();
  // Nobody asks yet: whether it does well cannot be told.
  const one = await failureOf(run(scene));
  expect(one, String(one.message)).toMatchObject({ message: expect.stringContaining('no requests') as string, result: { verdict: 'inconclusive' } });
  expect(await get(scene.port)).toBe(first);
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
  const scene = await pairScene(KPI(`${ERRORS}, ${LATENCY}`));
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

test('a release that broke off in the middle is put in order by the next, and a runtime API that is gone is said plainly', async () => {
  const scene = await pairScene();
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
  const cleaning = { engine: scene.ports.engine, signal: never, tell: () => {} };
  expect((await cleanPairs(true, cleaning)).filter(({ name }) => name.startsWith(scene.name))).toEqual([]);
  await takeAway({ project: scene.name, target: 'staging' }, cleaning);
  expect(await docker('ps', '-aq', '--filter', `label=dev.backlot.project=${scene.name}`)).toBe('');
  expect(await failureOf(run(scene))).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining('this engine has nothing of it') as string, fix: expect.stringContaining('backlot targets remove staging') as string });
  expect(await removeFromTarget({ directory: scene.directory, target: 'staging' }, scene.ports, scene.work)).toEqual({ target: 'staging', removed: [] });
  expect(currentOf(await readReleases(aim, never))).toBeUndefined();
  expect(await run(scene)).toMatchObject({ revision: second, verdict: 'pass' });
  expect((await removeFromTarget({ directory: scene.directory, target: 'staging' }, scene.ports, scene.work)).removed).toEqual(expect.arrayContaining([`${scene.name}-staging-pair-proxy`]));
}, 120_000);
