import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createSwarmDeployer } from '#adapters/deploy/swarm-deployer.ts';
import { createProcessRunner } from '#adapters/process/process-runner.ts';
import { deploy, rollback } from '#features/releases/deploy.ts';
import { takeAim } from '#features/releases/look.ts';
import { promote } from '#features/releases/promote.ts';
import { readReleases } from '#features/releases/target-records.ts';
import { startSwarm, startSwarmOfTwo, type SecondEngine } from '../../adapters/deploy/second-engine.ts';
import { docker, startRegistry } from '../../adapters/registry/registry-scene.ts';
import { failureOf, never, releaseScene, type ReleaseScene } from './release-scene.ts';

let server: { readonly id: string; readonly address: string };
let swarm: SecondEngine;
let slack: Messages;
/** A folder of this machine that every replica sees. */
let flaky: string;
beforeAll(async () => {
  flaky = await mkdtemp(join(tmpdir(), 'flaky-'));
  server = await startRegistry();
  swarm = await startSwarm(server.address);
  slack = await listenForMessages();
});
afterAll(async () => {
  slack.stop();
  await swarm.stop();
  await rm(flaky, { recursive: true });
  await docker('rm', '-fv', server.id);
});

type Messages = { readonly url: string; /** Their lines, of each that came since it was asked last. */ readonly take: () => string[][]; readonly stop: () => void };

