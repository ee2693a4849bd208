import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSwarmDeployer } from '#adapters/deploy/swarm-deployer.ts';
import { createProcessRunner } from '#adapters/process/process-runner.ts';
import { deploy, rollback } from '#features/releases/deploy.ts';
import { takeAim } from '#features/releases/look.ts';
import { promote } from '#features/releases/promote.ts';
import { readReleases } from '#features/releases/target-records.ts';
import { startSwarm, type SecondEngine } from '../../adapters/deploy/second-engine.ts';
import { docker, startRegistry } from '../../adapters/registry/registry-scene.ts';
import { failureOf, never, releaseScene, type ReleaseScene } from './release-scene.ts';

let server: { readonly id: string; readonly address: string };
let swarm: SecondEngine;
beforeAll(async () => {
  server = await startRegistry();
  swarm = await startSwarm(server.address);
});
afterAll(async () => {
  await swarm.stop();
  await docker('rm', '-fv', server.id);
});

const FILE = () => `version: 1\nname: NAME\nbuild: { image: NAME/shop }\nregistry: ${server.address}\ntargets:\n  staging: { requires: [unit], deploy: { swarm: { stack: NAME, file: stack.yaml } } }\n`;
const STACK = `version: "3.8"
services:
  app:
    image: $\{IMAGE}
    init: true
    command: [sh, -c, "test ! -e /broken && exec sleep 1000"]
    deploy: { replicas: 4, endpoint_mode: dnsrr, restart_policy: { condition: any, delay: 100ms }, update_config: { parallelism: 2, order: start-first, monitor: 1s, failure_action: pause } }
`;

async function scene(): Promise<ReleaseScene> {
  const made = await releaseScene({ 'backlot.yaml': FILE(), 'stack.yaml': STACK });
  const commandLine = () => ({ arguments: ['-H', swarm.host], environment: {} });
  return { ...made, ports: { ...made.ports, deployers: { swarm: createSwarmDeployer({ processes: createProcessRunner(process.env), commandLine }) } } };
}

async function promoted(made: ReleaseScene, isBroken = false): Promise<string> {
  const revision = await made.commit();
  made.pass(await made.build(revision, isBroken ? 'x; touch /broken; echo x' : revision), revision, 'unit');
  await promote({ directory: made.directory }, made.ports, made.work);
  return revision;
}

const run = (made: ReleaseScene) => deploy({ directory: made.directory, target: 'staging' }, made.ports, made.work);
/** The image of each replica that runs. */
const served = async (made: ReleaseScene) => (await swarm.docker('service', 'ps', '--filter', 'desired-state=running', '--no-trunc', '--format', '{{.Image}}', `${made.image.split('/')[0]}_app`)).split('\n');

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
    expect(await served(made)).toEqual([two.image, two.image, two.image, two.image]);
    const states = made.told.flatMap((news) => (news.type === 'instance' ? [`${news.instance.split('.').at(-1)} ${news.state}`] : []));
    for (const replica of ['1', '2', '3', '4']) expect(states.filter((line) => line === `${replica} done`)).toHaveLength(1);
    expect(states.indexOf('1 waiting')).toBeLessThan(states.lastIndexOf('1 done'));

    const third = await promoted(made, true);
    const failure = await failureOf(run(made));
    expect(failure).toMatchObject({ code: 'deploy-failed', result: { revision: third, previous: second, verdict: 'fail', rolledBack: true } });
    expect(await served(made)).toEqual([two.image, two.image, two.image, two.image]);
    expect(made.told).toContainEqual(expect.objectContaining({ type: 'instance', state: 'failed', why: expect.stringContaining('non-zero exit (1)') as string }));

    const back = await rollback({ directory: made.directory, target: 'staging' }, made.ports, made.work);
    expect(back).toMatchObject({ revision: first, previous: second });
    expect(new Set(await served(made))).toEqual(new Set([one.image]));
    const aim = await takeAim({ directory: made.directory }, made.ports);
    expect((await readReleases(aim, never)).map(({ kind, state, rolledBack = false }) => `${kind} ${state} ${rolledBack}`)).toEqual(['rollback pass false', 'deploy fail true', 'deploy pass false', 'deploy pass false']);
    await made.write({ 'stack.yaml': STACK.replace('image: ${IMAGE}', 'image: debian:bookworm-slim') });
    await promoted(made);
    expect(await failureOf(run(made))).toMatchObject({ code: 'deploy-failed', fix: expect.stringContaining('${IMAGE}') as string });
    await made.write({ 'stack.yaml': 'services: [' });
    await promoted(made);
    expect(await failureOf(run(made))).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining('does not take stack.yaml') as string });
  }, 240_000);
});
