import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { exists } from './process-identity.ts';

/** A new folder of this process in one that holds nothing else. Those of processes that were killed go first. */
export async function newWorkFolder(parent: string): Promise<string> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const left = (await readdir(parent)).filter((name) => isOfGone(name));
  await Promise.all(left.map((name) => rm(path.join(parent, name), { recursive: true, force: true }).catch(() => {})));
  return mkdtemp(path.join(parent, `${process.pid}-`));
}

/** Whether it has a name as above, of a process that is not there any more. */
function isOfGone(name: string): boolean {
  const pid = /^([1-9]\d*)-\w{6}$/.exec(name)?.[1];
  return pid !== undefined && !exists(Number(pid));
}
