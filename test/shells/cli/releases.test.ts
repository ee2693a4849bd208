import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Release, TargetView } from '#contract/releases.ts';
import { docker, never, registries, sha256, startRegistry, stream } from '../../adapters/registry/registry-scene.ts';
import { eventually, withScene, type Scene } from '../../support/backlot.ts';
import { countRunning } from '../../support/processes.ts';
import { lines, run, runOnTerminal, start } from './run-cli.ts';

let server: { readonly id: string; readonly address: string };
beforeAll(async () => {
  server = await startRegistry();
});
afterAll(() => docker('rm', '-fv', server.id));

const git = async (directory: string, ...args: string[]) => (await promisify(execFile)('git', ['-c', 'user.name=Ann', '-c', 'user.email=ann@shop.example', ...args], { cwd: directory })).stdout.trim();

const KEY = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** `nap`: seconds that a script that is held sleeps, by which its process is known. */
const FILE = (nap: string) => `version: 1
name: NAME
compose: [compose.yaml]
build: { context: ., image: ${server.address}/NAME/shop }
evidence: { key: { file: key.pem } }
stages: { unit: { run: "true", allowEmpty: true } }
targets:
  staging: { requires: [unit], platform: linux/amd64, deploy: { script: { run: "echo now $$REVISION; if test -e hold; then sleep 0.3; mv hold held; echo holding; sleep ${nap}; fi" } } }
  unsure: { requires: [unit], deploy: { script: { run: "true" } }, kpi: { window: 300ms, interval: 50ms, checks: [{ name: orders, command: "echo none", min: 1 }] } }
`;

/** A checkout whose revision is on its remote. */
async function checkOut({ directory, home }: Scene): Promise<string> {
  await mkdir(join(home, 'remote.git'));
  await git(join(home, 'remote.git'), 'init', '--quiet', '--bare', '--initial-branch=main');
  await git(directory, 'init', '--quiet', '--initial-branch=main');
  await git(directory, 'remote', 'add', 'origin', join(home, 'remote.git'));
  return commit(directory);
}

async function commit(directory: string): Promise<string> {
  await git(directory, 'add', '-A');
  await git(directory, 'commit', '--quiet', '--allow-empty', '-m', 'change');
  await git(directory, 'push', '--quiet', 'origin', 'HEAD:main');
  return git(directory, 'rev-parse', 'HEAD');
}

/** Hangs the image's evidence onto it once more with one word of it edited, and answers how to take that away. */
async function tamper(image: string): Promise<() => Promise<unknown>> {
  const [name = '', digest = ''] = image.split('@');
  const repository = (await registries()).repository(name);
  const [attached] = await repository.referrers(digest, undefined, never);
  const manifest = JSON.parse(Buffer.from((await repository.readManifest(attached?.digest ?? '', never))?.bytes ?? []).toString()) as { layers: [{ mediaType: string; digest: string; size: number }] };
  const envelope = JSON.parse(Buffer.from(await repository.readBytes(manifest.layers[0], 100_000, never)).toString()) as { payload: string };
  const payload = Buffer.from(envelope.payload, 'base64').toString().replace('"failures":0', '"failures":1');
  const edited = Buffer.from(JSON.stringify({ ...envelope, payload: Buffer.from(payload).toString('base64') }));
  const layer = await repository.writeBlob({ mediaType: manifest.layers[0].mediaType, open: () => stream(edited) }, never);
  const bytes = Buffer.from(JSON.stringify({ ...manifest, layers: [layer] }));
  const listed = await repository.readManifest(digest.replace(':', '-'), never);
  await repository.writeManifest(sha256(bytes), { mediaType: 'application/vnd.oci.image.manifest.v1+json', bytes }, never);
  return () => repository.writeManifest(digest.replace(':', '-'), { mediaType: listed?.descriptor.mediaType ?? '', bytes: listed?.bytes ?? new Uint8Array() }, never);
}

/** The digest that a tag of a scene's image is at. */
async function tagged({ name }: Scene, tag: string): Promise<string | null> {
  const accept = 'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json';
  return (await fetch(`http://${server.address}/v2/${name}/shop/manifests/${tag}`, { method: 'HEAD', headers: { accept }, signal: AbortSignal.timeout(5000) })).headers.get('docker-content-digest');
}

