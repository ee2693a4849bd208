import { randomBytes } from 'node:crypto';
import { constants, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { BacklotError } from '#contract/errors.ts';
import { notWritten } from '#core/not-written.ts';
import { SOURCE_LIMIT, tooLarge } from '#core/yaml/decode-source.ts';
import type { ProjectFiles } from '#ports/project-files.ts';
import { contentOf } from './content-of.ts';
import { digestOfFiles } from './digest-of-files.ts';
import { stateOf, watchFiles } from './file-watch.ts';

/** Project files on this machine's disk. */
export function createProjectFiles(): ProjectFiles {
  return { realDirectory, namesIn, exists, digestOf: digestOfFiles, contentOf, read, stateOf, watch: watchFiles, write };
}

async function realDirectory(directory: string): Promise<string | undefined> {
  try {
    const real = await realpath(directory);
    return (await stat(real)).isDirectory() ? real : undefined;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw new BacklotError('project-missing', `The folder ${directory} cannot be read`, { cause: error });
  }
}

async function namesIn(folder: string): Promise<string[] | undefined> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw new BacklotError('config-invalid', `The folder ${folder} cannot be read`, { where: { file: folder }, cause: error });
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch (error) {
    // What the system cannot even follow to its end is no file either.
    if (isAbsent(error) || ['EACCES', 'ELOOP', 'ENAMETOOLONG'].some((code) => hasCode(error, code))) return false;
    throw error;
  }
}

const read: ProjectFiles['read'] = async (file, code) => {
  try {
    // A pipe would be waited for until somebody writes to it.
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const status = await handle.stat();
      if (!status.isFile()) throw new BacklotError(code, `${file} is not a file`, { where: { file }, fix: 'Name a file.' });
      if (status.size > SOURCE_LIMIT) throw tooLarge({ file, code }, status.size);
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof BacklotError) throw error;
    if (isAbsent(error)) return undefined;
    throw new BacklotError(code, `${file} cannot be read`, { where: { file }, cause: error, fix: hasCode(error, 'EACCES') ? `Make it readable: chmod +r ${file}` : undefined });
  }
};

const write: ProjectFiles['write'] = async (file, text, { replace }) => {
  // Without `replace` only the one that creates the file may write it.
  const draft = replace ? `${file}.${randomBytes(4).toString('hex')}.tmp` : file;
  let created = false;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    const handle = await open(draft, 'wx');
    created = true;
    await handle.writeFile(text).finally(() => handle.close());
    if (replace) await rename(draft, file);
    return true;
  } catch (error) {
    if (!created && !replace && hasCode(error, 'EEXIST')) return false;
    if (created) await rm(draft, { force: true });
    throw notWritten(file, error);
  }
};

function isAbsent(error: unknown): boolean {
  return hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR');
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}
