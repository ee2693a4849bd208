import path from 'node:path';
import { BacklotError } from '#contract/errors.ts';
import type { Work } from '#core/work.ts';
import { buildProject } from './build-project.ts';
import { findComposeFiles, PROJECT_FILE } from './find-project.ts';
import { guessSets } from './guess-sets.ts';
import { usualProfiles, type LoadPorts } from './load-project.ts';
import { servicesOf } from './project-services.ts';
import { checkProjectFile, readProjectSource } from './read-project-file.ts';
import { setNamesOf } from './set-names.ts';
import { writeProjectFile } from './write-project-file.ts';

export type InitInput = { readonly directory: string; readonly force: boolean };
export type InitResult = { readonly file: string; readonly sets: Record<string, string[]> };

/** Writes a `backlot.yaml` beside a Compose file, with a guess of the smallest useful set. Refuses where there is one, unless `force`. */
export async function initProject({ directory: given, force }: InitInput, ports: LoadPorts, work: Work): Promise<InitResult> {
  const { compose, files } = ports;
  const directory = await files.realDirectory(given);
  if (directory === undefined) throw new BacklotError('project-missing', `There is no folder ${given}`, { fix: 'Name a folder that exists.' });
  const file = path.join(directory, PROJECT_FILE);
  if (!force && (await files.exists(file))) throw alreadyThere(file);
  const names = await findComposeFiles(directory, files);
  if (names.length === 0) throw noComposeFile(directory);

  const composeFiles = names.map((name) => path.join(directory, name));
  const model = await compose.resolve(composeFiles, directory, work.signal, { onWarning: (text) => work.tell({ type: 'message', level: 'warning', text }) });
  const text = writeProjectFile({ name: shortName(model.name), composeFiles: names, guess: guessSets(servicesOf(model)) });

  // What is written must load: the same checks as for a file that people wrote.
  const source = readProjectSource(new TextEncoder().encode(text), file, () => ({}));
  const declared = checkProjectFile(source);
  const readings = Object.fromEntries(setNamesOf(declared).names.map((name) => [name, { model, components: {} }]));
  const profiles = await usualProfiles(directory, ports);
  const project = told(composeFiles, () => buildProject({ directory, declarations: [{ file: declared, yaml: source.yaml }], composeFiles, components: [], readings, profiles, warnings: [] }));
  work.signal.throwIfAborted();
  if (!(await files.write(file, text, { replace: force }))) throw alreadyThere(file);
  return { file, sets: Object.fromEntries(Object.values(project.sets).map((set) => [set.name, [...set.services]])) };
}

/** What is wrong is said of the Compose files: the lines of a file that is not written help nobody. */
function told<Result>([composeFile = '']: readonly string[], build: () => Result): Result {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof BacklotError)) throw error;
    throw new BacklotError(error.code, error.message, { where: { file: composeFile }, fix: error.fix, cause: error.cause });
  }
}

/** Compose's project names may hold "_", and be longer. */
function shortName(name: string): string {
  return name.replaceAll('_', '-').replace(/^-+/, '').slice(0, 40) || 'project';
}

function alreadyThere(file: string): BacklotError {
  return new BacklotError('config-exists', `There is already a ${PROJECT_FILE} in ${path.dirname(file)}`, { where: { file }, fix: 'Edit it, or write a new one in its place with --force.' });
}

function noComposeFile(directory: string): BacklotError {
  return new BacklotError('compose-invalid', `There is no Compose file in ${directory}`, {
    where: { file: directory },
    fix: 'Change to the folder with your compose.yaml, or write one first.',
  });
}
