import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { isCode } from './files.ts';

/** Tells one process of this machine from every other, those that had its number before or will have it later included. */
export const ProcessIdentity = z.object({
  pid: z.number().int().positive(),
  /** When it started, in the system's own words. */
  started: z.string(),
  /** Which start of the machine that was. */
  boot: z.string(),
});
export type ProcessIdentity = z.infer<typeof ProcessIdentity>;

const run = promisify(execFile);

/** This process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  return { pid: process.pid, started: (await startOf(process.pid)) ?? '', boot: await bootId() };
}

/** Whether that very process still runs. Where it cannot be told, it does. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  if (identity.boot !== (await bootId())) return false;
  if (!exists(identity.pid)) return false;
  const started = await startOf(identity.pid);
  return started === undefined ? exists(identity.pid) : started === identity.started;
}

/** Whether some process has this number. */
export function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

async function startOf(pid: number): Promise<string | undefined> {
  switch (process.platform) {
    case 'linux':
      return linuxStart(pid);
    case 'darwin':
      return run('ps', ['-o', 'lstart=', '-p', String(pid)]).then(({ stdout }) => stdout.trim() || undefined, () => undefined);
    default:
      return undefined;
  }
}

/** Clock ticks since boot: field 22, counted after the program's name, which may hold anything. A zombie has ended. */
async function linuxStart(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : fields[19];
}

async function bootId(): Promise<string> {
  if (process.platform === 'linux') return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
  if (process.platform === 'darwin') return run('sysctl', ['-n', 'kern.bootsessionuuid']).then(({ stdout }) => stdout.trim(), () => '');
  return '';
}
