import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createProjectFiles } from '#adapters/files/project-files.ts';

test('a file is written also where its folder is not there yet, and over another one only where that is meant', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'files-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { write } = createProjectFiles();
  const file = join(folder, 'fixtures', 'rules.yaml');
  expect(await write(file, 'one', { replace: false })).toBe(true);
  expect(await write(file, 'two', { replace: false })).toBe(false);
  expect(await readFile(file, 'utf8')).toBe('one');
  expect(await write(file, 'three', { replace: true })).toBe(true);
  expect([await readFile(file, 'utf8'), await readdir(join(folder, 'fixtures'))]).toEqual(['three', ['rules.yaml']]);
});
