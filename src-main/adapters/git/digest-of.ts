import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import path from 'node:path';
import type { Changed } from './parse-status.ts';

/** What a changed path holds now. */
export type Content = { readonly path: string; readonly kind: 'file' | 'program' | 'link' | 'repository' | 'absent' | 'other'; readonly digest: string };

/** Reads what changed paths hold now, until the signal; `ofRepository` says what a repository within is at. */
export async function digestOf(root: string, changed: readonly Changed[], ofRepository: (folder: string) => Promise<string>, signal: AbortSignal): Promise<Content[]> {
  const contents: Content[] = [];
  for (const one of changed) contents.push({ path: one.path, ...(await contentOf(path.join(root, one.path), one, ofRepository, signal)) });
  return contents;
}

async function contentOf(file: string, { submodule }: Changed, ofRepository: (folder: string) => Promise<string>, signal: AbortSignal): Promise<Omit<Content, 'path'>> {
  const found = await lstat(file).catch(() => undefined);
  if (!found) return { kind: 'absent', digest: '' };
  if (found.isSymbolicLink()) return { kind: 'link', digest: await readlink(file) };
  if (found.isDirectory()) return { kind: 'repository', digest: submodule ? await ofRepository(file) : '' };
  if (!found.isFile()) return { kind: 'other', digest: '' };
  return { kind: (found.mode & 0o111) === 0 ? 'file' : 'program', digest: await digest(file, signal) };
}

/** A file that cannot be read counts as one that differs from every other. */
async function digest(file: string, signal: AbortSignal): Promise<string> {
  const sum = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file, { signal })) sum.update(chunk as Buffer);
  } catch (error) {
    signal.throwIfAborted();
    return `unreadable ${(error as NodeJS.ErrnoException).code ?? ''}`;
  }
  return sum.digest('hex');
}
