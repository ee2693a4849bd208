import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from '@playwright/test';
import { serveProject } from './served.ts';

const TALK = String.raw`
i=0
while true; do
  i=$((i + 1))
  printf 'tick %s\n' "$i"
  [ $((i % 10)) = 5 ] && printf '\033[31mERROR\033[0m bad %s \033]0;title\007<img src=x onerror=alert(1)> \342\200\256gnp\n' "$i" >&2
  [ $i = 3 ] && head -c 40000 /dev/zero | tr '\0' x && echo
  sleep 0.1
done`;

let project: Awaited<ReturnType<typeof serveProject>>;
test.beforeAll(async () => {
  project = await serveProject({
    talker: { image: 'debian:bookworm-slim', command: ['bash', '-c', TALK.replaceAll('$', () => '$$')], stop_grace_period: '0s' },
    quiet: { image: 'debian:bookworm-slim', command: ['bash', '-c', 'echo only this; exec sleep infinity'], stop_grace_period: '0s' },
  });
});
test.afterAll(() => project.close());

let page: Page;
test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  await page.goto(project.url);
  await page.evaluate(() => void (location.hash = '/logs'));
});
test.beforeEach(async () => {
  await page.getByRole('searchbox').or(page.locator('[data-filter]')).fill('');
  await page.getByRole('group', { name: 'Services' }).getByRole('button', { name: 'All' }).click();
});

const lines = () => page.getByRole('log').locator('[data-kind]');
const chip = (name: string) => page.getByRole('group', { name: 'Services' }).getByRole('button', { name });

/** Whether the list is longer than its view by some lines; else all that the page says, so that a failure tells why. */
function roomToScroll(logs: HTMLElement): string {
  const list = logs.querySelector('[role="log"]');
  const room = list ? list.scrollHeight - list.clientHeight : 0;
  return room > 200 ? 'more than a page' : `${room} px of room in: ${logs.innerText}`;
}

test('shows the lines of all services as they come', async () => {
  await expect(lines().filter({ hasText: 'only this' }).or(lines().filter({ hasText: 'tick' })).first()).toBeVisible();
  const count = await lines().last().textContent();
  await expect(lines().last()).not.toHaveText(count ?? '');
});

test('shows one service alone at a click, and all again at a second', async () => {
  await chip('quiet').click();
  await expect(lines()).toHaveText([/quiet.*only this/]);
  await chip('quiet').click();
  await expect(lines().filter({ hasText: 'tick' }).first()).toBeVisible();
});

test('hides what does not match, marks what does and counts it', async () => {
  await page.locator('[data-filter]').fill('/tick \\d+5$/');
  await expect(lines().locator('mark').first()).toHaveText(/^tick \d*5$/);
  await expect(lines().filter({ hasText: 'only this' })).toHaveCount(0);
  await expect(page.getByText(/^\d+ match(es)?$/)).toBeVisible();
  await page.locator('[data-filter]').fill('no such line');
  await expect(page.getByRole('heading', { name: 'No line matches' })).toBeVisible();
});

test('stops following when scrolled up, tells how many lines are new, and goes back', async () => {
  await expect(page.getByRole('checkbox', { name: 'Follow' })).toBeChecked();
  await expect.poll(() => page.getByRole('region', { name: 'Logs' }).evaluate(roomToScroll), { timeout: 20_000 }).toMatch(/^more than a page/);
  await page.getByRole('log').hover();
  await page.mouse.wheel(0, -150);
  await expect(page.getByRole('checkbox', { name: 'Follow' })).not.toBeChecked();
  const top = await page.getByRole('log').evaluate((log) => log.scrollTop);
  await page.getByRole('button', { name: /new line/ }).click();
  await expect(page.getByRole('checkbox', { name: 'Follow' })).toBeChecked();
  await expect.poll(() => page.getByRole('log').evaluate((log) => log.scrollTop)).toBeGreaterThan(top);
});

test('B36, B37, B39: shows what services write as text and colour, and does nothing that it says', async () => {
  await page.locator('[data-filter]').fill('bad');
  const line = lines().filter({ hasText: 'ERROR' }).first();
  await expect(line).toContainText('<img src=x onerror=alert(1)> ⟨U+202E⟩gnp');
  await expect(line).toHaveAttribute('data-kind', 'stderr');
  await expect(line).toHaveAttribute('data-level', 'error');
  await expect(page.getByRole('log').locator('img')).toHaveCount(0);
  expect(await page.title()).not.toContain('title');
});

test('B35: cuts a long line in the list and shows the whole of it when asked', async () => {
  await page.locator('[data-filter]').fill('xxxxxxxx');
  await expect(lines()).toHaveText([/more characters/]);
  await lines().first().click({ position: { x: 400, y: 10 } });
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').locator('pre')).toHaveText(/^x{16000}/);
  await page.keyboard.press('Escape');
});

test('is worked by keys alone', async () => {
  await page.getByRole('log').focus();
  await page.keyboard.press('/');
  await expect(page.locator('[data-filter]')).toBeFocused();
  await page.keyboard.type('tick 1');
  await page.keyboard.press('Enter');
  const current = page.getByText(/^\d+ of \d+( …)?$/);
  await expect(current).toBeVisible();
  const number = Number.parseInt((await current.textContent()) ?? '', 10);
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('log')).toBeFocused();
  await page.keyboard.press('N');
  await expect.poll(async () => Number.parseInt((await current.textContent()) ?? '', 10)).not.toBe(number);
  await page.keyboard.press('End');
  await expect(page.getByRole('checkbox', { name: 'Follow' })).toBeChecked();
});

test('saves what is shown as text', async () => {
  await page.locator('[data-filter]').fill('only this');
  await expect(lines()).toHaveCount(1);
  await page.getByRole('button', { name: 'Export' }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'As text' }).click()]);
  expect(await readFile(await download.path(), 'utf8')).toMatch(/^2\S+Z quiet \| only this\n$/);
});
