import path from 'node:path';
import type { ProjectFiles } from '#ports/project-files.ts';
import { composeFilesOf, findParts, type Part } from './find-parts.ts';
import { PROJECT_FILE } from './find-project.ts';
import { openProject, readSource, type LoadPorts } from './load-project.ts';

/** Which state the files of a project are in, now and whenever it is another, for as long as somebody reads. A file that is saved as it was is no change. */
export async function* watchProject({ directory }: { readonly directory: string }, ports: LoadPorts, signal: AbortSignal): AsyncGenerator<{ readonly state: string }> {
  let sources = [path.join(directory, PROJECT_FILE)];
  let told: string | undefined;
  while (!signal.aborted) {
    const watch = ports.files.watch(sources);
    try {
      // Read only once they are watched, so that nothing is missed; what is found beyond them is watched before it counts.
      const found = await sourcesOf(directory, ports);
      if (found.join('\0') !== sources.join('\0')) {
        sources = found;
        continue;
      }
      const state = await ports.files.stateOf(sources);
      if (state !== told) yield { state: (told = state) };
      await watch.changed(signal);
    } finally {
      watch.close();
    }
  }
}

/** Every file that loading the project reads or looks for, as far as its faults let that be known; in order. */
export async function sourcesOf(given: string, { files, compose, environment }: LoadPorts): Promise<string[]> {
  const known = new Set([path.join(given, PROJECT_FILE)]);
  const noting: ProjectFiles = {
    ...files,
    realDirectory: (directory) => (known.add(directory), files.realDirectory(directory)),
    exists: (file) => (known.add(file), files.exists(file)),
    read: (file, code) => (known.add(file), files.read(file, code)),
  };
  const addPart = async ({ directory, composeFiles }: Part) => {
    for (const file of await compose.sourcesOf(composeFiles)) known.add(file);
    for (const folder of [directory, ...composeFiles.slice(0, 1).map((file) => path.dirname(file))]) known.add(path.join(folder, '.env'));
  };
  try {
    const { source, directory } = await openProject(given, { files: noting, environment });
    const root: Part = { component: undefined, directory, source, composeFiles: await composeFilesOf(source, directory, noting) };
    await addPart(root);
    const { parts } = await findParts(root, { files: noting, readSource: (bytes, file, folder) => readSource(bytes, file, folder, { files: noting, environment }) });
    await Promise.all(parts.slice(1).map(addPart));
  } catch {
    // Whoever loads the project tells what is wrong; until it is mended, what was looked at so far is all there is.
  }
  return [...known].sort();
}
