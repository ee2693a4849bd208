import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser } from '@playwright/test';
import { CHROMIUM_SWITCHES, chromiumPath } from '../e2e/chromium.ts';
import { buildDoublePage, serveFolder } from './page-server.ts';
import { SHOTS, type Shot } from './shots.ts';

// Words narrow the pictures by name; `--light`, `--1280` and the like by theme and size.
const flags = process.argv.slice(2).filter((word) => word.startsWith('--')).map((word) => word.slice(2));
const among = <Value>(all: readonly Value[], nameOf: (value: Value) => string) => {
  const chosen = all.filter((value) => flags.includes(nameOf(value)));
  return chosen.length > 0 ? chosen : all;
};
const SIZES = among([{ width: 1280, height: 800 }, { width: 1920, height: 1080 }], ({ width }) => String(width));
const THEMES = among(['light', 'dark'] as const, (theme) => theme);

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const folder = join(import.meta.dirname, '../../.cache/screens');
const shots = SHOTS.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)));

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const built = await mkdtemp(join(tmpdir(), 'backlot-screens-'));
await buildDoublePage(built);
const { server, address } = await serveFolder(built);
const browser = await chromium.launch({ executablePath: chromiumPath(), args: [...CHROMIUM_SWITCHES] });
let failures = 0;
try {
  for (const theme of THEMES) {
    for (const size of SIZES) {
      for (const shot of shots) failures += await take(browser, shot, theme, size);
    }
    await contactSheet(browser, theme);
  }
} finally {
  await browser.close();
  server.close();
  await rm(built, { recursive: true, force: true });
}
console.log(`${shots.length * THEMES.length * SIZES.length} screenshots in ${folder}, ${failures} with errors`);
process.exitCode = failures > 0 ? 1 : 0;

type Size = (typeof SIZES)[number];

function fileOf(shot: Shot, theme: string, { width }: Size): string {
  return join(folder, `${shot.name.replaceAll(/[^a-z]+/g, '-')}-${width}-${theme}.png`);
}

/** Takes one picture. Answers how many errors the page had. */
async function take(browser: Browser, shot: Shot, theme: (typeof THEMES)[number], size: Size): Promise<number> {
  const context = await browser.newContext({ viewport: size, colorScheme: theme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`${address}/?scenario=${shot.scenario}#${shot.path ?? '/'}`);
  await page.getByText('Backlot', { exact: true }).first().waitFor();
  await page.evaluate(() => document.fonts.ready);
  try {
    await page.waitForLoadState('networkidle');
    await shot.act?.(page);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 250))));
  } catch (thrown) {
    errors.push(thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown));
  }
  await page.screenshot({ path: fileOf(shot, theme, size) });
  await context.close();
  for (const error of errors) console.error(`${shot.name} (${theme}, ${size.width}): ${error}`);
  return errors.length;
}

/** Every picture of a theme on one sheet. */
async function contactSheet(browser: Browser, theme: string): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 2000, height: 1200 } });
  const figures = shots.flatMap((shot) =>
    SIZES.map((size) => `<figure><img src="${pathToFileURL(fileOf(shot, theme, size)).href}"><figcaption>${shot.name} · ${size.width}×${size.height}</figcaption></figure>`),
  );
  const sheet = join(folder, `sheet-${theme}.html`);
  await writeFile(
    sheet,
    `<!doctype html><meta charset="utf-8"><style>body{margin:24px;display:grid;grid-template-columns:repeat(4,1fr);gap:20px;background:#8a8a86;font:13px system-ui;color:#fff}figure{margin:0}img{width:100%;display:block}figcaption{padding:5px 0}</style>${figures.join('')}`,
  );
  await page.goto(pathToFileURL(sheet).href);
  await page.screenshot({ path: join(folder, `sheet-${theme}.png`), fullPage: true });
  await page.close();
}
