import { expect, test, type Page } from '@playwright/test';
import { serveProject } from './served.ts';

let project: Awaited<ReturnType<typeof serveProject>>;
let page: Page;
test.beforeAll(async ({ browser }) => {
  project = await serveProject({ box: { image: 'debian:bookworm-slim', command: ['sleep', 'infinity'], stop_grace_period: '0s' } });
  page = await browser.newPage();
  await page.goto(project.url);
  await page.waitForSelector('main');
});
test.afterAll(() => project.close());

const tabs = () => page.getByRole('tab');
const screen = () => page.locator('[role=tabpanel]:not([hidden]) .xterm-rows');

async function openShell(name: string | RegExp): Promise<void> {
  await page.getByRole('button', { name: 'New shell' }).click();
  await page.getByRole('menuitem', { name }).click();
  await expect(page.locator('[role=tabpanel]:not([hidden]) .xterm-screen')).toBeVisible();
}

async function type(text: string): Promise<void> {
  await page.locator('[role=tabpanel]:not([hidden]) textarea.xterm-helper-textarea').focus();
  await page.keyboard.type(text);
}

test('opens a shell in a container and on this machine', async () => {
  await page.keyboard.press('Control+Backquote');
  await openShell('box');
  await type('id -un; echo in-$((20 + 22))\n');
  await expect(screen()).toContainText('root');
  await expect(screen()).toContainText('in-42');
  await openShell(/On this machine/);
  await type('echo host-$((1 + 1))\n');
  await expect(screen()).toContainText('host-2');
  await expect(tabs()).toHaveCount(2);
});

test('keeps shells and what they show over pages and a reload', async () => {
  await tabs().first().click();
  await type('clear; echo kept\n');
  await expect(screen()).toContainText('kept');
  await page.evaluate(() => void (location.hash = '/activity'));
  await expect(screen()).toContainText('kept');
  await page.reload();
  await expect(tabs()).toHaveCount(2);
  await tabs().first().click();
  await expect(screen()).toContainText('kept');
  await type('echo back-$((3 + 4))\n');
  await expect(screen()).toContainText('back-7');
});

test('B37: shows a title as short plain text in its tab and opens only web addresses', async () => {
  await type("printf '\\033]0;<b>my\\342\\200\\256title</b>\\007'; sleep 1\n");
  await expect(tabs().first()).toContainText('<b>my title</b>');
  expect(await page.title()).not.toContain('my');
  await type("clear; printf '\\033]8;;javascript:alert(1)\\033\\\\bad\\033]8;;\\033\\\\\\n'\n");
  await expect(screen()).toContainText('bad');
});

test('is left by F6 and entered again by Enter', async () => {
  await type('');
  await page.keyboard.press('F6');
  await expect(tabs().first()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('[role=tabpanel]:not([hidden]) textarea')).toBeFocused();
});

test('tells how a shell ended and opens another in its place', async () => {
  await type('exit 3\n');
  await expect(page.getByText('The shell ended with exit code 3')).toBeVisible();
  await page.getByRole('button', { name: 'Reconnect' }).click();
  await expect(tabs()).toHaveCount(2);
  await type('echo again-$((5 + 5))\n');
  await expect(screen()).toContainText('again-10');
});

test('ends a shell with its tab', async () => {
  await page.getByRole('button', { name: /^Close box/ }).click();
  await expect(tabs()).toHaveCount(1);
  await page.reload();
  await expect(tabs()).toHaveCount(1);
});
