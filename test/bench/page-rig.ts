import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import type { Dispatcher } from '#core/dispatcher.ts';
import { startServer } from '../../src-main/shells/http/main.ts';

const CHROMIUM_FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];

export type PageRig = { readonly page: Page; close(): Promise<void> };
type RigOptions = { readonly dispatcher: Dispatcher; readonly path?: string; readonly scheme?: 'light' | 'dark'; readonly width?: number; readonly height?: number };

/** The real page, built and served by the real server, over this dispatcher, in Chromium. */
export async function openPage({ dispatcher, path = '/', scheme = 'dark', width = 1280, height = 800 }: RigOptions): Promise<PageRig> {
  const rendererRoot = await mkdtemp(join(tmpdir(), 'backlot-page-'));
  const root = resolve(import.meta.dirname, '../../src-renderer');
  await build({ configFile: false, root, base: './', logLevel: 'warn', plugins: [react()], build: { outDir: rendererRoot, emptyOutDir: true } });
  const server = await startServer({ app: { dispatcher }, rendererRoot });
  const browser = await chromium.launch({ executablePath: process.env.BACKLOT_CHROMIUM ?? '/usr/bin/chromium', args: CHROMIUM_FLAGS });
  const page = await browser.newPage({ viewport: { width, height }, colorScheme: scheme });
  // The TypeScript loader names functions by this; what runs in the page needs it too.
  await page.addInitScript('globalThis.__name = (named) => named');
  page.on('pageerror', (error) => console.error('page:', error.message));
  page.on('console', (message) => message.type() === 'error' && console.error('page:', message.text()));
  await page.goto(server.url);
  await page.waitForSelector('main');
  await page.evaluate((hash) => void (location.hash = hash), path);
  return {
    page,
    close: async () => {
      await browser.close();
      await server.close();
      await rm(rendererRoot, { recursive: true, force: true });
    },
  };
}
