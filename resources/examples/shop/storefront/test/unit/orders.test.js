import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOrder } from '../../src/orders.js';

const product = { slug: 'tide-bowl', name: 'Tide Bowl', priceCents: 4200 };
const form = (fields) => new URLSearchParams({ quantity: '2', customer: 'Ada Moor', email: 'ada@shop.example', ...fields });

test('an order costs its pieces', () => {
  const { order, problems } = readOrder(form(), product, { id: 'one', now: new Date(0) });
  assert.deepEqual(problems, []);
  assert.deepEqual(order, { id: 'one', product: 'tide-bowl', name: 'Tide Bowl', quantity: 2, totalCents: 8400, customer: 'Ada Moor', email: 'ada@shop.example', placedAt: '1970-01-01T00:00:00.000Z' });
});

test('every problem of a form is told at once', () => {
  const { order, problems } = readOrder(form({ quantity: '21', customer: ' ', email: 'nobody' }), product);
  assert.equal(order, undefined);
  assert.equal(problems.length, 3);
});

test('half a piece cannot be ordered', () => {
  assert.equal(readOrder(form({ quantity: '1.5' }), product).problems.length, 1);
});
