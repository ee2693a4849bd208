import type { api } from '#contract/index.ts';
import type { Implementation } from '#core/dispatcher.ts';
import type { Compose } from '#ports/compose.ts';
import type { ProjectFiles } from '#ports/project-files.ts';
import type { ProcessRunner } from '#ports/process-runner.ts';
import type { StateStore } from '#ports/state-store.ts';
import { cloneComponents, missingComponents } from './clone-components.ts';
import { withoutPassword } from './find-parts.ts';
import type { FindProject } from './find-project.ts';
import { initProject } from './init-project.ts';
import type { LoadProject } from './project.ts';
import { viewProject } from './view-project.ts';
import { watchProject } from './watch-project.ts';

export type ProjectPorts = {
  readonly loadProject: LoadProject;
  readonly loadOutline: (directory: string) => Promise<{ readonly name: string }>;
  readonly findProject: FindProject;
  readonly store: StateStore;
  readonly compose: Compose;
  readonly files: ProjectFiles;
  readonly processes: ProcessRunner;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/** The methods of the project noun. */
export function createProject({ loadProject, loadOutline, findProject, store, compose, files, processes, environment }: ProjectPorts): Implementation<typeof api>['project'] {
  return {
    list: async () => ({ projects: await store.listProjects() }),

    async open({ directory }) {
      const found = await findProject(directory);
      // Not the whole project: what is up can be looked at and taken down while a Compose file is broken.
      const { name } = await loadOutline(found);
      await store.rememberProject({ directory: found, name });
      return { directory: found, name };
    },

    async forget({ directory }) {
      await store.forgetProject(directory);
      return {};
    },

    load: async ({ directory }, signal) => viewProject(await loadProject(directory, signal)),

    watch: (input, signal) => watchProject(input, { compose, files, environment }, signal),

    async missing({ directory }) {
      const missing = await missingComponents(directory, { files, environment });
      return { components: missing.map(({ name, path, git, ref }) => ({ name, path, ...(git !== undefined && { git: withoutPassword(git) }), ...(ref !== undefined && { ref }) })) };
    },

    clone: (input, work) => cloneComponents(input, { files, environment, processes }, work),

    init: (input, work) => initProject(input, { compose, files, environment }, work),
  };
}
