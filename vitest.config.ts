import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Tests share two cores with the engine that they drive.
    maxWorkers: 2,
  },
  resolve: { alias: [{ find: /^#app$/, replacement: resolve(import.meta.dirname, 'src-main/app.ts') }] },
});
