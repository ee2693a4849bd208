import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { parseProducts, readQuery, slugOf } from '../../src/products.js';

test('a slug keeps letters and digits and parts them by single hyphens', () => {
  assert.equal(slugOf('Lantern No. 4'), 'lantern-no-4');
  assert.equal(slugOf(' Café — Crème '), 'cafe-creme');
});

test('the seed file holds forty products with slugs of their own', async () => {
  const products = parseProducts(await readFile(new URL('../../data/products.tsv', import.meta.url), 'utf8'));
  assert.equal(products.length, 40);
  assert.equal(new Set(products.map((product) => product.slug)).size, 40);
});

test('a line with a bad price names its place', () => {
  assert.throws(() => parseProducts('Mug\tCeramics\tSalt Kiln\tfree\tA mug.'), /line 1/);
});

test('a query has limits', () => {
  const query = readQuery(new URLSearchParams('page=-3&size=9999&search=%20lamp%20'));
  assert.deepEqual(query, { search: 'lamp', category: undefined, page: 1, size: 60 });
});
