import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { CHROMIUM_SWITCHES, chromiumPath } from './chromium.ts';

const reports = join(import.meta.dirname, '../../test-results');

/** Every spec that looks at a page: through `serve` in a browser, and through the desktop shell. */
export default defineConfig({
  testDir: import.meta.dirname,
  outputDir: join(reports, 'e2e'),
  globalSetup: join(import.meta.dirname, 'global-setup.ts'),
  reporter: [['list'], ['json', { outputFile: join(reports, 'playwright.json') }]],
  timeout: 60_000,
  expect: { timeout: 10_000 },
  workers: 1,
  forbidOnly: process.env['CI'] !== undefined,
  projects: [
    { name: 'electron', testMatch: 'electron/**/*.spec.ts' },
    {
      name: 'page',
      testIgnore: 'electron/**',
      use: {
        browserName: 'chromium',
        viewport: { width: 1280, height: 800 },
        launchOptions: { executablePath: chromiumPath(), args: [...CHROMIUM_SWITCHES] },
      },
    },
  ],
});
