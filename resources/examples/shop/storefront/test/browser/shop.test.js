// A person's way through the shop, in a real browser: STOREFRONT_URL, and CHROMIUM for the browser's own place.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';

const base = process.env.STOREFRONT_URL ?? 'http://127.0.0.1:14020';
const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const flags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

let browser;
let page;
before(async () => {
  const executablePath = places.find((place) => place && existsSync(place));
  browser = await chromium.launch({ ...(executablePath && { executablePath }), args: flags });
  page = await browser.newPage({ baseURL: base, viewport: { width: 1280, height: 800 } });
  await mkdir('screens', { recursive: true });
});
after(() => browser?.close());

test('somebody finds a bowl and orders two', async () => {
  await page.goto('/');
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: 'screens/shop.png' });
  await page.getByRole('searchbox').fill('bowl');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('link', { name: /Tide Bowl/ }).click();
  await page.getByLabel('Pieces').fill('2');
  await page.getByLabel('Your name').fill('Ada Moor');
  await page.getByLabel('E-mail').fill('ada@shop.example');
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: 'screens/product.png' });
  await page.getByRole('button', { name: 'Order now' }).click();
  await page.getByText('Thank you, Ada Moor.').waitFor({ timeout: 15_000 });
  await page.screenshot({ path: 'screens/order.png' });
  assert.match(await page.locator('main').innerText(), /2 × Tide Bowl — €84\.00/);
});

test('every picture on the first page is drawn', async () => {
  await page.goto('/?category=Plants');
  await page.waitForLoadState('networkidle');
  const widths = await page.locator('.card img').evaluateAll((pictures) => pictures.map((picture) => { picture.loading = 'eager'; return picture.decode().then(() => picture.naturalWidth); }).reduce(async (all, one) => [...(await all), await one], Promise.resolve([])));
  assert.equal(widths.length, 8);
  assert.ok(widths.every((width) => width > 0));
});
