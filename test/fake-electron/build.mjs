// Bundles the double into plain JavaScript, so that it starts as fast as a program and not as a test.
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'rolldown';

const target = join(import.meta.dirname, '../../node_modules/.cache/fake-electron');

for (const entry of ['utility', 'boot']) {
  const file = join(target, `${entry}.mjs`);
  const written = `${file}.${process.pid}`;
  await build({
    input: join(import.meta.dirname, `${entry}.ts`),
    platform: 'node',
    logLevel: 'warn',
    output: { file: written, format: 'esm', codeSplitting: false },
  });
  renameSync(written, file);
}
