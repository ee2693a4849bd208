import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test, type Page } from '@playwright/test';
import { seriousFaults } from './axe.ts';
import { makeServed, type Served } from './served.ts';

const run = promisify(execFile);

test.describe.configure({ mode: 'serial', timeout: 180_000 });

const compose = (name: string) => `name: ${name}
x-test: &test { dev.backlot.test: "1" }
services:
  db:
    image: postgres:15
    environment: { POSTGRES_USER: shop, POSTGRES_PASSWORD: dev, POSTGRES_DB: shop }
    labels: *test
    volumes: [data:/var/lib/postgresql/data]
  cache:
    image: redis:7
    labels: *test
    tmpfs: [/data]
volumes:
  data: { labels: *test }
`;

const backlotFile = (name: string) => `version: 1
name: ${name}
compose: [compose.yaml]
registry: registry.example:5000
sets:
  minimal: { services: all, addresses: own, fixture: catalogue }
fixtures:
  catalogue:
    services:
      db: { engine: postgres, databases: [shop], source: { file: shop.dump }, rules: shop.rules.yaml }
`;

const RULES = `version: 1
tables:
  customers:
    id: keep
    email: { email: {} }
    name: { person: full }
    note: { text: redact }
`;

const SCHEMA = `
  create table customers (id int primary key, email text not null unique, name text, note text);
  insert into customers select n, 'anna.lindqvist' || n || '@mail.example', 'Anna Lindqvist ' || n, 'Rang twice at the door of number ' || n from generate_series(1, 200) n;
`;

let served: Served;

test.beforeAll(async () => {
  served = await makeServed({ compose, backlot: backlotFile });
  await served.backlot('up', 'minimal', '--quiet');
  await sql(SCHEMA);
  const { stdout } = await run('docker', ['exec', await served.container('db'), 'pg_dump', '-U', 'shop', '-Fc', 'shop'], { encoding: 'buffer' });
  await writeFile(join(served.directory, 'shop.dump'), stdout);
});

test.afterAll(async () => {
  await removeFixtures();
  await served.close();
  const { stdout } = await run('docker', ['volume', 'ls', '-q', '--filter', `label=com.docker.compose.project=${served.name}`]);
  const volumes = stdout.split('\n').filter(Boolean);
  if (volumes.length > 0) await run('docker', ['volume', 'rm', '-f', ...volumes]);
});

async function open(page: Page): Promise<void> {
  await page.goto(await served.serve());
  await page.getByRole('link', { name: 'Fixtures' }).click();
  await expect(page.getByRole('heading', { name: 'Fixtures', exact: true })).toBeVisible();
}

async function sql(text: string): Promise<string> {
  return (await run('docker', ['exec', await served.container('db'), 'psql', '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-U', 'shop', '-h', '127.0.0.1', '-c', text])).stdout.trim();
}

/** What captures and loads of this project left on the engine. The set's containers go first: they mount it. */
async function removeFixtures(): Promise<void> {
  await served.backlot('down', '--all', '--quiet').catch(() => '');
  const { stdout } = await run('docker', ['volume', 'ls', '-q', '--filter', `label=dev.backlot.project=${served.name}`]);
  const volumes = stdout.split('\n').filter(Boolean);
  if (volumes.length > 0) await run('docker', ['volume', 'rm', '-f', ...volumes]);
}

test('a declared fixture says how it comes to be; a first rules file is written with one click', async ({ page }) => {
  await open(page);
  await expect(page.getByRole('region', { name: 'Fixture catalogue' })).toContainText('not captured yet');
  await expect(page.getByText('backlot fixture capture catalogue --propose')).toBeVisible();
  await page.getByRole('button', { name: 'Propose rules' }).click();
  await expect(page.getByText('Read every line of it: what the rules keep')).toBeVisible({ timeout: 120_000 });
  const proposed = await readFile(join(served.directory, 'shop.rules.yaml'), 'utf8');
  expect(proposed).toContain('email:');
  expect(await seriousFaults(page)).toEqual([]);
});

test('a column without a rule ends the capture with its place and a rule to copy; nothing is stored', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await writeFile(join(served.directory, 'shop.rules.yaml'), RULES.replace('    email: { email: {} }\n', ''));
  await open(page);
  // A double click starts one.
  await page.getByRole('button', { name: 'Capture', exact: true }).first().dblclick();
  const faults = page.getByRole('alert', { name: 'Places that the rules do not cover' });
  await expect(faults).toContainText('1 place to decide on', { timeout: 120_000 });
  await expect(faults.getByRole('listitem')).toContainText('email');
  await faults.getByRole('button', { name: 'Copy all proposed rules' }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain('email: { email: {} }');
  await expect(page.getByRole('list', { name: 'Fixtures' })).toContainText('capture failed');
  await expect(page.getByText('Capture catalogue: failed')).toHaveCount(0);
  expect(await seriousFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Preview', exact: true }).first().click();
  await expect(page.getByText('Until then there is no preview.')).toBeVisible({ timeout: 120_000 });
  await expect(faults.getByRole('listitem')).toContainText('email: { email: {} }');
  await page.getByRole('link', { name: 'Activity' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Capture catalogue' })).toHaveCount(1);
  await expect(page.getByRole('listitem').filter({ hasText: 'Propose rules for catalogue' })).toHaveCount(1);
});

test('the preview shows rows before and after each rule, side by side', async ({ page }) => {
  await writeFile(join(served.directory, 'shop.rules.yaml'), RULES);
  await open(page);
  await page.getByRole('button', { name: 'Preview', exact: true }).first().click();
  const row = page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: 'email', exact: true }) });
  await expect(row).toContainText('anna.lindqvist1@mail.example', { timeout: 120_000 });
  await expect(row).toContainText('@example.test');
  await page.getByText('Row 2', { exact: true }).click();
  await expect(row).toContainText('anna.lindqvist2@mail.example');
  expect(await seriousFaults(page)).toEqual([]);
});

