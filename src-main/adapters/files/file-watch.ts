import { createHash } from 'node:crypto';
import { realpathSync, statSync, watch, type FSWatcher } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { SOURCE_LIMIT } from '#core/yaml/decode-source.ts';
import type { FileWatch } from '#ports/project-files.ts';

/** Editors write a file in several steps: it is looked at once they have rested this long. */
const REST = 150;

/** Watches the folders of files, by name: editors put another file in the place of the one that was there. What the system does not let us watch is left out quietly. */
export function watchFiles(files: readonly string[]): FileWatch {
  const watchers: FSWatcher[] = [];
  let touched = false;
  let onTouch = () => {};
  const touch = () => {
    touched = true;
    onTouch();
  };
  for (const [folder, names] of foldersOf(files)) {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => (name === null || names.has(name)) && touch());
      watcher.on('error', () => watcher.close());
      watchers.push(watcher);
    } catch {
      // No watches left, or a file system without them.
    }
  }
  return {
    changed: (signal) =>
      new Promise((resolve) => {
        let resting: ReturnType<typeof setTimeout> | undefined;
        const done = () => {
          clearTimeout(resting);
          onTouch = () => {};
          signal.removeEventListener('abort', done);
          resolve();
        };
        onTouch = () => {
          clearTimeout(resting);
          resting = setTimeout(done, REST);
        };
        if (signal.aborted) return done();
        signal.addEventListener('abort', done, { once: true });
        if (touched) onTouch();
      }),
    close: () => watchers.splice(0).forEach((watcher) => watcher.close()),
  };
}

/** Tells whether what stands in these files is what stood there. A file that cannot be read counts as one that is not there. */
export async function stateOf(files: readonly string[]): Promise<string> {
  const sum = createHash('sha256');
  const contents = await Promise.all(files.map(contentOf));
  for (const [index, file] of files.entries()) sum.update(`${file}\0${contents[index]}\n`);
  return sum.digest('hex');
}

async function contentOf(file: string): Promise<string> {
  const status = statSync(file, { throwIfNoEntry: false });
  if (!status) return '';
  // A folder only has to be there; a pipe would be waited for.
  if (!status.isFile()) return 'no file';
  // Larger than anything that is read of it.
  if (status.size > SOURCE_LIMIT) return `${status.size} ${status.mtimeMs}`;
  return readFile(file).then((bytes) => createHash('sha256').update(bytes).digest('hex'), () => '');
}

/** The names to look for in each folder: of the files and of what their links lead to; where a folder is not there, its own name in the nearest one above. */
function foldersOf(files: readonly string[]): Map<string, Set<string>> {
  const folders = new Map<string, Set<string>>();
  const add = (file: string) => {
    let [folder, name] = [path.dirname(file), path.basename(file)];
    while (!isFolder(folder) && folder !== path.dirname(folder)) [folder, name] = [path.dirname(folder), path.basename(folder)];
    // A folder that is removed or renamed tells so by its own name.
    const names = folders.get(folder) ?? new Set([path.basename(folder)]);
    folders.set(folder, names.add(name));
  };
  for (const file of files) {
    add(file);
    const target = realPathOf(file);
    if (target !== undefined && target !== file) add(target);
  }
  return folders;
}

function isFolder(folder: string): boolean {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function realPathOf(file: string): string | undefined {
  try {
    return realpathSync(file);
  } catch {
    return undefined;
  }
}
