import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deploy } from '#features/releases/deploy.ts';
import { promote } from '#features/releases/promote.ts';
import { docker, startBetween, startRegistry, type Asked, type Fault } from '../../adapters/registry/registry-scene.ts';
import { failureOf, never, releaseScene, type ReleaseScene } from './release-scene.ts';

let server: { readonly id: string; readonly address: string };
beforeAll(async () => {
  server = await startRegistry();
});
afterAll(() => docker('rm', '-fv', server.id));

const FILE = (address: string) => `version: 1\nname: NAME\nbuild: { image: NAME/shop }\nregistry: ${address}\ntargets: { staging: { requires: [unit] } }\n`;
const run = (scene: ReleaseScene) => promote({ directory: scene.directory }, scene.ports, scene.work);
const writes = ({ method }: Asked) => !['GET', 'HEAD'].includes(method);
const refusal = (status: number, code: string, message: string): Fault => ({ status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ errors: [{ code, message }] }) });

/** Committed, pushed, built and tested, with a registry whose every answer can be another. */
async function ready(more = ''): Promise<ReleaseScene & { readonly address: string; readonly asked: Asked[]; suffer: (decide: (asked: Asked) => Fault) => void }> {
  let decide: (asked: Asked) => Fault = () => 'pass';
  const between = await startBetween(server.address, (asked) => decide(asked));
  const scene = await releaseScene({ 'backlot.yaml': FILE(between.address).replace('[unit]', `[unit]${more}`) });
  const revision = await scene.commit();
  scene.pass(await scene.build(revision), revision, 'unit');
  return { ...scene, ...between, suffer: (next) => (decide = next) };
}

describe('a promotion to a registry', () => {
  test('that is down, denies, is full, or fails for good says so plainly, and is as good as new after it', async () => {
    const scene = await ready();
    const cases: readonly (readonly [(asked: Asked) => Fault, object])[] = [
      [() => 'hang-up', { code: 'registry-failed', message: expect.stringContaining(scene.address) as string, fix: expect.stringContaining('reachable') as string }],
      [() => refusal(403, 'DENIED', 'not yours'), { code: 'registry-denied', message: expect.stringContaining('does not allow') as string }],
      [(asked) => (writes(asked) ? refusal(403, 'DENIED', 'not yours') : 'pass'), { code: 'registry-denied' }],
      [(asked) => (asked.method === 'PUT' && asked.url.includes('/manifests/') ? refusal(404, 'NAME_UNKNOWN', 'repository name not known to registry') : 'pass'), { code: 'registry-failed', message: expect.stringContaining('has no') as string, fix: expect.stringContaining('made there') as string }],
      [(asked) => (asked.method === 'PUT' && asked.url.includes('/manifests/') ? refusal(507, 'UNKNOWN', 'no space left on device') : 'pass'), { code: 'registry-failed', message: expect.stringMatching(/no room|no space/) as string }],
      [(asked) => (asked.method === 'PUT' && asked.url.includes('/manifests/') ? refusal(400, 'MANIFEST_INVALID', 'manifest invalid') : 'pass'), { code: 'registry-failed', message: expect.stringContaining('invalid') as string }],
    ];
    for (const [decide, expected] of cases) {
      scene.suffer(decide);
      const failure = await failureOf(run(scene));
      expect(failure, failure.message).toMatchObject(expected);
    }
    scene.suffer(() => 'pass');
    expect(await run(scene)).toMatchObject({ sent: true });
  }, 60_000);

  test('that asks to slow down is waited for as long as it says, one that loses the connection is sent the rest, and what fails for a moment is asked again', async () => {
    const scene = await ready();
    const once = new Set<string>();
    const first = (name: string) => !once.has(name) && Boolean(once.add(name));
    scene.suffer(({ method, url }) => {
      if (method === 'GET' && url.includes('/backlot-promoted-') && first('slow')) return { status: 429, headers: { 'retry-after': '1' } };
      if (method === 'GET' && url.includes('/referrers/') && first('fault')) return { status: 503 };
      if (method === 'PATCH' && first('cut')) return 'hang-up';
      return 'pass';
    });
    const began = performance.now();
    expect(await run(scene)).toMatchObject({ sent: true });
    expect(performance.now() - began).toBeGreaterThan(1000);
    expect([...once]).toEqual(expect.arrayContaining(['slow', 'cut']));
  }, 60_000);

  test('that fails for a moment under the engine is pushed to again, and that is told', async () => {
    const scene = await ready();
    let failed = false;
    scene.suffer(({ method, url }) => {
      if (failed || method !== 'PUT' || !url.includes('/manifests/')) return 'pass';
      failed = true;
      return { status: 500 };
    });
    expect(await run(scene)).toMatchObject({ sent: true });
    expect(scene.told).toContainEqual({ type: 'message', level: 'warning', text: expect.stringMatching(/^The push of .*500.*\. It is tried again$/) as string });
  }, 60_000);

  test('that answers with another digest, or other content, is not believed', async () => {
    const scene = await ready();
    const wrong = `sha256:${'0'.repeat(64)}`;
    scene.suffer(({ method, url }) => (method === 'HEAD' && /manifests\/[0-9a-f]{40}$/.test(url) ? { status: 200, headers: { 'docker-content-digest': wrong, 'content-length': '10', 'content-type': 'application/vnd.docker.distribution.manifest.v2+json' } } : 'pass'));
    expect(await failureOf(run(scene))).toMatchObject({ code: 'registry-failed', message: expect.stringContaining('Somebody moved the tag') as string });
    scene.suffer(({ method, url }) => (method === 'GET' && url.includes('/blobs/') ? { status: 200, body: 'other content' } : 'pass'));
    expect(await failureOf(run(scene))).toMatchObject({ code: 'registry-failed', message: expect.stringContaining('is not what its digest says') as string });
  }, 60_000);
});

