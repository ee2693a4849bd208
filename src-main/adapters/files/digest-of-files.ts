import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { BacklotError } from '#contract/errors.ts';

const MOST_FILES = 200_000;

/** A digest of the names and contents of the files below a folder that are wanted; git's own folder is none of them. Links count by where they lead. */
export async function digestOfFiles(folder: string, isWanted: (relative: string) => boolean): Promise<{ readonly digest: string; readonly files: number }> {
  const names: { readonly name: string; readonly isLink: boolean }[] = [];
  const look = async (within: string): Promise<void> => {
    for (const entry of await readdir(path.join(folder, within), { withFileTypes: true })) {
      const name = within === '' ? entry.name : `${within}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name !== '.git') await look(name);
      } else if ((entry.isFile() || entry.isSymbolicLink()) && isWanted(name)) names.push({ name, isLink: entry.isSymbolicLink() });
      if (names.length > MOST_FILES) throw new BacklotError('config-invalid', `The inputs in ${folder} are more than ${MOST_FILES} files`, { where: { file: folder }, fix: 'Name fewer in inputs.' });
    }
  };
  const sum = createHash('sha256');
  try {
    await look('');
    for (const { name, isLink } of names.sort((one, other) => (one.name < other.name ? -1 : 1))) {
      const file = path.join(folder, name);
      const own = createHash('sha256');
      if (isLink) own.update(`link ${await readlink(file)}`);
      else await pipeline(createReadStream(file), own);
      sum.update(`${name}\0${own.digest('hex')}\n`);
    }
  } catch (error) {
    if (error instanceof BacklotError) throw error;
    throw new BacklotError('config-invalid', `The inputs in ${folder} cannot be read`, { where: { file: folder }, cause: error });
  }
  return { digest: sum.digest('hex'), files: names.length };
}
