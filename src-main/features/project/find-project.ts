import path from 'node:path';
import { BacklotError } from '#contract/errors.ts';
import type { ProjectFiles } from '#ports/project-files.ts';

export const PROJECT_FILE = 'backlot.yaml';

/** Compose's own order of preference, with the override that it adds by itself. */
const COMPOSE_FILES: readonly (readonly [string, readonly string[]])[] = [
  ['compose.yaml', ['compose.override.yaml', 'compose.override.yml']],
  ['compose.yml', ['compose.override.yml', 'compose.override.yaml']],
  ['docker-compose.yaml', ['docker-compose.override.yaml', 'docker-compose.override.yml']],
  ['docker-compose.yml', ['docker-compose.override.yml', 'docker-compose.override.yaml']],
];

/** All names of Compose files that are found without being named. */
export const COMPOSE_NAMES: readonly string[] = [...new Set(COMPOSE_FILES.flatMap(([name, overrides]) => [name, ...overrides]))];

/** The folder of the nearest `backlot.yaml`, from a folder upwards. */
export type FindProject = (directory: string) => Promise<string>;

/** Links are resolved first, so that one project has one folder. */
export function createFindProject(files: ProjectFiles): FindProject {
  return async (directory) => {
    const start = await files.realDirectory(path.resolve(directory));
    if (start === undefined) throw new BacklotError('project-missing', `There is no folder ${directory}`, { fix: 'Name a folder that exists.' });
    for (let folder = start; ; folder = path.dirname(folder)) {
      if (await files.exists(path.join(folder, PROJECT_FILE))) return folder;
      if (folder === path.dirname(folder)) throw notFound(start, folder);
    }
  };
}

/** The Compose files that Compose itself would take in a folder; none where there are none. */
export async function findComposeFiles(directory: string, files: ProjectFiles): Promise<string[]> {
  for (const [name, overrides] of COMPOSE_FILES) {
    if (!(await files.exists(path.join(directory, name)))) continue;
    for (const override of overrides) {
      if (await files.exists(path.join(directory, override))) return [name, override];
    }
    return [name];
  }
  return [];
}

function notFound(start: string, top: string): BacklotError {
  const searched = start === top ? start : `${start} or any folder above it, up to ${top}`;
  return new BacklotError('project-missing', `There is no ${PROJECT_FILE} in ${searched}`, {
    fix: 'Change to your project, or name it with --project. In a folder with a Compose file, backlot init writes one.',
  });
}
