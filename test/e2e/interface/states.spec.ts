import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { buildDoublePage, serveFolder } from '../../screens/page-server.ts';
import { SHOTS } from '../../screens/shots.ts';
import { seriousFaults } from './axe.ts';

/** States that a real engine gives rarely, over the same made-up core that the screenshots show. */
let folder: string;
let server: Server;
let address: string;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backlot-states-'));
  await buildDoublePage(folder);
  ({ server, address } = await serveFolder(folder));
});

test.afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

test.describe('in light and dark colours', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });
  for (const { name, scenario, path = '/', act } of SHOTS) {
    test(`${name}: no serious fault of accessibility, no error in the console, nothing under 12 px`, async ({ page }) => {
      const errors: string[] = [];
      // A network that comes or goes on this machine meanwhile, such as a set's, breaks loading off: the page loads again.
      page.on('console', (message) => message.type() === 'error' && !message.text().includes('ERR_NETWORK_CHANGED') && errors.push(message.text()));
      page.on('pageerror', (error) => errors.push(error.message));
      await page.emulateMedia({ colorScheme: 'light' });
      await page.goto(`${address}/?scenario=${scenario}#${path}`);
      await page.waitForLoadState('networkidle');
      await act?.(page);
      expect(await seriousFaults(page)).toEqual([]);
      expect(await smallestText(page)).toBeGreaterThanOrEqual(12);
      // Nothing but colours differs between the two.
      const light = await paper(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      await expect.poll(() => paper(page)).not.toBe(light);
      expect(await seriousFaults(page, 'color-contrast')).toEqual([]);
      expect(errors).toEqual([]);
    });
  }
});

test('500 services: few rows are in the document, and a service far below is found by typing', async ({ page }) => {
  await page.goto(`${address}/?scenario=many`);
  await expect(page.getByText('499 ready')).toBeVisible();
  expect(await page.getByRole('row').count()).toBeLessThan(60);
  await page.getByRole('textbox', { name: 'Filter the services' }).fill('service-487');
  await expect(page.getByRole('button', { name: 'service-487', exact: true })).toBeVisible();
});

test('the window itself never scrolls, however long what is in it', async ({ page }) => {
  await page.goto(`${address}/?scenario=stagesfailed#/stages`);
  await page.getByRole('region', { name: 'Log window' }).evaluate((section) => section.scrollIntoView({ block: 'end' }));
  expect(await page.evaluate(() => [document.documentElement.scrollTop, document.documentElement.scrollHeight - window.innerHeight])).toEqual([0, 0]);
});

test('a long run that ends while the window is not in front is told on the desktop, unless that is switched off', async ({ page }) => {
  await page.addInitScript(() => {
    const told: string[] = [];
    let asked = 0;
    class Notice {
      static permission = 'granted';
      constructor(title: string, { body }: { readonly body: string }) {
        told.push(`${title}: ${body}`);
      }
    }
    Object.assign(window, { told, timesAsked: () => asked, Notification: Notice });
    document.hasFocus = () => {
      asked += 1;
      return false;
    };
  });
  const told = () => page.evaluate(() => (window as unknown as { readonly told: readonly string[] }).told);
  await page.goto(`${address}/?scenario=stagesending#/settings`);
  await expect.poll(told).toEqual([expect.stringMatching(/^Run: failed \(.*\): browser: 2 of 6 tests failed$/)]);
  await page.getByRole('radiogroup', { name: 'Notices when work ends' }).getByText('Only here').click();
  await page.reload();
  await expect(page.getByRole('radio', { name: 'Only here' })).toBeChecked();
  // It has been seen that the run ended, and nobody was in front of the window.
  await expect.poll(() => page.evaluate(() => (window as unknown as { timesAsked(): number }).timesAsked())).toBeGreaterThan(0);
  expect(await told()).toEqual([]);
});

