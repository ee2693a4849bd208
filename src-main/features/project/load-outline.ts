import path from 'node:path';
import { BacklotError } from '#contract/errors.ts';
import { PROJECT_FILE } from './find-project.ts';
import type { LoadPorts } from './load-project.ts';
import { readSource } from './load-project.ts';
import { checkProjectFile } from './read-project-file.ts';
import { setNamesOf } from './set-names.ts';

/** What `backlot.yaml` says by itself, without asking Compose. */
export type ProjectOutline = { readonly name: string; readonly directory: string; readonly sets: readonly string[]; readonly defaultSet: string };

/** Reads and checks `backlot.yaml` only: enough to look at and take down what is up, even where a Compose file is broken. */
export function createLoadOutline(ports: Omit<LoadPorts, 'compose'>): (directory: string) => Promise<ProjectOutline> {
  return async (given) => {
    const directory = await ports.files.realDirectory(given);
    const file = path.join(directory ?? given, PROJECT_FILE);
    const bytes = directory === undefined ? undefined : await ports.files.read(file, 'config-invalid');
    if (directory === undefined || bytes === undefined) {
      throw new BacklotError('project-missing', `There is no ${PROJECT_FILE} in ${given}`, { fix: 'backlot init writes one beside a Compose file.' });
    }
    const declared = checkProjectFile(await readSource(bytes, file, directory, ports));
    const { names, defaultSet } = setNamesOf(declared);
    return { name: declared.name ?? path.basename(directory), directory, sets: names, defaultSet };
  };
}