test('a release whose tag the registry does not take says that it serves', async () => {
  const scene = await ready(', deploy: { script: { run: "true" } }');
  await run(scene);
  scene.suffer(({ method, url }) => (method === 'PUT' && url.endsWith('/manifests/staging') ? refusal(400, 'TAG_INVALID', 'not this one') : 'pass'));
  const failure = await failureOf(deploy({ directory: scene.directory, target: 'staging' }, scene.ports, scene.work));
  expect(failure).toMatchObject({ code: 'registry-failed', fix: expect.stringMatching(/[0-9a-f]{12} serves on staging all the same/) as string, result: { verdict: 'pass', rolledBack: false } });
}, 60_000);

test('what passed on the image of one platform says nothing of that of another, nor of the list of both', async () => {
  const scene = await ready();
  const { digest } = await run(scene);
  const repository = scene.ports.registry.repository(`${scene.address}/${scene.image}`);
  const tested = await repository.readManifest(digest, never);
  const config = Buffer.from(JSON.stringify({ architecture: 'arm64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] }, config: {} }));
  const sha = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  await repository.writeBlob({ mediaType: 'application/vnd.oci.image.config.v1+json', open: async function* () { yield await Promise.resolve(config); } }, never);
  const other = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: sha(config), size: config.length }, layers: [] }));
  await repository.writeManifest(sha(other), { mediaType: 'application/vnd.oci.image.manifest.v1+json', bytes: other }, never);
  const list = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [
    { mediaType: tested?.descriptor.mediaType, digest, size: tested?.descriptor.size, platform: { os: 'linux', architecture: 'amd64' } },
    { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: sha(other), size: other.length, platform: { os: 'linux', architecture: 'arm64' } },
  ] }));
  const revision = await scene.commit();
  for (const [type, bytes] of [['application/vnd.oci.image.manifest.v1+json', other], ['application/vnd.oci.image.index.v1+json', list]] as const) {
    await repository.writeManifest(revision, { mediaType: type, bytes }, never);
    expect((await failureOf(run(scene))).also?.map(({ message }) => message)).toEqual([expect.stringContaining('no evidence that unit passed on exactly this image')]);
  }
}, 60_000);
