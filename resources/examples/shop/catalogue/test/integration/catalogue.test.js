// Against a running catalogue: CATALOGUE_URL, by default the one that is published on this machine.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const base = process.env.CATALOGUE_URL ?? 'http://127.0.0.1:14010';
const ask = async (path) => {
  const response = await fetch(`${base}${path}`, { signal: AbortSignal.timeout(10_000) });
  return { status: response.status, headers: response.headers, body: await response.json() };
};

test('health looks at the database and at the cache', async () => {
  const { status, body } = await ask('/health');
  assert.equal(status, 200);
  assert.equal(body.database, 'up');
  assert.ok(Object.values(body.cache).includes('up'));
});

test('the list comes in pages', async () => {
  const first = await ask('/products?size=12');
  const second = await ask('/products?size=12&page=2');
  assert.equal(first.body.total, 40);
  assert.equal(first.body.products.length, 12);
  assert.notEqual(first.body.products[0].slug, second.body.products[0].slug);
});

test('a search finds words in names and descriptions', async () => {
  const { body } = await ask('/products?search=lamp');
  const slugs = body.products.map((product) => product.slug);
  assert.ok(slugs.includes('reading-lamp-arc'));
  assert.ok(!slugs.includes('olive-tree'));
});

test('a category holds its own products only', async () => {
  const { body } = await ask('/products?category=Plants');
  assert.equal(body.total, 8);
  assert.ok(body.products.every((product) => product.category === 'Plants'));
});

test('the second answer comes from the cache', async () => {
  const path = `/products?search=oak&size=${13 + (Date.now() % 40)}`;
  await ask(path);
  assert.equal((await ask(path)).headers.get('x-cache'), 'hit');
});

test('an unknown product is not found, and a quote in a search harms nothing', async () => {
  assert.equal((await ask('/products/no-such-thing')).status, 404);
  assert.equal((await ask(`/products?search=${encodeURIComponent("'; DROP TABLE products; --")}`)).status, 200);
  assert.equal((await ask('/products')).body.total, 40);
});

test('every product has a picture', async () => {
  const response = await fetch(`${base}/products/olive-tree/picture.svg`);
  assert.equal(response.headers.get('content-type'), 'image/svg+xml');
  assert.match(await response.text(), /^<svg /);
});
