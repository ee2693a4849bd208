import { describe, expect, test } from 'vitest';
import { createProjectFiles } from '#adapters/files/project-files.ts';
import { createProcessRunner } from '#adapters/process/process-runner.ts';
import { findPaths } from '#adapters/state/paths.ts';
import { createStateStore } from '#adapters/state/state-store.ts';
import { createFindProject } from '#features/project/find-project.ts';
import { createLoadOutline } from '#features/project/load-outline.ts';
import { createLoadProject } from '#features/project/load-project.ts';
import { createProject } from '#features/project/project-methods.ts';
import { ProjectFolder, realCompose } from './project-folder.ts';

function methods(folder: ProjectFolder) {
  const files = createProjectFiles();
  const compose = realCompose();
  const store = createStateStore({ paths: findPaths({ BACKLOT_HOME: folder.path('home') }), shell: 'test' });
  return createProject({
    loadProject: createLoadProject({ compose, files, environment: {} }), loadOutline: createLoadOutline({ files, environment: {} }), findProject: createFindProject(files),
    store, compose, files, processes: createProcessRunner(process.env), environment: {},
  });
}

const soon = () => AbortSignal.timeout(30_000);

describe('projects', () => {
  test('are remembered when they are opened, latest first, and forgotten when told', async () => {
    using folder = new ProjectFolder({ 'a/backlot.yaml': 'version: 1\n', 'a/compose.yaml': 'services: {x: {image: y}}\n', 'a/inner/x': '', 'b/backlot.yaml': 'version: 1\nname: named\n', 'b/compose.yaml': 'services: {x: {image: y}}\n' });
    const project = methods(folder);
    expect(await project.open({ directory: folder.path('a/inner') }, soon())).toEqual({ directory: folder.path('a'), name: 'a' });
    await project.open({ directory: folder.path('b') }, soon());
    expect(await project.list({}, soon())).toEqual({ projects: [{ directory: folder.path('b'), name: 'named' }, { directory: folder.path('a'), name: 'a' }] });
    await project.forget({ directory: folder.path('b') }, soon());
    expect((await project.list({}, soon())).projects).toEqual([{ directory: folder.path('a'), name: 'a' }]);
  });

  test('are not remembered when they are only loaded, or cannot be', async () => {
    using folder = new ProjectFolder({ 'a/backlot.yaml': 'version: 1\n', 'a/compose.yaml': 'services: {x: {image: y}}\n', 'b/backlot.yaml': 'version: 2\n' });
    const project = methods(folder);
    expect(await project.load({ directory: folder.path('a') }, soon())).toMatchObject({ schema: 1, name: 'a', defaultSet: 'minimal', services: [{ name: 'x', image: 'y' }] });
    await expect(project.open({ directory: folder.path('b') }, soon())).rejects.toMatchObject({ code: 'config-invalid' });
    expect(await project.list({}, soon())).toEqual({ projects: [] });
  });
});