/** Kills a process as soon as it has written a tag, or its script runs. */
async function killAt(moment: string, words: readonly string[], scene: Scene, nap: string): Promise<void> {
  const before = await tagged(scene, moment);
  if (moment === 'script') await writeFile(join(scene.directory, 'hold'), '');
  const { child, ended } = start(scene, [...words, '--json']);
  const isHeld = async () => (await readdir(scene.directory)).includes('held');
  await expect.poll(async () => (moment === 'script' ? isHeld() : (await tagged(scene, moment)) !== before), { interval: 2, timeout: 15_000, message: `${words.join(' ')} at ${moment}` }).toBe(true);
  child.kill('SIGKILL');
  const { code } = await ended;
  // Little is left to do once the target's own tag is moved: it may just have ended.
  if (moment !== 'staging') expect(code, moment).toBeNull();
  await rm(join(scene.directory, 'held'), { force: true });
  await eventually(async () => expect(await countRunning('sleep', nap)).toBe(0));
}

describe('from a run to a target and back, as processes', () => {
  test('the verbs have the shapes and exit codes of the contract', async () => {
    const nap = String(61 + Math.random());
    const files = { 'backlot.yaml': FILE(nap), 'compose.yaml': 'name: NAME\nservices:\n  app: { build: ., image: NAME/shop }\n', Dockerfile: 'FROM debian:bookworm-slim\nLABEL dev.backlot.test=1\nCOPY version /version\n', version: '1', '.gitignore': 'hold\nheld\nkey.pem\n', 'key.pem': KEY };
    await withScene(files, async (scene) => {
      const ask = async (...words: string[]) => {
        const { code, stdout } = await run(scene, [...words, '--json']);
        return { code, ...(stdout.startsWith('{\n') ? (JSON.parse(stdout) as Record<string, unknown>) : lines(stdout).at(-1)) } as Record<string, unknown> & { code: number };
      };
      const first = await checkOut(scene);
      const refused = await ask('promote', '--target', 'staging');
      expect(refused).toMatchObject({ code: 6, type: 'result', ok: false, schema: 1, error: { code: 'gate-refused', also: expect.arrayContaining([expect.objectContaining({ message: expect.stringContaining('unit passed') as string })]) as unknown } });
      expect(await ask('run', 'unit')).toMatchObject({ code: 0 });
      const promoted = await ask('promote', '--to', 'staging');
      expect(promoted).toMatchObject({ code: 0, ok: true, revision: first, target: 'staging', image: `${server.address}/${scene.name}/shop@${String(promoted['digest'])}` });
      const direct = await fetch(`http://${server.address}/v2/${scene.name}/shop/manifests/${first}`, { headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json' }, signal: AbortSignal.timeout(5000) });
      expect(direct.headers.get('docker-content-digest')).toBe(promoted['digest']);
      expect(await ask('evidence', String(promoted['image']))).toMatchObject({ code: 0, schema: 1, digest: promoted['digest'], revision: first, platforms: ['linux/amd64'], stages: [{ stage: 'unit' }], verified: true });
      const whole = await tamper(String(promoted['image']));
      const tampered = await ask('evidence', String(promoted['image']));
      expect(tampered).toMatchObject({ code: 6, verified: false });
      expect(tampered['attestations']).toContainEqual(expect.objectContaining({ state: 'invalid', problem: expect.stringContaining('changed after it was signed') as string }));
      await whole();
      expect(await ask('evidence', String(promoted['image']))).toMatchObject({ code: 0 });
      expect(await ask('deploy', 'staging')).toMatchObject({ code: 0, ok: true, release: expect.any(String) as string, target: 'staging', revision: first, verdict: 'pass' });

      await writeFile(join(scene.directory, 'version'), '2');
      const second = await commit(scene.directory);
      expect(await ask('run', 'unit')).toMatchObject({ code: 0 });
      expect(await ask('promote')).toMatchObject({ code: 0 });
      expect(await ask('deploy', 'staging')).toMatchObject({ code: 0, revision: second, previous: first });
      expect(await ask('rollback', 'staging', '--list')).toMatchObject({ code: 0, schema: 1, candidates: [{ revision: first, isDefault: true, available: true }] });
      expect(await ask('rollback', 'staging')).toMatchObject({ code: 0, ok: true, revision: first, previous: second });
      expect(await ask('releases', 'staging')).toMatchObject({ code: 0, releases: [{ kind: 'rollback' }, { revision: second, faulty: true }, { revision: first }] });
      expect(await ask('releases', '--path', 'staging')).toMatchObject({
        code: 0,
        revisions: [
          { revision: second, checkedOut: true, subject: 'change', author: 'Ann', evidence: [{ requirement: 'unit', met: true }], promoted: {}, released: { faulty: true }, serves: [] },
          { revision: first, checkedOut: false, promoted: {}, released: { kind: 'rollback', state: 'pass' }, serves: ['staging'] },
        ],
      });
      expect(await ask('targets')).toMatchObject({ code: 0, targets: [{ name: 'staging', current: { revision: first } }, { name: 'unsure' }] });
      expect(await ask('targets', 'lock', 'staging', '--reason', 'database move', '--for', '5m')).toMatchObject({ code: 0, reason: 'database move' });
      expect(await ask('deploy', 'staging')).toMatchObject({ code: 6, error: { code: 'target-locked' } });
      expect(await ask('targets', 'unlock', 'staging')).toMatchObject({ code: 0, unlocked: true });
      expect(await ask('deploy', 'stagin')).toMatchObject({ code: 2, error: { code: 'target-unknown', fix: expect.stringContaining('Did you mean staging') as string } });

      // What cannot be judged waits for a person, and without one stays with exit code 1.
      expect(await ask('promote', '--to', 'unsure')).toMatchObject({ code: 0 });
      expect(await ask('deploy', 'unsure')).toMatchObject({ code: 1, error: { code: 'deploy-failed' }, verdict: 'inconclusive' });
      const onTerminal = async (target: string, key: string) => {
        let typed = false;
        return runOnTerminal(scene, ['deploy', target], (all, type) => {
          if (typed || !all.includes('[a]bort?')) return;
          typed = true;
          type(key);
        });
      };
      const { code, output } = await onTerminal('unsure', 'c\r');
      expect([code, output]).toEqual([0, expect.stringContaining('let it stay')]);
      expect(output).toContain('[c]ontinue / [r]oll back / [a]bort?');
      expect((await onTerminal('unsure', 'r\r')).output).toContain('was given up on unsure');

      // Killed in the middle: the script ends with it, and the next deploy finds what was left and brings it in order.
      await writeFile(join(scene.directory, 'hold'), '');
      const { child, stdout, ended } = start(scene, ['deploy', 'staging', '--json']);
      await eventually(async () => Promise.resolve(expect(stdout()).toContain('holding')));
      // Another machine's Backlot with the same key does not get in.
      const elsewhere = await run({ ...scene, home: join(scene.home, 'other') }, ['deploy', 'staging', '--json']);
      expect(elsewhere.code).toBe(6);
      expect(lines(elsewhere.stdout).at(-1)).toMatchObject({ error: { code: 'target-locked', message: expect.stringContaining('deploys') as string } });
      child.kill('SIGKILL');
      await ended;
      await eventually(async () => expect(await countRunning('sleep', nap)).toBe(0));
      await rm(join(scene.directory, 'held'));
      expect(await ask('targets')).toMatchObject({ targets: [{ current: { revision: first }, interrupted: { revision: second } }, {}] });
      expect((await run(scene, ['targets'])).stdout).toContain('Bring it in order: backlot deploy staging or backlot rollback staging');
      expect(await ask('deploy', 'staging')).toMatchObject({ code: 0, revision: second, previous: first });
      expect(await ask('releases', 'log', 'staging')).toMatchObject({ code: 0, lines: expect.arrayContaining([expect.stringContaining(`now ${second}`)]) as unknown });
      expect(await ask('targets', 'remove', 'staging')).toMatchObject({ code: 3, error: { code: 'config-invalid', fix: expect.stringContaining('Remove it there') as string } });
      expect(await ask('releases', 'staging')).toMatchObject({ releases: [{ state: 'pass', revision: second }, { state: 'interrupted' }, { kind: 'rollback' }, {}, {}] });

      // The same at other moments, the way back and the way there after it: its lock is claimed, its entry is written, its script runs, the target's tag is moved.
      for (const moment of ['backlot-lock-staging', 'backlot-releases-staging', 'script', 'staging']) {
        for (const verb of ['rollback', 'deploy']) await killAt(moment, [verb, 'staging'], scene, nap);
        expect(await ask('deploy', 'staging'), moment).toMatchObject({ code: 0, revision: second });
        const [{ targets }, { releases }] = (await Promise.all([ask('targets'), ask('releases', 'staging')])) as unknown as [{ targets: TargetView[] }, { releases: Release[] }];
        expect(targets[0], moment).toMatchObject({ current: { revision: second, digest: await tagged(scene, 'staging') } });
        expect([targets[0]?.lock, targets[0]?.interrupted, releases.filter(({ state }) => state === 'running')], moment).toEqual([undefined, undefined, []]);
      }
      const images = (await docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', `${server.address}/${scene.name}/shop`)).split('\n');
      await docker('image', 'rm', '-f', ...images);
      await rm(join(scene.home, 'remote.git'), { recursive: true });
    });
  }, 180_000);
});
