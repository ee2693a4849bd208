// Against a running shop: STOREFRONT_URL, by default the one that is published on this machine.
import assert from 'node:assert/strict';
import { test } from 'node:test';

const base = process.env.STOREFRONT_URL ?? 'http://127.0.0.1:14020';
const ask = (path, options = {}) => fetch(`${base}${path}`, { redirect: 'manual', signal: AbortSignal.timeout(10_000), ...options });
const order = (fields) => ask('/products/tide-bowl/order', { method: 'POST', body: new URLSearchParams({ quantity: '2', customer: 'Ada Moor', email: 'ada@shop.example', ...fields }) });

async function eventually(check, milliseconds = 10_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = await check();
    if (value) return value;
    assert.ok(Date.now() < end, 'it did not come about in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('health looks at the catalogue, the orders and the broker', async () => {
  const response = await ask('/health');
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { status: 'ok', catalogue: 'up', orders: 'up', broker: 'up' });
});

test('the first page shows products of the catalogue', async () => {
  const markup = await (await ask('/')).text();
  assert.match(markup, /Harbour Pendant/);
  assert.equal(markup.match(/class="card"/g).length, 12);
});

test('a placed order is booked by the worker', async () => {
  const placed = await order();
  assert.equal(placed.status, 303);
  const path = placed.headers.get('location');
  const markup = await eventually(async () => {
    const text = await (await ask(path)).text();
    return text.includes('data-state="booked"') && text;
  });
  assert.match(markup, /2 × Tide Bowl/);
  assert.match(markup, /€84\.00/);
  assert.match(await (await ask('/orders')).text(), new RegExp(path.slice('/orders/'.length, '/orders/'.length + 8)));
});

test('a form with a mistake comes back with what was typed', async () => {
  const response = await order({ email: 'nobody' });
  assert.equal(response.status, 422);
  const markup = await response.text();
  assert.match(markup, /does not look right/);
  assert.match(markup, /value="nobody"/);
});

test('an unknown product is not found', async () => {
  assert.equal((await ask('/products/no-such-thing')).status, 404);
});
