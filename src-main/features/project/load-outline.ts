import path from 'node:path';
import type { LoadPorts } from './load-project.ts';
import { openProject } from './load-project.ts';
import { checkProjectFile } from './read-project-file.ts';
import { setNamesOf } from './set-names.ts';

/** What `backlot.yaml` says by itself, without asking Compose. */
export type ProjectOutline = { readonly name: string; readonly directory: string; readonly sets: readonly string[]; readonly defaultSet: string };

/** Reads and checks `backlot.yaml` only: enough to look at and take down what is up, even where a Compose file is broken. */
export function createLoadOutline(ports: Omit<LoadPorts, 'compose'>): (directory: string) => Promise<ProjectOutline> {
  return async (given) => {
    const { source, directory } = await openProject(given, ports);
    const declared = checkProjectFile(source);
    const { names, defaultSet } = setNamesOf(declared);
    return { name: declared.name ?? path.basename(directory), directory, sets: names, defaultSet };
  };
}