/** Takes messages as Slack does. */
async function listenForMessages(): Promise<Messages> {
  const messages: string[][] = [];
  const listener = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece)).on('end', () => {
      messages.push((JSON.parse(body) as { text: string }).text.split('\n'));
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}/`, take: () => messages.splice(0), stop: () => listener.close() };
}

const FILE = (kpi = '') => `version: 1\nname: NAME\nnotify: [{ slack: {env: SLACK}, on: [deploy, pass, fail, rollback] }]\nbuild: { image: NAME/shop }\nregistry: ${server.address}\ntargets:\n  staging: { requires: [unit], deploy: { swarm: { stack: NAME, file: stack.yaml } }${kpi} }\n`;
/** Swarm makes a replica anew late enough that it does not come between its own update, which alone pauses where what it made ends. */
const STACK = `version: "3.8"
services:
  app:
    image: $\{IMAGE}
    init: true
    command: [sh, -c, "(test ! -e /broken || ! sleep 0.7) && ! rm /flaky/once 2>/dev/null && exec sleep 1000"]
    volumes: ["FLAKY:/flaky"]
    configs: [shop]
    deploy: { replicas: 4, endpoint_mode: dnsrr, restart_policy: { condition: any, delay: 5s }, update_config: { parallelism: 2, order: start-first, monitor: 3s, failure_action: pause } }
configs: { shop: { name: "NAME-$\{REVISION}", file: ./shop.conf } }
`;
/** It runs, and never does well. */
const NEVER_HEALTHY = 'x\nHEALTHCHECK --interval=200ms --timeout=1s --retries=2 CMD false\nRUN echo x';

async function scene(engine = swarm, kpi = ''): Promise<ReleaseScene> {
  const made = await releaseScene({ 'backlot.yaml': FILE(kpi), 'stack.yaml': STACK.replace('FLAKY', flaky), 'shop.conf': 'first' }, { SLACK: slack.url });
  const commandLine = () => ({ arguments: ['-H', engine.host], environment: {} });
  return { ...made, ports: { ...made.ports, deployers: { swarm: createSwarmDeployer({ processes: createProcessRunner(process.env), commandLine }) } } };
}

async function promoted(made: ReleaseScene, content?: string): Promise<string> {
  // A configuration of one name never changes: a way back that took another's would be refused.
  await made.write({ 'shop.conf': randomUUID() });
  const revision = await made.commit();
  made.pass(await made.build(revision, content), revision, 'unit');
  await promote({ directory: made.directory }, made.ports, made.work);
  return revision;
}

/** It ends once it has run for long enough that Swarm takes the one before away. */
const ENDS = 'x; touch /broken; echo x';
const run = (made: ReleaseScene) => deploy({ directory: made.directory, target: 'staging' }, made.ports, made.work);
/** The image of each replica that runs. */
const served = async (made: ReleaseScene, engine = swarm) => (await engine.docker('service', 'ps', '--filter', 'desired-state=running', '--no-trunc', '--format', '{{.Image}}', `${made.image.split('/')[0]}_app`)).split('\n');

/** How many replicas were begun and did not run yet, at most, as the Swarm itself wrote it down. */
async function mostAtOnce(made: ReleaseScene): Promise<number> {
  const ids = await swarm.docker('service', 'ps', '-q', '--no-trunc', '--filter', 'desired-state=running', `${made.image.split('/')[0]}_app`);
  const lines = (await swarm.docker('inspect', '--format', '[{{json .CreatedAt}},{{json .Status.Timestamp}}]', ...ids.split('\n'))).split('\n');
  const spans = lines.map((line) => (JSON.parse(line) as [string, string]).map((time) => Date.parse(time)) as [number, number]);
  return Math.max(...spans.map(([began]) => spans.filter(([from, to]) => from <= began && began < to).length));
}

describe('a stack of a Swarm', () => {
  test('rolls by batches, tells of each replica, and is rolled back by itself where the new ones end', async () => {
    const made = await scene();
    const first = await promoted(made);
    const one = await run(made);
    expect(one).toMatchObject({ revision: first, verdict: 'pass' });
    expect(new Set(await served(made))).toEqual(new Set([one.image]));
    const second = await promoted(made);
    made.told.length = 0;
    const two = await run(made);
    expect(two).toMatchObject({ revision: second, previous: first, verdict: 'pass' });
    await expect.poll(() => served(made), { timeout: 40_000 }).toEqual([two.image, two.image, two.image, two.image]);
    expect(await mostAtOnce(made)).toBeLessThanOrEqual(2);
    const states = made.told.flatMap((news) => (news.type === 'instance' ? [`${news.instance.split('.').at(-1)} ${news.state}`] : []));
    for (const replica of ['1', '2', '3', '4']) expect(states.filter((line) => line === `${replica} done`)).toHaveLength(1);
    expect(states.indexOf('1 waiting')).toBeLessThan(states.lastIndexOf('1 done'));

    const third = await promoted(made, ENDS);
    // On the way back one replica ends, and Swarm pauses.
    const tell: typeof made.work.tell = (news) => {
      if (news.type === 'message' && news.text.startsWith('Goes back')) writeFileSync(join(flaky, 'once'), '');
      made.work.tell(news);
    };
    const failure = await failureOf(deploy({ directory: made.directory, target: 'staging' }, made.ports, { ...made.work, tell }));
    expect(failure).toMatchObject({ code: 'deploy-failed', result: { revision: third, previous: second, verdict: 'fail', rolledBack: true } });
    expect(made.told).toContainEqual(expect.objectContaining({ type: 'message', text: expect.stringContaining('Swarm is told to go on') as string }));
    await expect.poll(() => served(made), { timeout: 40_000 }).toEqual([two.image, two.image, two.image, two.image]);
    expect(made.told).toContainEqual(expect.objectContaining({ type: 'instance', state: 'failed', why: expect.stringContaining('non-zero exit (1)') as string }));

    const back = await rollback({ directory: made.directory, target: 'staging' }, made.ports, made.work);
    expect(back).toMatchObject({ revision: first, previous: second });
    await expect.poll(async () => new Set(await served(made)), { timeout: 40_000 }).toEqual(new Set([one.image]));
    const aim = await takeAim({ directory: made.directory }, made.ports);
    expect((await readReleases(aim, never)).map(({ kind, state, rolledBack = false }) => `${kind} ${state} ${rolledBack}`)).toEqual(['rollback pass false', 'deploy fail true', 'deploy pass false', 'deploy pass false']);
    await made.write({ 'stack.yaml': STACK.replace('FLAKY', flaky).replace('image: ${IMAGE}', 'image: debian:bookworm-slim') });
    await promoted(made);
    expect(await failureOf(run(made))).toMatchObject({ code: 'deploy-failed', fix: expect.stringContaining('${IMAGE}') as string, result: { rolledBack: true } });
    await expect.poll(async () => new Set(await served(made)), { timeout: 40_000 }).toEqual(new Set([one.image]));
    await made.write({ 'stack.yaml': 'services: [' });
    await promoted(made);
    expect(await failureOf(run(made))).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining('does not take stack.yaml') as string, result: { previous: first, rolledBack: true } });
  }, 240_000);
});

test('a stack that Swarm itself takes back has failed, with why its replicas ended', async () => {
  const made = await scene();
  await made.write({ 'stack.yaml': STACK.replace('FLAKY', flaky).replace('failure_action: pause', 'failure_action: rollback') });
  const first = await promoted(made);
  const { image } = await run(made);
  await promoted(made, ENDS);
  expect(await failureOf(run(made))).toMatchObject({ code: 'deploy-failed', message: expect.stringMatching(/does not come up: .*non-zero exit \(1\)/) as string, result: { previous: first, rolledBack: true } });
  await expect.poll(async () => new Set(await served(made)), { timeout: 40_000 }).toEqual(new Set([image]));
}, 120_000);

/** What the newest replica says of itself. */
const says = (what: string, { host } = swarm) => `command: "docker -H ${host} exec $$(docker -H ${host} ps -q --filter label=com.docker.stack.namespace=NAME | head -1) sh -c 'cat /${what} || echo 0'"`;
const WATCH = () => `, kpi: { window: 4s, interval: 50ms, checks: [{ name: errors, ${says('errors')}, max: 5 }, { name: latency, ${says('latency')}, max: 50%, over: previous }] }`;

test('a release on a Swarm is rolled back by itself where its error rate or its latency rises', async () => {
  const made = await scene(swarm, WATCH());
  const release = async (errors: number, latency: number) => {
    const revision = await made.commit();
    made.pass(await made.build(revision, `${revision} >/dev/null; echo ${errors} >/errors; echo ${latency} >/latency; echo ${revision}`), revision, 'unit');
    await promote({ directory: made.directory }, made.ports, made.work);
    return revision;
  };
  const first = await release(0, 20);
  // Relative to a release before, the first one cannot be judged.
  const one = (await failureOf(run(made))).result as { readonly image: string; readonly digest: string };
  slack.take();
  for (const [check, errors, latency] of [['errors', 60, 20], ['latency', 0, 300]] as const) {
    const second = await release(errors, latency);
    let firstOver = 0;
    const tell: typeof made.work.tell = (news) => {
      if (firstOver === 0 && news.type === 'kpi' && news.check === check && (news.value ?? 0) > 30) firstOver = performance.now();
      made.work.tell(news);
    };
    const failure = await failureOf(deploy({ directory: made.directory, target: 'staging' }, made.ports, { ...made.work, tell }));
    expect(failure).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining(check) as string, result: { revision: second, previous: first, verdict: 'fail', rolledBack: true } });
    // The update's own monitor, and ten seconds.
    expect(performance.now() - firstOver).toBeLessThan(11_000);
    expect(new Set(await served(made))).toEqual(new Set([one.image]));
    const project = made.image.split('/')[0];
    const [began, failed, back] = slack.take();
    expect(began).toEqual([`ann@laptop deploys ${second.slice(0, 12)} of ${project} to staging`, `Before: ${first.slice(0, 12)}`, expect.stringMatching(/^Digest: sha256:/)]);
    expect(failed).toEqual([`ann@laptop could not release ${second.slice(0, 12)} of ${project} on staging`, 'Verdict: fail', `Before: ${first.slice(0, 12)}`, expect.stringMatching(new RegExp(`^Why: .*${check}`)), began?.at(-1)]);
    expect(back).toEqual([`The release of ann@laptop was rolled back by itself to ${first.slice(0, 12)} of ${project} on staging`, expect.stringMatching(new RegExp(`^Why: .*${check}`)), `Digest: ${one.digest}`]);
  }
  await swarm.docker('stack', 'rm', made.image.split('/')[0] ?? '');
}, 120_000);

test('a release rolls over both engines of a Swarm, and back where its instances never get healthy, or its error rate rises', async ({ skip }) => {
  const two = await startSwarmOfTwo(server.address).catch((error: unknown) => skip(`this machine cannot have a Swarm of two engines: ${String(error)}`));
  onTestFinished(() => two.stop());
  const made = await scene(two, `, kpi: { window: 1s, interval: 100ms, samples: 1, checks: [{ name: errors, ${says('errors', two)}, max: 5 }] }`);
  await promoted(made);
  const one = await run(made);
  const nodes = (await two.docker('service', 'ps', '--filter', 'desired-state=running', '--format', '{{.Node}}', `${made.image.split('/')[0]}_app`)).split('\n');
  expect((await two.docker('node', 'ls', '-q')).split('\n')).toHaveLength(2);
  expect(nodes).toHaveLength(4);
  const second = await promoted(made);
  const after = await run(made);
  expect(after).toMatchObject({ revision: second, verdict: 'pass' });
  expect(after.image).not.toBe(one.image);
  await promoted(made, NEVER_HEALTHY);
  expect(await failureOf(run(made))).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining('unhealthy') as string, result: { rolledBack: true, previous: second } });
  await promoted(made, 'x; echo 60 >/errors; echo x');
  expect(await failureOf(run(made))).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining('errors: 60, 60, 60: more than 5') as string, result: { rolledBack: true, previous: second } });
  // Replicas that start first stand beside those that they replace for a moment.
  await expect.poll(() => served(made, two), { timeout: 40_000 }).toEqual([after.image, after.image, after.image, after.image]);
}, 240_000);
