import { execFile } from 'node:child_process';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test, type Page } from '@playwright/test';
import { seriousFaults } from './axe.ts';
import { makeServed, type Served } from './served.ts';

const run = promisify(execFile);

test.describe.configure({ mode: 'serial', timeout: 120_000 });

let served: Served;

test.beforeAll(async () => {
  served = await makeServed();
});

test.afterAll(async () => {
  await served.close();
});

async function open(page: Page): Promise<void> {
  await page.goto(await served.serve());
  await expect(page.getByRole('heading', { name: 'minimal' })).toBeVisible();
}

test('a set that is down shows its plan with reasons; Up brings it up and Down takes it down', async ({ page }) => {
  await open(page);
  await expect(page.getByText('Up will create 3 containers. Data stays as it is.')).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText('chosen by the set')).toBeVisible();
  await page.getByRole('button', { name: 'Up', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible();
  await expect(page.getByText('2 ready')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('1 done')).toBeVisible();
  await page.getByRole('button', { name: 'Down', exact: true }).click();
  await expect(page.getByText('3 not created')).toBeVisible({ timeout: 60_000 });
  expect(await served.container('web')).toBe('');
});

test('names without suffixes are shown whole', async ({ page }) => {
  await open(page);
  await page.evaluate(() => (window.location.hash = '#/names'));
  for (const name of ['cache', 'migrate', 'web']) {
    const cut = await page.locator(`button[title="${name}"] > span > span`).evaluate((element) => element.scrollWidth - element.clientWidth, undefined, { timeout: 10_000 });
    expect({ name, cut }).toEqual({ name, cut: 0 });
  }
});

test('what an editor writes into the files shows at once; a fault is told with its place beside what was known, until it is mended', async ({ page }) => {
  const file = join(served.directory, 'compose.yaml');
  const good = await readFile(file, 'utf8');
  await open(page);
  await expect(page.getByText('Up will create 3 containers. Data stays as it is.')).toBeVisible({ timeout: 20_000 });
  try {
    await writeFile(file, `${good}    ports: 5\n`);
    const banner = page.getByRole('status').filter({ hasText: 'The project’s files have a fault.' });
    await expect(banner).toContainText(`${file}:${good.split('\n').length}:12`);
    await expect(page.getByRole('button', { name: 'Down', exact: true }).or(page.getByRole('button', { name: 'Up', exact: true })).first()).toBeVisible();
    // As editors do that never leave half a file behind.
    await writeFile(`${file}~`, good.replace('depends_on: [cache]', 'depends_on: [cache, extra]').replace('services:', 'services:\n  extra: { image: "redis:7", labels: *test }'));
    await rename(`${file}~`, file);
    await expect(banner).toHaveCount(0);
    await expect(page.getByText('Up will create 4 containers. Data stays as it is.')).toBeVisible();
  } finally {
    await writeFile(file, good);
  }
  await expect(page.getByText('Up will create 3 containers. Data stays as it is.')).toBeVisible();
});

test('the page shows what the command line brings up, and follows a docker stop within 2 s', async ({ page }) => {
  await open(page);
  await served.backlot('up', 'minimal', '--quiet');
  await expect(page.getByText('2 ready')).toBeVisible();
  await expect(page.getByText('1 done')).toBeVisible();
  await run('docker', ['stop', '--time', '1', await served.container('web')]);
  await expect(page.getByRole('row').filter({ has: page.getByRole('button', { name: 'web', exact: true }) })).toContainText(/stopped\s*exited with 0/, { timeout: 2000 });
});

test('restart of one service from its menu gives it a new start', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Up', exact: true }).click();
  await expect(page.getByText('2 ready')).toBeVisible({ timeout: 60_000 });
  const startedOf = async () => (await run('docker', ['inspect', '--format', '{{.State.StartedAt}}', await served.container('cache')])).stdout;
  const before = await startedOf();
  await page.getByRole('button', { name: 'More for cache' }).click();
  await page.getByRole('menuitem', { name: 'Restart' }).click();
  await expect.poll(startedOf, { timeout: 30_000 }).not.toBe(before);
  await expect(page.getByText('2 ready')).toBeVisible({ timeout: 30_000 });
});

test('a service is described beside the list; Escape closes it', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'web', exact: true }).click();
  const panel = page.getByRole('complementary', { name: 'Service web' });
  await expect(panel).toContainText('nginx:1.22');
  await expect(panel.getByRole('button', { name: /^cache/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
});

test('everything is reached by keyboard: palette, copy as command, shortcuts, pages', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('restart minimal');
  await expect(page.locator('[data-selected]')).toContainText('Restart minimal');
  await page.keyboard.press('Alt+Enter');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(`backlot -C ${served.directory} restart minimal`);
  await expect(page.getByRole('textbox', { name: 'Search or run' })).toHaveCount(0);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Shortcuts' })).toBeHidden();
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await expect(page.getByRole('heading', { name: 'Doctor' })).toBeVisible();
});

test('a report for a colleague is saved from the doctor', async ({ page }) => {
  await open(page);
  await page.evaluate(() => (location.hash = '/doctor'));
  const [saved] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save a report' }).click()]);
  expect(saved.suggestedFilename()).toMatch(/^backlot-report-.*\.md$/);
  expect(await readFile(await saved.path(), 'utf8')).toMatch(/^# Backlot report[^]*## What is up/);
});

for (const path of ['/', '/services/web', '/logs', '/activity', '/doctor', '/settings']) {
  test(`axe finds no serious fault at ${path}`, async ({ page }) => {
    await open(page);
    await page.evaluate((to) => (location.hash = to), path);
    await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
    expect(await seriousFaults(page)).toEqual([]);
  });
}

test('F35: when the server goes, what was known stays under a banner', async ({ page }) => {
  await open(page);
  await expect(page.getByRole('button', { name: 'web', exact: true })).toBeVisible();
  await served.stopServing();
  await expect(page.getByText('The connection to Backlot was lost.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'web', exact: true })).toBeVisible();
});

test('a tab without a key says how to get one and shows nothing else', async ({ page }) => {
  const url = await served.serve();
  await page.goto(url.replace(/#.*/, ''));
  await expect(page.getByRole('heading', { name: 'This tab has no key' })).toBeVisible();
  await expect(page.getByText(served.name)).toHaveCount(0);
});