test('an answer or an abort that did not arrive can be given again', async ({ page }) => {
  await page.goto(`${address}/?scenario=releasesdeaf#/releases/production`);
  const question = page.getByRole('alert', { name: 'It waits for an answer' });
  await question.getByRole('button', { name: 'Let it stay' }).click();
  await expect.poll(() => page.evaluate(() => (window as unknown as { readonly unheard?: number }).unheard)).toBe(1);
  await expect(question.getByRole('button', { name: 'Roll back', exact: true })).toBeEnabled();
  await page.getByRole('button', { name: 'Abort and roll back' }).click();
  await expect.poll(() => page.evaluate(() => (window as unknown as { readonly unheard?: number }).unheard)).toBe(2);
  await expect(page.getByRole('button', { name: 'Abort and roll back' })).toBeEnabled();
});

test('F1: with the engine down, what was known stays in view under a banner that names the endpoint and the fix', async ({ page }) => {
  await page.goto(`${address}/?scenario=enginedown`);
  await expect(page.getByText('The engine does not answer')).toBeVisible();
  await expect(page.getByText('unix:///var/run/docker.sock')).toBeVisible();
  await expect(page.getByText('sudo systemctl start docker')).toBeVisible();
  await expect(page.getByRole('button', { name: 'catalogue', exact: true })).toBeVisible();
});

test('while the engine has not answered, there is no list and no word of emptiness', async ({ page }) => {
  await page.goto(`${address}/?scenario=asking`);
  await expect(page.getByText('Asking the engine what is up')).toBeVisible();
  await expect(page.getByRole('table')).toHaveCount(0);
  await expect(page.getByText('not created')).toHaveCount(0);
});

test('where the engine is down from the start, the page does not say that it is being asked', async ({ page }) => {
  await page.goto(`${address}/?scenario=enginedownfirst`);
  await expect(page.getByText('What is up is not known while the engine does not answer')).toBeVisible();
  await expect(page.getByText('Asking the engine')).toHaveCount(0);
  await expect(page.getByRole('table')).toHaveCount(0);
});

test('the project’s files are watched only while the page can be seen', async ({ page }) => {
  await page.goto(`${address}/?scenario=watched`);
  const watches = () => page.evaluate(() => (window as { readonly watches?: number }).watches);
  const hide = (hidden: boolean) => page.evaluate((isHidden) => (Object.defineProperty(document, 'hidden', { configurable: true, value: isHidden }), document.dispatchEvent(new Event('visibilitychange'))), hidden);
  await expect.poll(watches).toBe(1);
  await hide(true);
  await expect.poll(watches).toBe(0);
  await hide(false);
  await expect.poll(watches).toBe(1);
});

test('what another shell is bringing up shows per service: bytes pulled, what it waits for, and a way to cancel', async ({ page }) => {
  await page.goto(`${address}/?scenario=running`);
  await page.getByRole('button', { name: /^Set:/ }).click();
  await page.getByRole('menuitem', { name: /^production-like/ }).click();
  await expect(page.getByText('402 MB of 689 MB')).toBeVisible();
  await expect(page.getByText('waits for search, broker')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeEnabled();
});

test('a run is cancelled once, and says that it is until it has ended', async ({ page }) => {
  await page.goto(`${address}/?scenario=stagesrunning#/stages`);
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Cancelling' })).toBeDisabled();
});

test('a part of the page whose loading breaks off is loaded again', async ({ page }) => {
  let broken = 0;
  await page.route(/NamesPage.*\.js/, (route) => (broken++ === 0 ? route.abort('failed') : route.continue()));
  await page.goto(`${address}/?scenario=up#/names`);
  await expect(page.getByRole('heading', { name: 'Names' })).toBeVisible();
  expect(broken).toBeGreaterThan(1);
});

test('in the graph, arrow keys lead from box to box and Enter opens the panel', async ({ page }) => {
  await page.goto(`${address}/?scenario=swapped`);
  await page.getByText('Graph', { exact: true }).click();
  await page.getByRole('button', { name: /^db/ }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('button', { name: /^migrate/ })).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: 'Service catalogue' })).toBeVisible();
  await expect(page.getByRole('button', { name: /^catalogue.*swapped; leads to localhost:8081; needs db \(healthy\)/ })).toBeVisible();
});

