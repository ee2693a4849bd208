import { lstat, readFile, realpath, stat } from 'node:fs/promises';
import { isCode } from '#adapters/state/files.ts';
import type { FoundFile } from '#ports/host-resolver.ts';

/** A file's bytes, mode and owner, through links; absent where there is none. */
export async function readFound(file: string): Promise<FoundFile | undefined> {
  try {
    const { mode, uid, gid } = await stat(file);
    return { content: await readFile(file), mode: mode & 0o7777, uid, gid };
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** The file that a change is written to: where a link leads, the link stays. */
export async function targetOf(file: string): Promise<string> {
  try {
    return (await lstat(file)).isSymbolicLink() ? await realpath(file) : file;
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENOTDIR')) return file;
    throw error;
  }
}
