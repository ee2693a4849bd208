import { createWriteStream } from 'node:fs';
import { cp, mkdir, open, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Artifact } from '#contract/runs.ts';
import { notWritten } from '#core/not-written.ts';
import { isCode, makeFolder, writeFailure } from '../state/files.ts';

/** Artifacts that a list tells. */
const MOST_LISTED = 20_000;

/** Keeps one file below a folder; `relative` is known to stay within. */
export async function putFile(folder: string, relative: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  const file = path.join(folder, relative);
  try {
    await makeFolder(path.dirname(file));
    // What is there already, such as a link, is not written through.
    await pipeline(Readable.from(content, { objectMode: false }), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    if (!isCode(error, 'EEXIST')) await rm(file, { force: true }).catch(() => {});
    throw isCode(error, 'ENOSPC', 'EDQUOT', 'EROFS') ? writeFailure(file, error) : error;
  }
}

/** Every file below a stage's folder. */
export async function listFiles(folder: string, stage: string): Promise<Artifact[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(orNone);
  const files = entries.filter((entry) => entry.isFile()).slice(0, MOST_LISTED);
  return Promise.all(
    files.map(async (entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return { stage, path: path.relative(folder, file).split(path.sep).join('/'), bytes: (await stat(file)).size };
    }),
  );
}

/** The first bytes of a file below a folder; nothing where there is none, or where the path leads out of it. */
export async function readWithin(folder: string, relative: string, limit: number): Promise<{ readonly content: Uint8Array; readonly bytes: number } | undefined> {
  const file = path.resolve(folder, relative);
  if (!file.startsWith(folder + path.sep)) return undefined;
  const handle = await open(file, 'r').catch(orNothing);
  if (!handle) return undefined;
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, limit));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return { content: buffer.subarray(0, bytesRead), bytes: size };
  } finally {
    await handle.close();
  }
}

/** Copies a folder's files where somebody wants them; what is there of the same name is replaced. */
export async function copyFolder(from: string, to: string): Promise<void> {
  try {
    await mkdir(to, { recursive: true });
    if (await stat(from).catch(orNothing)) await cp(from, to, { recursive: true, force: true });
  } catch (error) {
    throw notWritten(to, error);
  }
}

/** Writes a file where somebody wants it. */
export async function writeText(file: string, text: string): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (error) {
    throw notWritten(file, error);
  }
}

function orNone(error: unknown): [] {
  if (isCode(error, 'ENOENT')) return [];
  throw error;
}

function orNothing(error: unknown): undefined {
  if (isCode(error, 'ENOENT', 'EISDIR', 'ENOTDIR')) return undefined;
  throw error;
}
