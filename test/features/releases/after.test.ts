import { rmSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createKubernetesDeployer } from '#adapters/deploy/kubernetes-deployer.ts';
import { createProcessRunner } from '#adapters/process/process-runner.ts';
import { deploy, rollback } from '#features/releases/deploy.ts';
import { promote } from '#features/releases/promote.ts';
import { showEvidence } from '#features/releases/show-evidence.ts';
import { docker, startRegistry } from '../../adapters/registry/registry-scene.ts';
import { failureOf, git, never, releaseScene, type ReleaseScene } from './release-scene.ts';

let server: { readonly id: string; readonly address: string };
beforeAll(async () => {
  server = await startRegistry();
});
afterAll(() => docker('rm', '-fv', server.id));

const HEAD = () => `version: 1\nname: NAME\nbuild: { image: NAME/shop }\nregistry: ${server.address}\n`;

async function promoted(scene: ReleaseScene): Promise<string> {
  const revision = await scene.commit();
  scene.pass(await scene.build(revision), revision, 'unit');
  await promote({ directory: scene.directory }, scene.ports, scene.work);
  return revision;
}

const run = (scene: ReleaseScene, target = 'staging') => deploy({ directory: scene.directory, target }, scene.ports, scene.work);

/** Remembers messages, and answers as Slack, Rocket.Chat and GitHub do. */
async function listen(): Promise<{ readonly url: string; readonly messages: { readonly method: string; readonly url: string; readonly body: Record<string, unknown>; readonly authorization: string | undefined }[] }> {
  const messages: { method: string; url: string; body: Record<string, unknown>; authorization: string | undefined }[] = [];
  const deployments: { id: number; sha: string }[] = [];
  const listener = http.createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    request.on('end', () => {
      const { method = '', url = '' } = request;
      const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
      messages.push({ method, url, body, authorization: request.headers.authorization });
      if (url === '/broken') return void response.writeHead(404).end();
      if (method === 'GET') return void response.writeHead(200).end(JSON.stringify(deployments.filter(({ sha }) => url.includes(sha))));
      if (url.endsWith('/deployments')) deployments.unshift({ id: deployments.length + 1, sha: String(body['ref']) });
      response.writeHead(201).end(JSON.stringify({ id: deployments[0]?.id }));
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void listener.close());
  return { url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`, messages };
}

describe('stages after a deployment', () => {
  test('run against the target in the released image; what passed there opens the next target’s gate, and what fails rolls back', async () => {
    const targets = `stages:\n  smoke: { run: 'echo checks $$TARGET with $$TOKEN_OF_TEST; test "$$(cat /revision)" = "$$REVISION"', against: target, environment: { TOKEN_OF_TEST: a-secret-value } }\ntargets:\n  staging: { requires: [unit], deploy: { script: { run: 'true' } }, after: [smoke] }\n  production: { requires: [unit, { stage: smoke, on: staging }] }\n`;
    const scene = await releaseScene({ 'backlot.yaml': HEAD() + targets }, { TOKEN_OF_TEST: 'a-secret-value' });
    const first = await promoted(scene);
    expect((await failureOf(promote({ directory: scene.directory, target: 'production' }, scene.ports, scene.work))).also?.[0]?.message).toContain('no evidence that smoke on staging passed');
    expect(await run(scene)).toMatchObject({ revision: first, verdict: 'pass', kpi: [{ check: 'stage smoke', verdict: 'pass' }] });
    expect(scene.told).toContainEqual(expect.objectContaining({ type: 'stage', stage: 'smoke', state: 'passed' }));
    expect(scene.told).toContainEqual(expect.objectContaining({ type: 'message', text: 'smoke: checks staging with [secret]' }));
    expect((await showEvidence({ directory: scene.directory }, scene.ports, never)).stages).toContainEqual(expect.objectContaining({ stage: 'smoke', on: 'staging' }));
    expect(await promote({ directory: scene.directory, target: 'production' }, scene.ports, scene.work)).toMatchObject({ target: 'production', sent: false });

    const second = await scene.commit();
    scene.pass(await scene.build(second, 'another'), second, 'unit');
    await promote({ directory: scene.directory }, scene.ports, scene.work);
    expect(await failureOf(run(scene))).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining('stage smoke: it ended with 1') as string, result: { rolledBack: true, previous: first } });
    const refused = await failureOf(promote({ directory: scene.directory, target: 'production' }, scene.ports, scene.work));
    expect(refused.also?.[0]?.message).toContain('smoke on staging failed on this image when it ran last');
    // They check a way back by hand as well, from which there is none.
    const third = await promoted(scene);
    await run(scene);
    await scene.write({ 'backlot.yaml': HEAD() + targets.replace('echo checks', 'exit 7; echo checks') });
    expect(await failureOf(rollback({ directory: scene.directory, target: 'staging' }, scene.ports, scene.work))).toMatchObject({ code: 'deploy-failed', result: { revision: first, previous: third, rolledBack: false, kpi: [{ check: 'stage smoke', verdict: 'fail' }] } });
    expect(await docker('ps', '-aq', '--filter', `label=dev.backlot.project=${scene.image.split('/')[0]}`)).toBe('');
  });
});

describe('people', () => {
  test('are told of the start, the verdict and the way back, with target, revision, digest, who and why; one who cannot be told holds nothing up', async () => {
    const { url, messages } = await listen();
    const notify = `notify:\n  - { slack: {env: SLACK}, on: [promote, deploy, pass, fail, rollback] }\n  - { rocketchat: {env: ROCKET}, on: [fail] }\n  - { slack: {env: BROKEN}, on: [deploy] }\n  - { github: { repository: acme/shop, token: {env: GH_TOKEN}, url: "${url}/api" }, statuses: true, deployments: true }\n`;
    const scene = await releaseScene({ 'backlot.yaml': `${HEAD()}${notify}targets:\n  staging: { requires: [unit], deploy: { script: { run: 'test ! -e broken || test $$BACKLOT_MODE = rollback' } } }\n`, '.gitignore': 'broken\n' }, { SLACK: `${url}/slack`, ROCKET: `${url}/rocket`, BROKEN: `${url}/broken`, GH_TOKEN: 'ghp_a_token' });
    const first = await promoted(scene);
    const { script } = scene.ports.deployers;
    const linked = script && { ...script, deploy: async (...all: Parameters<typeof script.deploy>) => ({ ...(await script.deploy(...all)), link: 'https://git.example/infra/commit/c0ffee' }) };
    const { digest } = await run({ ...scene, ports: { ...scene.ports, deployers: { ...scene.ports.deployers, ...(linked && { script: linked }) } } });
    const slack = () => messages.filter((one) => one.url === '/slack').map(({ body }) => String(body['text']).split('\n'));
    expect(slack().map(([line]) => line)).toEqual(['promoted', 'deploys', 'released'].map((verb) => `ann@laptop ${verb} ${first.slice(0, 12)} of ${scene.image.split('/')[0]} ${verb === 'released' ? 'on' : 'to'} staging`));
    for (const lines of slack()) expect(lines).toContain(`Digest: ${digest}`);
    expect(slack().map((lines) => lines.includes('https://git.example/infra/commit/c0ffee'))).toEqual([false, false, true]);
    expect(scene.told).toContainEqual(expect.objectContaining({ level: 'warning', text: 'slack was not told: Slack answers 404 to the message' }));
    const github = messages.filter((one) => one.url.startsWith('/api') && one.method === 'POST').map(({ url: path, body }) => `${path.replace('/api/repos/acme/shop/', '')} ${String(body['state'] ?? body['ref'])}`);
    expect(github).toEqual([`statuses/${first} success`, `statuses/${first} pending`, `deployments ${first}`, 'deployments/1/statuses in_progress', `statuses/${first} success`, 'deployments/1/statuses success']);
    expect(messages.find((one) => one.url === '/api/repos/acme/shop/deployments')?.body).toMatchObject({ environment: 'staging', auto_merge: false, required_contexts: [], payload: { digest } });
    expect(new Set(messages.filter((one) => one.url.startsWith('/api')).map(({ authorization }) => authorization))).toEqual(new Set(['Bearer ghp_a_token']));

    const second = await promoted(scene);
    await scene.write({ broken: '' });
    expect(await failureOf(run(scene))).toMatchObject({ result: { rolledBack: true } });
    expect(slack().slice(-2)).toEqual([
      expect.arrayContaining([`ann@laptop could not release ${second.slice(0, 12)} of ${scene.image.split('/')[0]} on staging`, 'Why: The deploy script ended with 1']) as string[],
      expect.arrayContaining([`The release of ann@laptop was rolled back by itself to ${first.slice(0, 12)} of ${scene.image.split('/')[0]} on staging`, `Digest: ${digest}`]) as string[],
    ]);
    expect(messages.filter((one) => one.url === '/rocket')).toHaveLength(1);
  });
});

describe('Kubernetes', () => {
  /** Stands in for kubectl: no cluster can be had here. It writes down how it was called and what it read. */
  const KUBECTL = '#!/bin/sh\necho "$@" >>"$KUBE_LOG"\ncase "$*" in *apply*) cat >>"$KUBE_LOG";; *"rollout status"*) test ! -e "$KUBE_LOG.stuck" || { echo "error: timed out waiting for the condition" >&2; exit 1; };; esac\n';

  /** A checkout that is deployed by it, and what it said since it was asked last. */
  async function kubernetes(): Promise<{ readonly ours: ReleaseScene; readonly log: string; readonly said: () => Promise<string[]> }> {
    const scene = await releaseScene({ 'backlot.yaml': `${HEAD()}targets:\n  staging: { requires: [unit], deploy: { kubernetes: { manifests: ["k8s/*.yaml"], context: prod, namespace: shop, rollout: [deployment/shop] } } }\n`, 'k8s/shop.yaml': 'image: ${IMAGE}\n', 'k8s/service.yaml': 'kind: Service\n' });
    const bin = join(scene.directory, '..', 'bin');
    const log = join(bin, 'log');
    await mkdir(bin);
    await writeFile(join(bin, 'kubectl'), KUBECTL.replaceAll('$KUBE_LOG', log));
    await chmod(join(bin, 'kubectl'), 0o755);
    // The process runner's own search path finds it by its folder.
    const processes = createProcessRunner({ ...process.env, PATH: `${bin}:${process.env['PATH']}` });
    const run_ = processes.run.bind(processes);
    processes.run = (file, args, options, signal) => run_(file === 'kubectl' ? join(bin, 'kubectl') : file, args, options, signal);
    const ours: ReleaseScene = { ...scene, ports: { ...scene.ports, deployers: { kubernetes: createKubernetesDeployer({ processes }) } } };
    return { ours, log, said: async () => (await readFile(log, 'utf8')).split('\n') };
  }

  test('gets the manifests with the digest, is waited for, and is undone where it gets stuck (a stand-in for kubectl)', async () => {
    const { ours, log, said } = await kubernetes();
    const first = await promoted(ours);
    const { image } = await run(ours);
    expect(await said()).toEqual(['--context prod --namespace shop apply -f -', 'kind: Service', '', '---', `image: ${image}`, '--context prod --namespace shop rollout status deployment/shop --timeout=900s', '']);
    await promoted(ours);
    await writeFile(`${log}.stuck`, '');
    expect(await failureOf(run(ours))).toMatchObject({ code: 'deploy-failed', message: expect.stringContaining('timed out waiting') as string, result: { previous: first } });
    expect(await said()).toContain('--context prod --namespace shop rollout undo deployment/shop');
  });

  test('gets the manifests of the revision that is deployed, on each way back too, and those of the checkout with a warning where its commit is gone', async () => {
    const { ours, log, said } = await kubernetes();
    const applied = async () => {
      const lines = await said();
      await rm(log);
      return lines.filter((line) => /^(?:kind|image):|apply/.test(line)).join(' ').split(/ ?--context [^:]* apply -f - ?/).slice(1);
    };
    const warnings = () => ours.told.splice(0).flatMap((news) => (news.type === 'message' && news.text.startsWith('The files') ? [news.text] : []));
    const first = await promoted(ours);
    const { image: one } = await run(ours);
    expect(await applied()).toEqual([`kind: Service image: ${one}`]);
    await ours.write({ 'k8s/service.yaml': 'kind: Broken\n', 'k8s/more.yaml': 'kind: More\n' });
    const second = await promoted(ours);
    // Stuck until the way back, which finds the target as it was.
    await writeFile(`${log}.stuck`, '');
    const tell: typeof ours.work.tell = (news) => {
      if (news.type === 'message' && news.text.startsWith('Goes back')) rmSync(`${log}.stuck`);
      ours.work.tell(news);
    };
    const failure = await failureOf(deploy({ directory: ours.directory, target: 'staging' }, ours.ports, { ...ours.work, tell }));
    expect(failure).toMatchObject({ code: 'deploy-failed', result: { revision: second, previous: first, rolledBack: true } });
    const { image: two } = failure.result as { readonly image: string };
    expect(await applied()).toEqual([`kind: More kind: Broken image: ${two}`, `kind: Service image: ${one}`]);
    await run(ours);
    await ours.write({ 'k8s/service.yaml': 'kind: Uncommitted\n' });
    await rollback({ directory: ours.directory, target: 'staging' }, ours.ports, ours.work);
    await deploy({ directory: ours.directory, target: 'staging', revision: first }, ours.ports, ours.work);
    expect(await applied()).toEqual([`kind: More kind: Broken image: ${two}`, `kind: Service image: ${one}`, `kind: Service image: ${one}`]);
    expect(warnings()).toEqual([]);
    // Somebody began the history anew.
    await git(ours.directory, 'checkout', '--quiet', '--orphan', 'anew');
    await git(ours.directory, 'commit', '--quiet', '--all', '-m', 'anew');
    await git(ours.directory, 'branch', '--quiet', '-D', 'main');
    await git(ours.directory, 'update-ref', '-d', 'refs/remotes/origin/main');
    await git(ours.directory, 'reflog', 'expire', '--expire=now', '--all');
    await git(ours.directory, 'gc', '--quiet', '--prune=now');
    await deploy({ directory: ours.directory, target: 'staging', revision: first }, ours.ports, ours.work);
    expect(await applied()).toEqual([`kind: More kind: Uncommitted image: ${one}`]);
    expect(warnings()).toEqual([`The files that the deploy names are those of the checkout, not those of ${first.slice(0, 12)}: this repository does not have its commit`]);
    expect((await readdir(tmpdir())).filter((name) => name.startsWith(`backlot-files-${process.pid}-`))).toEqual([]);
  });
});
