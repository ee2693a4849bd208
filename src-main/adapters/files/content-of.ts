import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import type { ContentDigest } from '#ports/project-files.ts';

const MOST_FILES = 20_000;
const MOST_BYTES = 256 * 1024 * 1024;

class Unknown extends Error {}

/** What a container sees that mounts it: names, contents, and what may be executed; links below a folder by where they lead. */
export async function contentOf(source: string): Promise<ContentDigest> {
  const sum = createHash('sha256');
  const read = { files: 0, bytes: 0 };
  try {
    // The engine follows a link to what it mounts.
    await add(await stat(source), { file: source, name: '' }, { sum, read });
    return { digest: sum.digest('hex') };
  } catch (error) {
    if (error instanceof Unknown) return { why: error.message };
    return { why: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there, or was removed meanwhile' : 'cannot be read' };
  }
}

const tooMuch = () => new Unknown(`has more than ${MOST_BYTES / 1024 / 1024} MB`);

type Kept = { readonly sum: Hash; readonly read: { files: number; bytes: number } };

async function add(status: Awaited<ReturnType<typeof lstat>>, { file, name }: { readonly file: string; readonly name: string }, kept: Kept): Promise<void> {
  const { sum, read } = kept;
  if (++read.files > MOST_FILES) throw new Unknown(`has more than ${MOST_FILES} files`);
  if (status.isSymbolicLink()) sum.update(`link\0${name}\0${await readlink(file)}\0`);
  else if (status.isDirectory()) {
    sum.update(`folder\0${name}\0`);
    for (const entry of (await readdir(file)).sort()) {
      const below = path.join(file, entry);
      await add(await lstat(below), { file: below, name: `${name}/${entry}` }, kept);
    }
  } else if (status.isFile()) {
    const own = createHash('sha256');
    if (read.bytes + Number(status.size) > MOST_BYTES) throw tooMuch();
    // Read to its end: one that grows meanwhile is bounded as well.
    for await (const piece of createReadStream(file)) {
      own.update(piece as Buffer);
      if ((read.bytes += (piece as Buffer).length) > MOST_BYTES) throw tooMuch();
    }
    sum.update(`file\0${name}\0${Number(status.mode) & 0o111 ? 'x' : '-'}\0${own.digest('hex')}\0`);
  } else throw new Unknown(name === '' ? 'is neither a file nor a folder' : `has ${name.slice(1)}, which is neither a file nor a folder`);
}
