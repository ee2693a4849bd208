import assert from 'node:assert/strict';
import { test } from 'node:test';
import { html, listPage, price, productPage } from '../../src/pages.js';

const product = { slug: 'x', name: '<script>alert(1)</script>', maker: 'A & B', category: 'Plants', priceCents: 123450, description: '"quoted"' };

test('values are escaped, markup in markup is not', () => {
  assert.equal(html`<p title="${'a"b'}">${html`<b>${'<'}</b>`}${undefined}${['x', 'y']}</p>`.markup, '<p title="a&#34;b"><b>&#60;</b>xy</p>');
});

test('a name cannot bring in a script', () => {
  assert.doesNotMatch(productPage({ product }), /<script>/);
});

test('a price has its currency and two decimals', () => {
  assert.equal(price(123450), '€1,234.50');
});

test('an empty list says so', () => {
  const markup = listPage({ list: { products: [], total: 0, page: 1, pages: 1 }, categories: [], search: 'zzz' });
  assert.match(markup, /Nothing matches/);
});
