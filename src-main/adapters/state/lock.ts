import { randomBytes } from 'node:crypto';
import { link, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { BacklotError } from '#contract/errors.ts';
import { isCode, makeFolder, readText, writeFailure } from './files.ts';
import { exists, isAlive, ProcessIdentity } from './process-identity.ts';

export const LockFile = z.object({ process: ProcessIdentity, shell: z.string(), method: z.string(), since: z.string() });
export type LockFile = z.infer<typeof LockFile>;

/** Milliseconds between two looks at a lock that somebody else holds. */
const PAUSE = 100;

/** The highest turn, and who holds it. */
type Turn = { readonly number: number; readonly holder: LockFile | undefined };

/**
 * Waits until the lock is ours, telling `onWait` each new holder, and answers how to give it back.
 *
 * A lock is a folder of numbered turns; the highest number counts. A turn `7` is held by the process named in it; `7.free` was
 * given back. Whoever finds the highest turn free, or its process dead, makes the next number: a hard link of a complete file,
 * which only one can make. The highest turn is never removed, so a slow process that makes a number which is already over
 * finds a higher one, or the same one given back, beside its own, and withdraws.
 */
export async function acquireLock(folder: string, owner: LockFile, onWait: (holder: LockFile) => void, signal: AbortSignal): Promise<() => Promise<void>> {
  await makeFolder(folder);
  let told = '';
  for (;;) {
    if (signal.aborted) throw new BacklotError('cancelled', 'cancelled');
    const turn = await highestTurn(folder);
    if (!turn.holder || !(await isAlive(turn.holder.process))) {
      const release = await takeTurn(folder, turn.number + 1, owner);
      if (release) return release;
      continue;
    }
    const who = JSON.stringify(turn.holder);
    if (who !== told) onWait(turn.holder);
    told = who;
    await delay(PAUSE, undefined, { signal }).catch(() => {});
  }
}

/** Who holds a lock, if anybody alive does. */
export async function holderOf(folder: string): Promise<LockFile | undefined> {
  const { holder } = await highestTurn(folder).catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return { holder: undefined };
    throw error;
  });
  return holder && (await isAlive(holder.process)) ? holder : undefined;
}

async function highestTurn(folder: string): Promise<Turn> {
  const { number, file } = highest(await readdir(folder));
  if (file === undefined || file.endsWith('.free')) return { number, holder: undefined };
  const text = await readText(path.join(folder, file));
  if (text === undefined) return highestTurn(folder);
  return { number, holder: understand(text) };
}

/** Makes a turn for `owner`, and answers how to give it back; nothing where somebody else was quicker. */
export async function takeTurn(folder: string, number: number, owner: LockFile): Promise<(() => Promise<void>) | undefined> {
  const file = path.join(folder, String(number));
  const complete = path.join(folder, `${process.pid}-${randomBytes(4).toString('hex')}.tmp`);
  try {
    await writeFile(complete, JSON.stringify(owner), { mode: 0o600, flag: 'wx' });
    await link(complete, file);
  } catch (error) {
    if (isCode(error, 'EEXIST')) return undefined;
    throw writeFailure(file, error);
  } finally {
    await rm(complete, { force: true });
  }
  const names = await readdir(folder);
  if (highest(names).file !== String(number)) {
    await rm(file, { force: true });
    return undefined;
  }
  await removeOver(folder, names, number);
  return () => giveBack(file);
}

async function giveBack(file: string): Promise<void> {
  await rename(file, `${file}.free`).catch((error: unknown) => {
    // Somebody removed the whole state folder meanwhile.
    if (!isCode(error, 'ENOENT')) throw writeFailure(file, error);
  });
}

/** Turns below the highest are over; so is what a dead process had half written. */
async function removeOver(folder: string, names: readonly string[], number: number): Promise<void> {
  const over = names.filter((name) => {
    const turn = numberOf(name);
    const writer = /^(\d+)-.*\.tmp$/.exec(name)?.[1];
    return turn === undefined ? writer !== undefined && !exists(Number(writer)) : turn < number;
  });
  await Promise.all(over.map((name) => rm(path.join(folder, name), { force: true })));
}

/** Of a turn that is there twice, a slow process made the one that is not free, and will withdraw it. */
function highest(names: readonly string[]): { readonly number: number; readonly file: string | undefined } {
  const number = Math.max(0, ...names.map((name) => numberOf(name) ?? 0));
  return { number, file: [`${number}.free`, `${number}`].find((name) => names.includes(name)) };
}

function numberOf(name: string): number | undefined {
  const match = /^(\d{1,15})(\.free)?$/.exec(name);
  return match ? Number(match[1]) : undefined;
}

/** A file that cannot be understood, as a broken disk leaves it, is held by nobody. */
function understand(text: string): LockFile | undefined {
  try {
    return LockFile.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
