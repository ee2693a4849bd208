import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { BacklotError } from '#contract/errors.ts';

const GIVE_ACCESS = 'Give your user access to it, or set BACKLOT_HOME to another folder.';

/** Makes a folder that only this user can read. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw writeFailure(folder, error);
  });
}

/** Replaces a file as a whole: after a crash there is the old text or the new one. */
export async function writeAtomically(file: string, text: string | Uint8Array): Promise<void> {
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await makeFolder(path.dirname(file));
    await writeThrough(temporary, text);
    await rename(temporary, file);
    await syncFolder(path.dirname(file));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw writeFailure(file, error);
  }
}

/** The checked content of a JSON file; absent where there is none. One that cannot be understood is moved aside as `.bad` and counts as absent. */
export async function readJson<Shape extends z.ZodType>(file: string, shape: Shape): Promise<z.output<Shape> | undefined> {
  const text = await readText(file);
  if (text === undefined) return undefined;
  const parsed = shape.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  await rename(file, `${file}.bad`).catch((error: unknown) => {
    // Another process was quicker, or nothing can be written here: it counts as absent all the same.
    if (!isCode(error, 'ENOENT', 'EROFS', 'EACCES', 'EPERM')) throw writeFailure(file, error);
  });
  return undefined;
}

export async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw readFailure(file, error);
  }
}

/** What a failure to read below the state folder means to a person. */
export function readFailure(file: string, error: unknown): BacklotError {
  const fix = isCode(error, 'EISDIR') ? 'A folder is where that file should be: move it away.' : GIVE_ACCESS;
  return new BacklotError('state-unusable', `Backlot cannot read its own file ${file}`, { cause: error, fix });
}

/** What a failure to write below the state folder means to a person. */
export function writeFailure(file: string, error: unknown): BacklotError {
  if (error instanceof BacklotError) return error;
  if (isCode(error, 'ENOSPC', 'EDQUOT')) {
    const fix = 'Make room on that disk, or set BACKLOT_HOME to a folder on another one.';
    return new BacklotError('disk-full', `The disk is full: ${file} could not be written`, { cause: error, fix });
  }
  if (isCode(error, 'EROFS')) {
    const fix = 'Set BACKLOT_HOME to a folder that can be written to.';
    return new BacklotError('disk-full', `The disk cannot be written to: ${file}`, { cause: error, fix });
  }
  return new BacklotError('state-unusable', `Backlot cannot write its own file ${file}`, { cause: error, fix: GIVE_ACCESS });
}

export function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '');
}

async function writeThrough(file: string, text: string | Uint8Array): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** So that the rename itself survives a power cut. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
