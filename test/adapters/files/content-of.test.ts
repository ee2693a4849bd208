import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rename, rm, symlink, truncate, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createProjectFiles } from '#adapters/files/project-files.ts';

const { contentOf } = createProjectFiles();

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'backlot-content-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

test('what is mounted has another digest with another name, content, mode or link, also deep below, and the same for the same', async () => {
  const root = await folder();
  const file = join(root, 'deep', 'init.sql');
  await mkdir(join(root, 'deep'));
  await writeFile(file, 'one');
  await symlink('init.sql', join(root, 'deep', 'link'));
  const seen = [await contentOf(root)];
  expect(await contentOf(root)).toEqual(seen[0]);
  const changes = [() => writeFile(file, 'two'), () => chmod(file, 0o755), () => mkdir(join(root, 'empty')), () => rename(file, join(root, 'deep', 'other.sql')), async () => (await rm(join(root, 'deep', 'link')), symlink('gone', join(root, 'deep', 'link')))];
  for (const change of changes) {
    await change();
    const now = await contentOf(root);
    expect(now).toHaveProperty('digest');
    expect(seen).not.toContainEqual(now);
    seen.push(now);
  }
});

test('what cannot be known says why', async () => {
  const root = await folder();
  expect(await contentOf(join(root, 'nothing'))).toEqual({ why: 'is not there, or was removed meanwhile' });
  execFileSync('mkfifo', [join(root, 'pipe')]);
  expect(await contentOf(join(root, 'pipe'))).toEqual({ why: 'is neither a file nor a folder' });
  expect(await contentOf(root)).toEqual({ why: 'has pipe, which is neither a file nor a folder' });
  await writeFile(join(root, 'large'), '');
  await truncate(join(root, 'large'), 257 * 1024 * 1024);
  expect(await contentOf(join(root, 'large'))).toEqual({ why: 'has more than 256 MB' });
});
