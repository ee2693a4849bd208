import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test, type Page } from '@playwright/test';
import { seriousFaults } from './axe.ts';
import { makeServed, type Served } from './served.ts';

const run = promisify(execFile);
const docker = async (...words: string[]) => (await run('docker', words)).stdout.trim();

test.describe.configure({ mode: 'serial', timeout: 120_000 });

/** The roll goes on while there is a file `hold`; the one check reads the file `rate`. Neither is part of the revision. */
const backlotFile = (name: string, registry: string) => `version: 1
name: ${name}
compose: [compose.yaml]
build: { context: ., image: ${registry}/${name}/shop }
sets:
  minimal: { services: all }
stages: { unit: { run: "true", allowEmpty: true } }
targets:
  staging:
    requires: [unit]
    deploy: { script: { run: "echo now $$REVISION; while test -e hold; do sleep 0.1; done" } }
    kpi: { window: 1s, interval: 150ms, checks: [{ name: errors, command: cat rate, max: 5 }] }
`;

let served: Served;
let registry: { readonly id: string; readonly address: string };
const revisions: string[] = [];

test.beforeAll(async () => {
  registry = await startRegistry();
  served = await makeServed({ compose: (name) => `name: ${name}\nservices:\n  app: { build: ., image: ${name}/shop, labels: { dev.backlot.test: "1" } }\n`, backlot: (name) => backlotFile(name, registry.address) });
  await write('Dockerfile', 'FROM debian:bookworm-slim\nLABEL dev.backlot.test=1\nCOPY version /version\n');
  await write('.gitignore', '.home\nhold\nrate\n');
  await write('rate', '1');
  const remote = join(served.directory, '.home', 'remote.git');
  await mkdir(remote, { recursive: true });
  await git('init', '--quiet', '--bare', '--initial-branch=main', remote);
  await git('init', '--quiet', '--initial-branch=main');
  await git('remote', 'add', 'origin', remote);
  await commit('Round every price once');
});

test.afterAll(async () => {
  await served.close();
  const images = (await docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', `${registry.address}/${served.name}/shop`)).split('\n').filter(Boolean);
  if (images.length > 0) await docker('image', 'rm', '-f', ...images);
  await docker('rm', '-fv', registry.id);
});

async function startRegistry(): Promise<{ readonly id: string; readonly address: string }> {
  const id = await docker('run', '-d', '--label', 'dev.backlot.test=1', '-p', '127.0.0.1::5000', 'registry:2');
  const address = await docker('port', id, '5000/tcp');
  await expect.poll(async () => fetch(`http://${address}/v2/`, { signal: AbortSignal.timeout(2000) }).then(({ status }) => status, () => 0)).toBe(200);
  return { id, address };
}

const write = (file: string, text: string) => writeFile(join(served.directory, file), text);
const git = (...words: string[]) => run('git', ['-c', 'user.name=Ann', '-c', 'user.email=ann@shop.example', ...words], { cwd: served.directory });

async function commit(message: string): Promise<void> {
  await write('version', message);
  await git('add', '-A');
  await git('commit', '--quiet', '-m', message);
  await git('push', '--quiet', 'origin', 'HEAD:main');
  revisions.push((await git('rev-parse', 'HEAD')).stdout.trim().slice(0, 12));
}

async function open(page: Page): Promise<void> {
  await page.goto(await served.serve());
  await page.getByRole('link', { name: 'Releases' }).click();
  await expect(page.getByRole('heading', { name: 'staging' })).toBeVisible();
}

const runsNow = (page: Page) => page.getByRole('region', { name: 'Runs now' });
const history = (page: Page) => page.getByRole('list', { name: 'History' }).getByRole('listitem');
const roll = (page: Page) => page.getByRole('region', { name: 'Roll on staging' });
const lineOf = (page: Page, subject: string) => page.getByRole('row').filter({ hasText: subject });

async function deploy(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Deploy…' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Deploy', exact: true }).click();
}

