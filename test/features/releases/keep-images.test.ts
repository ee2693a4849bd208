import { expect, onTestFinished, test } from 'vitest';
import { createImageRegistry } from '#adapters/registry/image-registry.ts';
import type { Release } from '#contract/releases.ts';
import { keepImages, lastGood } from '#features/releases/keep-images.ts';
import { docker, never, startRegistry } from '../../adapters/registry/registry-scene.ts';

const release = (digest: string, more: Partial<Release> = {}): Release => ({ release: digest, target: 't', revision: 'r', image: 'i', digest, kind: 'deploy', state: 'pass', who: 'ann', started: '2026-01-01T00:00:00Z', ...more });

test('images of the last good releases are kept, each once, and none of a failed or faulty one', () => {
  const releases = [release('f', { state: 'fail' }), release('d'), release('c', { faulty: true }), release('b', { state: 'inconclusive' }), release('d'), release('a'), release('older')];
  expect(lastGood(releases, 3)).toEqual(['d', 'b', 'a']);
  expect(lastGood(releases, 1)).toEqual(['d']);
});

test('a registry has a tag on each of as many images as are kept, and uses it again for the next', async () => {
  const server = await startRegistry();
  onTestFinished(async () => void (await docker('rm', '-fv', server.id)));
  const repository = createImageRegistry({ environment: {}, home: '/nonesuch' }).repository(`${server.address}/shop`);
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const releases: Release[] = [];
  for (const name of ['a', 'b', 'c', 'd']) {
    const { digest } = await repository.writeManifest(name, { mediaType, bytes: Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests: [], annotations: { name } })) }, never);
    releases.unshift(release(digest));
    await keepImages({ repository, name: 'staging', target: { keep: 2 } }, releases, never);
  }
  const kept = await Promise.all([0, 1, 2].map(async (slot) => (await repository.findManifest(`backlot-keep-staging-${slot}`, never))?.digest));
  expect(new Set(kept)).toEqual(new Set([releases[0]?.digest, releases[1]?.digest, undefined]));
});
