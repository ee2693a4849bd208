import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';
import { expect, test } from 'vitest';

const folder = join(import.meta.dirname, '../../../src-main/core/search/kernel');
const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory', '--initialMemory', '1'];

/** The kernel's sources, compiled, as a module of its bytes. */
async function compiled(): Promise<string> {
  const sources = new Map<string, string>();
  for (const name of await readdir(folder)) if (name.endsWith('.as')) sources.set(name.replace(/as$/, 'ts'), await readFile(join(folder, name), 'utf8'));
  const written: Uint8Array[] = [];
  const messages: string[] = [];
  const { error } = await asc.main(['kernel.ts', '--outFile', 'kernel.wasm', ...OPTIONS], {
    readFile: (name) => sources.get(name) ?? null,
    writeFile: (_name, contents) => void written.push(Buffer.from(contents)),
    listFiles: () => [],
    stderr: { write: (text) => void messages.push(String(text)) },
  });
  if (error) throw new Error(messages.join(''));
  return `/** What kernel.as compiles to: \`npx vitest run -u test/core/search/kernel.test.ts\` makes it anew. */\nexport const KERNEL =\n  '${Buffer.concat(written).toString('base64')}';\n`;
}

test('the kernel is what its sources compile to', async () => {
  await expect(await compiled()).toMatchFileSnapshot(join(folder, 'kernel-code.ts'));
}, 30_000);
