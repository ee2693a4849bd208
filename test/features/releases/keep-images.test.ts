import { expect, test } from 'vitest';
import type { Release } from '#contract/releases.ts';
import { lastGood } from '#features/releases/keep-images.ts';

const release = (digest: string, more: Partial<Release> = {}): Release => ({ release: digest, target: 't', revision: 'r', image: 'i', digest, kind: 'deploy', state: 'pass', who: 'ann', started: '2026-01-01T00:00:00Z', ...more });

test('images of the last good releases are kept, each once, and none of a failed or faulty one', () => {
  const releases = [release('f', { state: 'fail' }), release('d'), release('c', { faulty: true }), release('b', { state: 'inconclusive' }), release('d'), release('a'), release('older')];
  expect(lastGood(releases, 3)).toEqual(['d', 'b', 'a']);
  expect(lastGood(releases, 1)).toEqual(['d']);
});
