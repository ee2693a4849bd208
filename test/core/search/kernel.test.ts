import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../../../src-main/core/search/kernel');
const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory', '--initialMemory', '1'];
const SHARED = ['--sharedMemory', '--maximumMemory', '65536', '--enable', 'threads'];

/** The kernel's sources. */
async function readSources(): Promise<ReadonlyMap<string, string>> {
  const sources = new Map<string, string>();
  for (const name of await readdir(folder)) if (name.endsWith('.as')) sources.set(name.replace(/as$/, 'ts'), await readFile(join(folder, name), 'utf8'));
  return sources;
}

/** What they compile to. */
async function compiled(sources: ReadonlyMap<string, string>, entry: string, options: readonly string[]): Promise<string> {
  const written: Uint8Array[] = [];
  const messages: string[] = [];
  const { error } = await asc.main([entry, '--outFile', 'kernel.wasm', ...options], {
    readFile: (name) => sources.get(name) ?? null,
    writeFile: (_name, contents) => void written.push(Buffer.from(contents)),
    listFiles: () => [],
    stderr: { write: (text) => void messages.push(String(text)) },
  });
  if (error) throw new Error(messages.join(''));
  return Buffer.concat(written).toString('base64');
}

test('the kernel is what its sources compile to', async () => {
  const sources = await readSources();
  const kernel = await compiled(sources, 'kernel.ts', OPTIONS);
  const look = await compiled(sources, 'look.ts', [...OPTIONS, ...SHARED]);
  const code = `/** What kernel.as and look.as compile to: \`npx vitest run -u test/core/search/kernel.test.ts\` makes it anew. */\nexport const KERNEL =\n  '${kernel}';\nexport const LOOK_KERNEL =\n  '${look}';\n`;
  await expect(code).toMatchFileSnapshot(join(folder, 'kernel-code.ts'));
}, 30_000);
