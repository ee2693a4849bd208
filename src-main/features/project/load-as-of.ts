import path from 'node:path';
import { COMPOSE_NAMES, PROJECT_FILE } from './find-project.ts';
import { createLoadProject, type LoadPorts } from './load-project.ts';
import type { LoadProject } from './project.ts';

/** Names that are those of the other folder even where it does not have them: what was added since is not there yet. */
const OF_THE_PROJECT: ReadonlySet<string> = new Set([PROJECT_FILE, ...COMPOSE_NAMES]);

/** Loads a project whose own file and Compose files are taken from another folder, such as a commit's; what relative paths in them mean, `.env` and components are those of its own. */
export function createLoadAsOf({ compose, files, environment }: LoadPorts, folder: string): LoadProject {
  return (directory, signal) => {
    const place = async (file: string): Promise<string> => {
      const relative = path.relative(directory, file);
      if (relative.startsWith('..') || path.isAbsolute(relative)) return file;
      const there = path.join(folder, relative);
      return OF_THE_PROJECT.has(relative) || (await files.exists(there)) ? there : file;
    };
    const places = (given: readonly string[]) => Promise.all(given.map(place));
    return createLoadProject({
      environment,
      files: { ...files, exists: async (file) => files.exists(await place(file)), read: async (file, code) => files.read(await place(file), code) },
      compose: {
        ...compose,
        resolve: async (given, beside, until, options) => {
          const placed = await places(given);
          // A folder that the checkout does not have yet, or no more, cannot be what paths are relative to.
          const isThere = (await files.realDirectory(beside)) !== undefined;
          return compose.resolve(placed, isThere ? beside : path.dirname(placed[0] ?? beside), until, options);
        },
        variablesIn: async (given) => compose.variablesIn(await places(given)),
        whereIs: async (given, at) => compose.whereIs(await places(given), at),
      },
    })(directory, signal);
  };
}