test('a dismissed miss stays away after a reload; the names page still lists it', async ({ page }) => {
  await page.goto(`${address}/?scenario=misses`);
  await expect(page.getByText('catalogue asked for pay.us-east-1.shop.example')).toBeVisible();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.getByRole('region', { name: 'The guard' })).toHaveCount(0);
  await page.reload();
  await expect(page.getByText('4 ready')).toBeVisible();
  await expect(page.getByText('which nobody here owns')).toHaveCount(0);
  await page.getByRole('link', { name: 'Names', exact: true }).click();
  await expect(page.getByText('5 names asked for that nobody here owns')).toBeVisible();
});

test('how work failed stays away once it is dismissed, on the way back to its page and after a reload', async ({ page }) => {
  await page.goto(`${address}/?scenario=failed`);
  await page.getByRole('button', { name: /^Set:/ }).click();
  await page.getByRole('menuitem', { name: /^production-like/ }).click();
  const dismiss = page.getByRole('button', { name: 'Dismiss' });
  await dismiss.click();
  await expect(dismiss).toHaveCount(0);
  await page.getByRole('link', { name: 'Activity' }).click();
  await page.getByRole('link', { name: 'Services' }).click();
  await expect(page.getByRole('table', { name: 'Services' })).toBeVisible();
  await expect(dismiss).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole('table', { name: 'Services' })).toBeVisible();
  await expect(dismiss).toHaveCount(0);
});

test('a set that is down shows what Up would do, with memory and what else is up; the choice is part of the command', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(`${address}/?scenario=up`);
  await page.getByRole('button', { name: /^Set:/ }).click();
  await page.getByRole('menuitem', { name: /^production-like/ }).click();
  await expect(page.getByText('minimal is up and stays up beside it')).toBeVisible();
  await expect(page.getByText('7.90 GB expected, 6.20 GB available')).toBeVisible();
  await page.getByLabel('Also bring minimal down, before').check();
  await page.getByRole('button', { name: 'Bring up production-like, minimal down' }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: /^Copy as command/ }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('backlot -C /home/mira/work/shop down minimal && backlot -C /home/mira/work/shop up production-like');
});

test('the focus comes back to where it was: after the palette, and after dialogs that a button, a menu or the palette opened', async ({ page }) => {
  const dialog = page.getByRole('dialog');
  const leave = async () => {
    await expect(dialog).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  };
  await page.goto(`${address}/?scenario=fixtures#/fixtures`);
  const load = page.getByRole('button', { name: /^Load into minimal/ });
  await load.focus();
  await page.keyboard.press('Enter');
  await leave();
  await expect(load).toBeFocused();
  await page.keyboard.press('Control+k');
  await leave();
  await expect(load).toBeFocused();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('open a folder');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Folder on this machine' })).toBeFocused();
  await leave();
  await expect(load).toBeFocused();
  const more = page.getByRole('button', { name: 'More for catalogue' });
  await more.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: 'Push…' }).click();
  await leave();
  await expect(more).toBeFocused();
  const engine = page.getByRole('button', { name: /^Engine:/ });
  await engine.click();
  await leave();
  await expect(engine).toBeFocused();
  await page.goto(`${address}/?scenario=releases#/releases/production`);
  const promote = page.getByRole('button', { name: 'Promote…' }).first();
  await promote.click();
  await leave();
  await expect(promote).toBeFocused();
  await page.goto(`${address}/?scenario=up`);
  await page.getByRole('button', { name: 'More for catalogue' }).click();
  await page.getByRole('menuitem', { name: /^Swap for/ }).click();
  await leave();
  await expect(page.getByRole('button', { name: 'More for catalogue' })).toBeFocused();
});

