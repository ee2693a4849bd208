import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { stackReferences } from '#core/stack-references.ts';
import type { DeployOrder, SwarmSettings } from '#ports/deployer.ts';

/** How docker is given a stack file, and where it is started. */
type StackInput = { readonly file: string; readonly directory: string; readonly text?: string };

/** A stack file of the checkout is read where it lies. One of another revision stands in its place: what it names is the revision's where that has it; folders that it mounts are those of the checkout, because they have to last. */
export async function stackInput({ file }: SwarmSettings, { directory, files }: DeployOrder): Promise<StackInput> {
  const today = path.resolve(directory, file);
  const own = path.resolve(files, file);
  if (own === today) return { file: today, directory };
  let text = await readFile(own, 'utf8');
  for (const { path: named, start, end } of stackReferences(text)) {
    const there = path.resolve(path.dirname(own), named);
    if (!path.isAbsolute(named) && (await isThere(there))) text = text.slice(0, start) + JSON.stringify(there.replaceAll('$', '$$$$')) + text.slice(end);
  }
  const beside = path.dirname(today);
  return { file: '-', directory: (await isThere(beside)) ? beside : directory, text };
}

const isThere = (place: string) => access(place).then(() => true, () => false);
