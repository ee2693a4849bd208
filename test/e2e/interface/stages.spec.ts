import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test, type Page } from '@playwright/test';
import { seriousFaults } from './axe.ts';
import { makeServed, type Served } from './served.ts';

const run = promisify(execFile);

test.describe.configure({ mode: 'serial', timeout: 180_000 });

const compose = (name: string) => `name: ${name}
services:
  cache:
    image: redis:7
    labels: { dev.backlot.test: "1" }
    stop_grace_period: 0s
    tmpfs: [/data]
`;

/** Two pixels, so that a browser can tell that it has drawn a picture. */
const PICTURE = 'iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAYAAAD0In+KAAAAD0lEQVR4nGP4z8DwHwQBEPgD/U6VwW8AAAAASUVORK5CYII=';
const REPORT = '<testsuite name="checkout" tests="2" failures="1"><testcase classname="checkout" name="an empty basket cannot be paid" time="0.004"/><testcase classname="checkout" name="a voucher takes ten percent" time="0.031"><failure message="expected 44.91, was 49.90">at voucher.test.js:38</failure></testcase></testsuite>';

const FAILING = `mkdir /out; echo '${PICTURE}' | base64 -d > /out/voucher.png; echo '${REPORT}' > /out/report.xml; echo the basket holds 49.90; exit 1`;

const backlotFile = (name: string) => `version: 1
name: ${name}
compose: [compose.yaml]
sets:
  minimal: { services: all, addresses: own }
stages:
  unit: { image: "debian:bookworm-slim", run: ["sh", "-c", "printf 'TAP version 13\\\\nok 1 - adds up\\\\nok 2 - keeps the currency\\\\n1..2\\\\n'"] }
  checkout:
    image: debian:bookworm-slim
    needs: [unit]
    services: [cache]
    junit: /out/report.xml
    artifacts: [/out/*.png]
    run: ${JSON.stringify(['sh', '-c', FAILING])}
`;

let served: Served;

test.beforeAll(async () => {
  served = await makeServed({ compose, backlot: backlotFile });
});

test.afterAll(async () => {
  // The page may show a verdict a moment before what it ran in is gone.
  const left = async () => (await run('docker', ['ps', '-aq', '--filter', 'label=dev.backlot.run', '--filter', `label=dev.backlot.project=${served.name}`])).stdout;
  try {
    await expect.poll(left, { timeout: 30_000 }).toBe('');
  } finally {
    await served.close();
  }
});

async function open(page: Page): Promise<void> {
  await page.goto(await served.serve());
  await page.getByRole('link', { name: 'Stages' }).click();
  await expect(page.getByRole('heading', { name: 'Stages', exact: true })).toBeVisible();
}

const graph = (page: Page) => page.getByRole('group', { name: 'Stages by what they need' });
const runs = (page: Page) => page.getByRole('list', { name: 'Runs' }).getByRole('listitem');

test('all stages run with one button; the one that fails is opened with its test, what everybody printed, and its picture', async ({ page }) => {
  await open(page);
  await expect(page.getByRole('status').filter({ hasText: '2 stages, none has run yet' })).toBeVisible();
  await page.getByRole('button', { name: 'Run all' }).click();
  await expect(graph(page).getByRole('link', { name: /^unit ?: passed/ })).toContainText('2 tests', { timeout: 90_000 });
  await expect(graph(page).getByRole('link', { name: /^checkout ?: failed/ })).toContainText('1 of 2 tests failed', { timeout: 90_000 });
  const failure = page.getByRole('region', { name: 'Failed test' });
  await expect(failure).toContainText('a voucher takes ten percent');
  await expect(failure).toContainText('expected 44.91, was 49.90');
  const log = page.getByRole('region', { name: 'Log window' }).getByRole('log');
  await expect(log).toContainText('the basket holds 49.90', { timeout: 20_000 });
  await expect(page.getByRole('region', { name: 'Log window' }).getByRole('button', { name: 'cache' })).toBeVisible();
  await page.getByRole('list', { name: 'Pictures' }).getByRole('button').click();
  const picture = page.getByRole('dialog').getByRole('img', { name: /voucher\.png/ });
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(2);
  await page.keyboard.press('Escape');
  expect(await seriousFaults(page)).toEqual([]);
});

test('tests stand in a tree by suite, failed ones first', async ({ page }) => {
  await open(page);
  await page.getByRole('navigation', { name: 'Parts of checkout' }).getByRole('link', { name: 'Tests' }).click();
  const tests = page.getByRole('list', { name: 'Tests' });
  await expect(tests.getByRole('listitem').nth(0)).toContainText('checkout');
  await expect(tests.getByRole('listitem').nth(1)).toContainText('a voucher takes ten percent');
  await expect(tests.getByRole('listitem').nth(2)).toContainText('an empty basket cannot be paid');
  expect(await seriousFaults(page)).toEqual([]);
});

test('one stage runs again by its own button, and two runs are compared', async ({ page }) => {
  await open(page);
  await graph(page).getByRole('button', { name: 'Run unit' }).click();
  await expect(runs(page)).toHaveCount(2, { timeout: 60_000 });
  await expect(graph(page).getByRole('link', { name: /^unit ?: passed/ })).toBeVisible({ timeout: 60_000 });
  await expect(graph(page).getByRole('link', { name: /^checkout ?: not run/ })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Compare with the one before' })).toBeVisible({ timeout: 30_000 });
  await page.keyboard.press('Control+k');
  await page.keyboard.type('compare the latest');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Compare runs' })).toBeVisible();
  await expect(page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'stage', exact: true }) })).toContainText('failed');
  expect(await seriousFaults(page)).toEqual([]);
  const known = JSON.parse(await served.backlot('runs', '--json')) as { runs: { state: string }[] };
  expect(known.runs.map(({ state }) => state)).toEqual(['passed', 'failed']);
});

test('a failed stage is held when that is asked for, shows why it failed meanwhile, and is released by its button', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'More ways to run' }).click();
  await page.getByRole('menuitem', { name: 'Run, and hold what fails for 15 min' }).click();
  const held = page.getByRole('region', { name: 'The run is held' });
  await expect(held).toContainText('14:', { timeout: 90_000 });
  await expect(page.getByRole('region', { name: 'Failed test' })).toContainText('a voucher takes ten percent', { timeout: 20_000 });
  expect(await seriousFaults(page)).toEqual([]);
  await held.getByRole('button', { name: 'Shell', exact: true }).click();
  await expect(page.getByRole('tab', { name: /checkout \(held\)/ })).toBeVisible();
  await expect(page.getByRole('tabpanel')).toContainText('#', { timeout: 20_000 });
  await page.keyboard.type('ls /out\n');
  await expect(page.getByRole('tabpanel')).toContainText('voucher.png', { timeout: 20_000 });
  await held.getByRole('button', { name: 'Release' }).click();
  await expect(held).toBeHidden({ timeout: 60_000 });
  await expect(graph(page).getByRole('link', { name: /^checkout ?: failed/ })).toBeVisible({ timeout: 30_000 });
});
