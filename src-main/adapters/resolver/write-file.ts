import { chmod, chown, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { BacklotError } from '#contract/errors.ts';
import { isCode } from '#adapters/state/files.ts';
import type { FileChange, FoundFile } from '#ports/host-resolver.ts';
import { readFound, targetOf } from './found-file.ts';

/** Puts a file into the state that a change says, as a whole or not at all. Refuses where it is not what the change was planned from. */
export async function writeChange({ path: shown, before, after }: FileChange, file: string): Promise<void> {
  const target = await targetOf(file);
  const draft = `${target}.backlot-new`;
  // What an interruption left.
  await rm(draft, { force: true });
  const current = await readFound(target);
  if (same(current, after)) return;
  if (!same(current, before)) throw new BacklotError('resolver-failed', `${shown} was changed by somebody else just now`, { fix: 'Run it again: it looks at the file anew.' });
  if (after === undefined) return rm(target, { force: true });
  await mkdir(path.dirname(target), { recursive: true, mode: 0o755 });
  await writeDraft(draft, after);
  try {
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    // A file that is mounted, as in containers, cannot be replaced, only written.
    if (!isCode(error, 'EBUSY', 'EXDEV')) throw error;
    await writeFile(target, after.content);
    await give(target, after);
  }
}

async function writeDraft(draft: string, file: FoundFile): Promise<void> {
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(file.content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await give(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Owner first: changing it clears bits of the mode. */
async function give(file: string, { mode, uid, gid }: FoundFile): Promise<void> {
  if (process.platform === 'win32') return;
  await chown(file, uid, gid);
  await chmod(file, mode);
}

function same(one: FoundFile | undefined, other: FoundFile | undefined): boolean {
  if (!one || !other) return one === other;
  return Buffer.compare(one.content, other.content) === 0 && one.mode === other.mode && one.uid === other.uid && one.gid === other.gid;
}
