import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isCode, makeFolder, writeFailure } from '../state/files.ts';

export type RunIndex = {
  add(run: string, directory: string): Promise<void>;
  forget(run: string, directory: string): Promise<void>;
  /** The runs of a project, newest first. */
  runsOf(directory: string): Promise<string[]>;
};

/** Which runs are of which project: an empty file for each run in a folder of its project's. Runs that are older than the index are put there once. */
export function createRunIndex(root: string, everyRun: () => Promise<readonly { readonly run: string; readonly directory: string }[]>): RunIndex {
  const folderOf = (directory: string, base = root) => path.join(base, createHash('sha256').update(directory).digest('hex').slice(0, 16));
  let ready: Promise<void> | undefined;

  async function make(): Promise<void> {
    if ((await namesIn(root)) !== undefined) return;
    const fresh = `${root}.${process.pid}.tmp`;
    await makeFolder(fresh);
    for (const { run, directory } of await everyRun()) await put(run, folderOf(directory, fresh));
    // Another process may have been quicker: what it made is as good.
    await rename(fresh, root).catch(() => rm(fresh, { recursive: true, force: true }));
  }
  const prepare = () => (ready ??= make());

  return {
    async add(run, directory) {
      await prepare();
      await put(run, folderOf(directory));
    },
    forget: (run, directory) => rm(path.join(folderOf(directory), run), { force: true }),
    async runsOf(directory) {
      await prepare();
      return ((await namesIn(folderOf(directory))) ?? []).sort().reverse();
    },
  };
}

async function put(run: string, folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(path.join(folder, run), '', { mode: 0o600 });
  } catch (error) {
    throw writeFailure(folder, error);
  }
}

async function namesIn(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
