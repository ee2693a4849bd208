import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeFor } from '../../src/cache.js';

test('a key stays on its node, and keys spread over the nodes', () => {
  const keys = Array.from({ length: 200 }, (_, index) => `product:${index}`);
  const nodes = keys.map((key) => nodeFor(key, 2));
  assert.deepEqual(nodes, keys.map((key) => nodeFor(key, 2)));
  const first = nodes.filter((node) => node === 0).length;
  assert.ok(first > 60 && first < 140, `${first} of 200 on the first node`);
});