test('a capture tells its phases and ends with a bill of health', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: 'Capture', exact: true }).first().click();
  await expect(page.getByRole('region', { name: 'Capture catalogue' }).getByText('Mask the rows and load them')).toBeVisible({ timeout: 120_000 });
  await expect(page.getByRole('list', { name: 'Fixtures' })).toContainText('verified', { timeout: 120_000 });
  await expect(page.getByRole('region', { name: 'Bill of health' })).toContainText('4 columns');
  await expect(page.getByRole('list', { name: 'Checks' })).toContainText('No original in the stored bytes');
  await expect(page.getByRole('row').filter({ hasText: 'customers' })).toContainText('200');
  expect(await seriousFaults(page)).toEqual([]);
});

test('pushed, removed and pulled again, it is the very same fixture', async ({ page }) => {
  const { registry, address } = await startRegistry();
  try {
    await open(page);
    const digest = await page.getByRole('button', { name: /Copy the digest/ }).first().textContent();
    await choose(page, 'Push…');
    await expect(page.getByLabel('Reference in the registry')).toHaveValue(`registry.example:5000/${served.name}/fixtures:catalogue`);
    await page.getByLabel('Reference in the registry').fill(`${address}/shop/fixtures:catalogue`);
    await page.keyboard.press('Enter');
    await expect(page.getByText('Pushed. Others, and CI, get the very same by:')).toBeVisible({ timeout: 60_000 });
    const pull = (await page.getByRole('button', { name: /^backlot fixture pull/ }).textContent()) ?? '';
    await choose(page, 'Remove…');
    await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    await expect(page.getByText('not captured yet').first()).toBeVisible({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Pull…' }).click();
    await page.getByLabel('Reference in the registry').fill(/^backlot fixture pull (\S+): Copy/.exec(pull)?.[1] ?? '');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('list', { name: 'Fixtures' })).toContainText('verified', { timeout: 60_000 });
    await expect(page.getByRole('button', { name: /Copy the digest/ }).first()).toHaveText(digest ?? '');
  } finally {
    await run('docker', ['rm', '-fv', registry]);
  }
});

test('a load says first what is discarded, then puts the data in place while other services stay up', async ({ page }) => {
  const started = await startedOf('cache');
  await open(page);
  await page.getByRole('button', { name: /^Load into minimal/ }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('row').filter({ hasText: 'db' })).toContainText('its own data, kept for one undo');
  await expect(dialog.getByText('backlot fixture load catalogue --set minimal').first()).toBeVisible();
  await dialog.getByRole('button', { name: 'Load', exact: true }).click();
  const card = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Data in minimal' }) });
  await expect(card.getByText('undo brings back its own data')).toBeVisible({ timeout: 120_000 });
  await expect.poll(() => sql("select count(*) from customers where email like '%@example.test'").catch(() => ''), { timeout: 60_000 }).toBe('200');
  expect(await startedOf('cache')).toBe(started);
  expect(JSON.parse(await served.backlot('fixture', 'loaded', '--json'))).toMatchObject({ set: 'minimal', services: [{ service: 'db', fixture: { name: 'catalogue' }, former: {} }] });
});

test('a reset takes back what changed, and an undo gives it back, once', async ({ page }) => {
  await sql('delete from customers where id > 50');
  await open(page);
  await page.getByRole('button', { name: 'Reset…' }).click();
  await expect(page.getByRole('dialog')).toContainText('and what changed since');
  await page.getByRole('dialog').getByRole('button', { name: 'Reset', exact: true }).click();
  await expect.poll(customers, { timeout: 60_000 }).toBe('200');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('undo the latest');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Undo', exact: true }).click();
  await expect.poll(customers, { timeout: 60_000 }).toBe('50');
  await expect(page.getByRole('button', { name: 'Undo…' })).toBeDisabled();
});

test('a fixture is not removed while a set shows it', async ({ page }) => {
  await open(page);
  await choose(page, 'Remove…');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByText(/catalogue is loaded in the set minimal/).first()).toBeVisible({ timeout: 30_000 });
});

test('once its set is down, a fixture is removed together with the data that the set has of it', async ({ page }) => {
  await served.backlot('down', 'minimal', '--quiet');
  await open(page);
  await choose(page, 'Remove…');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/Also the data of it in sets that are down/).check();
  await expect(dialog).toContainText('--with-data');
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(page.getByText('not captured yet').first()).toBeVisible({ timeout: 30_000 });
});

async function choose(page: Page, item: string): Promise<void> {
  await page.getByRole('button', { name: 'More for catalogue' }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

async function startRegistry(): Promise<{ readonly registry: string; readonly address: string }> {
  const registry = (await run('docker', ['run', '-d', '--label', 'dev.backlot.test=1', '-p', '127.0.0.1::5000', 'registry:2'])).stdout.trim();
  const address = (await run('docker', ['port', registry, '5000/tcp'])).stdout.trim();
  await expect.poll(() => fetch(`http://${address}/v2/`, { signal: AbortSignal.timeout(2000) }).then(({ status }) => status, () => 0), { timeout: 20_000 }).toBe(200);
  return { registry, address };
}

const customers = () => sql('select count(*) from customers').catch(() => '');

async function startedOf(service: string): Promise<string> {
  return (await run('docker', ['inspect', '--format', '{{.State.StartedAt}}', await served.container(service)])).stdout;
}
