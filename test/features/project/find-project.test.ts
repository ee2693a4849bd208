import { mkdirSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createProjectFiles } from '#adapters/files/project-files.ts';
import { createFindProject } from '#features/project/find-project.ts';
import { ProjectFolder } from './project-folder.ts';

const find = createFindProject(createProjectFiles());

describe('the nearest backlot.yaml', () => {
  test('is found from a folder upwards', async () => {
    using folder = new ProjectFolder({ 'backlot.yaml': '', 'inner/backlot.yaml': '', 'inner/a/b/x': '', 'other/c/x': '' });
    expect(await find(folder.path('inner/a/b'))).toBe(folder.path('inner'));
    expect(await find(folder.path('other/c'))).toBe(folder.directory);
  });

  test('is found with links resolved', async () => {
    using folder = new ProjectFolder({ 'shop/backlot.yaml': '' });
    symlinkSync(folder.path('shop'), folder.path('link'));
    expect(await find(folder.path('link'))).toBe(folder.path('shop'));
  });

  test('is no folder of that name', async () => {
    using folder = new ProjectFolder({ 'backlot.yaml': '' });
    mkdirSync(folder.path('inner/backlot.yaml'), { recursive: true });
    expect(await find(folder.path('inner'))).toBe(folder.directory);
  });

  test('fails with where it was looked for and how to make one', async () => {
    using folder = new ProjectFolder({ 'a/x': '' });
    await expect(find(folder.path('a'))).rejects.toMatchObject({
      code: 'project-missing',
      message: `There is no backlot.yaml in ${folder.path('a')} or any folder above it, up to /`,
      fix: expect.stringContaining('backlot init') as unknown,
    });
    await expect(find(folder.path('nope'))).rejects.toMatchObject({ code: 'project-missing', message: `There is no folder ${folder.path('nope')}` });
  });
});
