import { chmod } from 'node:fs/promises';
import { resolve } from 'node:path';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';
import react from '@vitejs/plugin-react';

const at = (path: string) => resolve(import.meta.dirname, path);

/** Packages with native parts or files of their own, or that Electron itself provides, stay outside the bundles. */
const external = ['electron', 'node-pty', 'ssh2', 'cpu-features', '@bokuweb/zstd-wasm'];

/** The command line is a program: `npx backlot` runs its file. */
const program: Plugin = {
  name: 'backlot:program',
  async writeBundle({ dir }, bundle) {
    if (dir && 'cli/backlot.js' in bundle) await chmod(resolve(dir, 'cli/backlot.js'), 0o755);
  },
};

export default defineConfig({
  main: {
    plugins: [program],
    resolve: { alias: [{ find: /^#app$/, replacement: at('src-main/app.ts') }] },
    build: {
      outDir: at('out'),
      emptyOutDir: false,
      target: 'node20.19',
      // Less text to parse at every start of the command line.
      minify: true,
      externalizeDeps: false,
      rolldownOptions: {
        external,
        input: {
          'main/main': at('src-main/shells/electron/main.ts'),
          'main/core': at('src-main/shells/electron/core.ts'),
          'cli/backlot': at('src-main/shells/cli/main.ts'),
          'cli/setup': at('src-main/shells/setup/main.ts'),
          'cli/start': at('src-main/shells/start/main.ts'),
          'workers/look': at('src-main/features/fixtures/verify/look-worker.ts'),
          'workers/mask': at('src-main/features/fixtures/mask/mask-worker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: at('out/preload'),
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: at('src-main/shells/electron/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src-renderer'),
    base: './',
    plugins: [react()],
    build: {
      outDir: at('out/renderer'),
      // One first load of 217 KB compressed is what the page needs; the rest comes on demand.
      chunkSizeWarningLimit: 800,
      minify: true,
      rolldownOptions: { input: { index: at('src-renderer/index.html') } },
    },
  },
});