test('the palette shows its keys however much it finds, and cuts a long command at its own edge', async ({ page }) => {
  await page.goto(`${address}/?scenario=fixtures`);
  await page.getByRole('button', { name: /^Search or run/ }).click();
  const [palette, foot] = [page.getByRole('dialog', { name: 'Search or run' }), page.getByText('copy as command')];
  const edgesOf = async (part: Locator) => part.evaluate((element) => element.getBoundingClientRect().toJSON() as DOMRect);
  await expect.poll(async () => (await edgesOf(foot)).bottom <= (await edgesOf(palette)).bottom).toBe(true);
  // It grows as it opens.
  const beyond = () => palette.evaluate((element) => Math.max(...[...element.querySelectorAll('code')].map((command) => command.getBoundingClientRect().right)) - element.getBoundingClientRect().right);
  await expect.poll(beyond).toBeLessThanOrEqual(0);
});

test('the palette offers of a fixture that was never captured only what can be done with its source', async ({ page }) => {
  await page.goto(`${address}/?scenario=fixtures`);
  await page.getByRole('button', { name: /^Search or run/ }).click();
  await page.keyboard.type('fixture catalogue');
  await expect(page.getByRole('dialog').getByText('Load catalogue…')).toBeVisible();
  await page.getByRole('textbox', { name: 'Search or run' }).fill('empty-shop');
  await expect(page.getByRole('dialog').getByText('Capture empty-shop', { exact: true })).toBeVisible();
  await expect(page.getByRole('dialog').getByText(/(Load|Push|Remove|Verify again) empty-shop/)).toHaveCount(0);
});

test('a reference to push to that is none says what one looks like; an address without a page says so', async ({ page }) => {
  await page.goto(`${address}/?scenario=fixtures#/fixtures`);
  await page.getByRole('button', { name: 'More for catalogue' }).click();
  await page.getByRole('menuitem', { name: 'Push…' }).click();
  await page.getByLabel('Reference in the registry').fill('catalogue');
  await page.getByRole('dialog').getByRole('button', { name: 'Push', exact: true }).click();
  await expect(page.getByText('A registry, a repository in it')).toBeVisible();
  await page.goto(`${address}/?scenario=up#/nonsense`);
  await page.getByRole('link', { name: 'Show the services' }).click();
  await expect(page.getByRole('heading', { name: 'minimal' })).toBeVisible();
});

test('without an engine, the page of logs says why in whole lines', async ({ page }) => {
  await page.goto(`${address}/?scenario=logsdown#/logs`);
  expect(await page.getByRole('alert').evaluate((card) => card.getBoundingClientRect().width)).toBeGreaterThan(400);
});

test('a broken backlot.yaml says so on each page, with a way to read it again, and is read again when somebody comes back to the window', async ({ page }) => {
  for (const path of ['/', '/logs', '/fixtures', '/names']) {
    await page.goto(`${address}/?scenario=broken#${path}`);
    await expect(page.getByRole('heading', { name: 'This project cannot be read' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Read it again' })).toBeEnabled();
  }
  await page.evaluate(() => {
    Object.assign(window, { mended: true });
    window.dispatchEvent(new Event('focus'));
  });
  await expect(page.getByText('names of')).toBeVisible();
});

async function smallestText(page: Page): Promise<number> {
  return page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let smallest = Infinity;
    while (walker.nextNode()) {
      const parent = walker.currentNode.parentElement;
      if (!parent || !walker.currentNode.textContent?.trim() || ['SCRIPT', 'STYLE'].includes(parent.tagName) || !parent.checkVisibility()) continue;
      smallest = Math.min(smallest, parseFloat(getComputedStyle(parent).fontSize));
    }
    return smallest;
  });
}

const paper = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