test('a promotion shows what does not hold; once it passed, it is promoted and released while the roll is watched', async ({ page }) => {
  await open(page);
  await expect(runsNow(page)).toContainText('Nothing was released here yet');
  await expect(lineOf(page, 'Round every price once')).toContainText('0 of 1 required');
  await page.getByRole('button', { name: 'Promote…' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Promote to staging' });
  await expect(dialog.getByRole('list', { name: 'Conditions' }).getByRole('listitem').first()).toContainText('There is no image of revision');
  await expect(dialog.getByRole('button', { name: 'Override and promote' })).toBeDisabled();
  expect(await seriousFaults(page)).toEqual([]);
  await served.backlot('run', 'unit', '--quiet');
  await dialog.getByRole('button', { name: 'Check again' }).click();
  await expect(dialog.getByText('Everything that must hold does.')).toBeVisible();
  await dialog.getByRole('button', { name: 'Promote', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Promoted' })).toContainText(revisions[0] ?? '', { timeout: 30_000 });
  await expect(lineOf(page, 'Round every price once')).toContainText('1 of 1 required');

  await write('hold', '');
  await deploy(page);
  await expect(roll(page).getByRole('log')).toContainText(`now ${revisions[0]}`, { timeout: 20_000 });
  expect(await seriousFaults(page)).toEqual([]);
  await rm(join(served.directory, 'hold'));
  await expect(roll(page).getByRole('list', { name: 'Checks' })).toContainText('errors');
  await expect(runsNow(page)).toContainText(revisions[0] ?? '', { timeout: 20_000 });
  await expect(runsNow(page)).toContainText('pass');
  await expect(history(page)).toHaveCount(1);
});

test('what goes over its bound comes back by itself, what cannot be judged waits for an answer, and R goes back after a look at the candidates', async ({ page }) => {
  await commit('Ask the new search');
  await served.backlot('run', 'unit', '--quiet');
  await served.backlot('promote', '--target', 'staging', '--quiet');
  await open(page);
  await write('rate', '50');
  await deploy(page);
  await expect(page.getByRole('region', { name: 'Target staging' }).getByRole('alert')).toContainText(`${revisions[1]} failed on staging`, { timeout: 30_000 });
  await expect(history(page).first()).toContainText('fail, rolled back');
  await expect(runsNow(page)).toContainText(revisions[0] ?? '');

  await write('rate', 'nonsense');
  await deploy(page);
  const question = page.getByRole('alert', { name: 'It waits for an answer' });
  await expect(question).toContainText('could not be told', { timeout: 30_000 });
  expect(await seriousFaults(page)).toEqual([]);
  await question.getByRole('button', { name: 'Let it stay' }).click();
  await expect(runsNow(page)).toContainText(revisions[1] ?? '', { timeout: 20_000 });

  await write('rate', '1');
  await page.keyboard.press('r');
  const dialog = page.getByRole('dialog', { name: 'Roll staging back?' });
  await expect(dialog.getByRole('row').filter({ hasText: 'last good' })).toContainText(revisions[0] ?? '');
  await expect(dialog.getByRole('button', { name: /^Go back to/ })).toBeFocused();
  expect(await seriousFaults(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await expect(history(page).first()).toContainText(`back to ${revisions[0]} from ${revisions[1]}`, { timeout: 30_000 });
  await expect(history(page).first()).toContainText('pass', { timeout: 20_000 });
  await expect(history(page).nth(1)).toContainText('later faulty');
});

test('a roll that is aborted brings back what was before; a locked target says by whom and why', async ({ page }) => {
  await open(page);
  await write('hold', '');
  await deploy(page);
  await expect(roll(page).getByRole('log')).toContainText(`now ${revisions[1]}`, { timeout: 20_000 });
  await rm(join(served.directory, 'hold'));
  await roll(page).getByRole('button', { name: 'Abort and roll back' }).click();
  await expect(history(page).first()).toContainText('aborted, rolled back', { timeout: 30_000 });
  await expect(runsNow(page)).toContainText(revisions[0] ?? '');

  await page.keyboard.press('Control+k');
  await page.keyboard.type('lock staging');
  await page.getByRole('option', { name: /^Lock staging/ }).or(page.getByRole('button', { name: /^Lock staging/ })).first().click();
  await page.getByLabel('Why, as others are told').fill('the database moves');
  await page.getByRole('dialog').getByRole('button', { name: 'Lock', exact: true }).click();
  const bar = page.getByRole('region', { name: 'staging is locked' });
  await expect(bar).toContainText('the database moves', { timeout: 20_000 });
  await bar.getByRole('button', { name: 'Unlock…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Unlock', exact: true }).click();
  await expect(bar).toBeHidden({ timeout: 20_000 });
});
