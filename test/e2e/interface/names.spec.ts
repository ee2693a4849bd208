import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test, type Page } from '@playwright/test';
import { seriousFaults } from './axe.ts';
import { makeServed, type Served } from './served.ts';

const run = promisify(execFile);

test.describe.configure({ mode: 'serial', timeout: 120_000 });

const SUFFIX = 'us-east-1.page.example';
const MISSED = `pay.${SUFFIX}`;

const compose = (name: string) => `name: ${name}
x-test: &test { dev.backlot.test: "1" }
services:
  cache:
    image: redis:7
    labels: *test
    tmpfs: [/data]
  web:
    image: nginx:1.22
    labels: *test
    expose: [80]
    depends_on: [cache]
`;

const backlotFile = (name: string) => `version: 1
name: ${name}
compose: [compose.yaml]
# What production calls them.
names:
  suffixes: [${SUFFIX}]
  aliases:
    cache: ["redis-node-{1..2}"] # both of them
sets:
  minimal: { services: [web], addresses: own }
`;

let served: Served;
let here: Server;
let port: number;

test.beforeAll(async () => {
  here = createServer((_, response) => response.end('from the IDE'));
  await new Promise<void>((resolve) => here.listen(0, '127.0.0.1', resolve));
  port = (here.address() as AddressInfo).port;
  served = await makeServed({ compose, backlot: backlotFile });
  await served.backlot('up', 'minimal', '--quiet');
});

test.afterAll(async () => {
  here.close();
  await served.close();
});

async function open(page: Page, path = '/'): Promise<void> {
  await page.goto(await served.serve());
  await expect(page.getByRole('navigation', { name: 'Pages' })).toBeVisible();
  await page.evaluate((to) => (location.hash = to), path);
}

/** Looks a name up inside a container of a service. Answers the address, or nothing. */
async function lookup(service: string, name: string): Promise<string> {
  const found = await run('docker', ['exec', await served.container(service), 'getent', 'hosts', name]).catch(() => ({ stdout: '' }));
  return found.stdout.trim().split(/\s+/)[0] ?? '';
}

/** What a container gets that asks `web` by name. */
async function fetched(service: string): Promise<string> {
  const ask = 'exec 3<>/dev/tcp/web/80; printf "GET / HTTP/1.0\\r\\n\\r\\n" >&3; cat <&3';
  return (await run('docker', ['exec', await served.container(service), 'bash', '-c', ask])).stdout;
}

test('every name of the set is listed once, with its service, why it has it, and its address; opened, with each suffix', async ({ page }) => {
  await open(page, '/names');
  const line = page.getByRole('row').filter({ hasText: 'redis-node-2' });
  await expect(line).toContainText('alias');
  await expect(line.getByRole('link', { name: 'cache' })).toBeVisible();
  await expect(line).toContainText(await lookup('web', 'redis-node-2'));
  await expect(page.getByRole('row')).toHaveCount(5);
  await line.getByRole('button', { name: /^redis-node-2/ }).click();
  await expect(page.getByRole('button', { name: `Copy redis-node-2.${SUFFIX}` })).toBeVisible();
  await page.getByRole('textbox', { name: 'Filter the names' }).fill('web');
  await expect(page.getByRole('row')).toHaveCount(2);
  expect(await seriousFaults(page)).toEqual([]);
});

test('a name that nobody owns shows on the services page with its caller, and as a count beside Names', async ({ page }) => {
  await open(page);
  await expect(page.getByText('2 ready')).toBeVisible();
  expect(await lookup('web', MISSED)).toBe('');
  await expect(page.getByText(`web asked for ${MISSED}, which nobody here owns`)).toBeVisible({ timeout: 5000 });
  await expect(page.getByRole('link', { name: /^Names 1 asked for/ })).toBeVisible();
  await page.getByRole('button', { name: 'Look', exact: true }).click();
  await expect(page.getByRole('list', { name: 'Misses' }).getByRole('listitem')).toHaveCount(1);
  expect(await seriousFaults(page)).toEqual([]);
});

test('why a name is blocked is said step by step, as the service that asked sees it', async ({ page }) => {
  await open(page, '/names');
  await page.getByRole('list', { name: 'Misses' }).getByRole('button', { name: 'Why?' }).click();
  const card = page.getByRole('region').or(page.locator('section')).filter({ hasText: 'Why does a name resolve' }).last();
  await expect(card.getByText('blocked', { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(card.getByRole('listitem').first()).toBeVisible();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('redis-node-1');
  await page.getByRole('button', { name: 'Ask' }).click();
  await expect(card.getByText('owned', { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(card.getByRole('link', { name: 'cache' })).toBeVisible();
});

test('one click makes the missed name an alias in backlot.yaml, comments kept; Up applies it', async ({ page }) => {
  await open(page, '/names');
  await page.getByRole('button', { name: 'Alias of…' }).click();
  await page.getByRole('textbox', { name: `Which service is ${MISSED}` }).fill('web');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Alias of web in')).toBeVisible();
  const file = await readFile(join(served.directory, 'backlot.yaml'), 'utf8');
  const at = Number(/backlot\.yaml:(\d+)/.exec((await page.getByRole('list', { name: 'Misses' }).textContent()) ?? '')?.[1]);
  expect(file.split('\n')[at - 1]).toContain('pay');
  expect(file).toContain('# What production calls them.');
  expect(file).toContain('# both of them');
  await page.getByRole('list', { name: 'Misses' }).getByRole('button', { name: 'Up' }).click();
  await expect.poll(() => lookup('cache', MISSED), { timeout: 60_000 }).not.toBe('');
});

test('a swapped service shows as swapped, where to and whether it answers; Give back ends it', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'More for web' }).click();
  await page.getByRole('menuitem', { name: /^Swap for a process/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: /^web:80/ }).fill(`localhost:${port}`);
  await expect(dialog.getByText(`backlot swap web --to localhost:${port} --set minimal`).first()).toBeVisible();
  await dialog.getByRole('button', { name: 'Swap', exact: true }).click();
  await expect(dialog.getByText('now goes to your process')).toBeVisible({ timeout: 60_000 });
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  const line = page.getByRole('row').filter({ has: page.getByRole('button', { name: 'web', exact: true }) });
  await expect(line).toContainText('swapped');
  await expect(line).toContainText(`to localhost:${port}`);
  expect(await fetched('cache')).toContain('from the IDE');
  here.close();
  here.closeAllConnections();
  await page.getByRole('button', { name: 'web', exact: true }).click();
  const panel = page.getByRole('complementary', { name: 'Service web' });
  await expect(panel).toContainText(`localhost:${port}`);
  expect(await seriousFaults(page)).toEqual([]);
  await panel.getByRole('button', { name: 'Give back' }).click();
  await expect(page.getByText('2 ready')).toBeVisible({ timeout: 60_000 });
});

test('how this machine resolves is shown with what Install would change; nothing happens without a yes', async ({ page }) => {
  await open(page, '/names');
  await page.getByRole('button', { name: /^(Install|Uninstall)…$/ }).first().click();
  await expect(page.getByRole('dialog')).toContainText(/restore|byte for byte/);
  await page.getByRole('button', { name: 'Leave it' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
});
