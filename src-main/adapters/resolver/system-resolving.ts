import { constants } from 'node:fs';
import { access, readdir, readFile, readlink, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { BacklotError } from '#contract/errors.ts';
import { isCode, makeFolder, writeAtomically } from '#adapters/state/files.ts';
import type { SystemChanges, SystemFacts, SystemResolving } from '#ports/host-resolver.ts';
import type { ProcessRunner } from '#ports/process-runner.ts';
import { readFound, targetOf } from './found-file.ts';
import { quote, rootScript, type StagedChange } from './root-script.ts';
import { changeRules, LIST_RULES, readRules } from './windows-policy.ts';
import { writeChange } from './write-file.ts';

export type SystemOptions = {
  readonly runner: ProcessRunner;
  /** Where scripts for those with more rights are put. */
  readonly folder: string;
  /** Stands before every path of the system; `/` is the system itself. */
  readonly root?: string;
  readonly platform?: string;
};

const POWERSHELL = ['powershell.exe', '-NoProfile', '-NonInteractive', '-Command'] as const;
const TIMEOUT = 30_000;

/** The settings of the system that this process runs on, or of a folder that looks like one. */
export function createSystemResolving({ runner, folder, root = '/', platform = process.platform }: SystemOptions): SystemResolving {
  const at = (file: string) => (root === '/' ? file : path.join(root, file));
  const owner = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };

  async function run(command: readonly string[], signal: AbortSignal): Promise<string> {
    const [file = '', ...args] = command;
    const { exitCode, stdout, stderr } = await runner.run(file, args, { timeout: TIMEOUT }, signal);
    if (exitCode === 0) return stdout;
    throw new BacklotError('resolver-failed', `${command.slice(0, 3).join(' ')} failed with ${exitCode}`, { cause: (stderr || stdout).trim().slice(0, 500), fix: 'Mend that, then run the same again: it goes on from here.' });
  }

  return {
    facts: async (signal) => ({ platform, resolved: platform === 'linux' ? await resolvedFacts(at, runner, signal) : undefined, owner }),
    read: (file) => readFound(at(file)),
    async list(directory) {
      const names = await readdir(at(directory)).catch((error: unknown) => (isCode(error, 'ENOENT', 'ENOTDIR') ? [] : Promise.reject(error as Error)));
      return names.map((name) => `${directory}/${name}`);
    },
    rules: async (signal) => (platform === 'win32' ? readRules(await run([...POWERSHELL, LIST_RULES], signal)) : []),
    missingFolders: (file) => missingFolders(file, at),
    async assertRights(changes, verb) {
      if (platform === 'win32' || (await maySet(changes, at, root))) return;
      const script = await stageScript(changes, path.join(folder, verb.replaceAll(' ', '-')), at);
      const what = changes.files.map((change) => change.path).join(', ') || changes.commands.map((command) => command.join(' ')).join(', ');
      throw new BacklotError('resolver-failed', `This user may not change ${what}`, { fix: `Run: sudo sh ${quote(script)} && backlot ${verb}` });
    },
    async apply({ files, emptied, rules, commands }, signal) {
      for (const change of files) await writeChange(change, at(change.path)).catch((error: unknown) => Promise.reject(notWritten(change.path, error)));
      for (const directory of emptied) await removeEmpty(at(directory));
      if (rules) await run([...POWERSHELL, changeRules(rules)], signal);
      for (const command of commands) await run(command, signal);
    },
  };
}

type Locate = (file: string) => string;

async function resolvedFacts(at: Locate, runner: ProcessRunner, signal: AbortSignal): Promise<SystemFacts['resolved']> {
  const link = await readlink(at('/etc/resolv.conf')).catch(() => '');
  const text = await readText(at('/etc/resolv.conf'));
  const lookups = /^hosts:.*\bresolve\b/m.test(await readText(at('/etc/nsswitch.conf')));
  if (!link.includes('systemd/resolve/stub') && !/^nameserver 127\.0\.0\.5[34]$/m.test(text) && !lookups) return undefined;
  const ask = async (word: string) => (await runner.run('resolvectl', [word], { timeout: TIMEOUT }, signal).catch(() => undefined))?.stdout ?? '';
  const [told, links] = await Promise.all([ask('--version'), ask('dns')]);
  const version = Number(/^systemd (\d+)/.exec(told)?.[1]);
  if (!version) return undefined;
  const folders = ['/etc', '/run', '/usr/local/lib', '/usr/lib'].map((start) => `${start}/systemd/resolved.conf.d`);
  const dropIns = (await Promise.all(folders.map(async (folder) => (await readdir(at(folder)).catch(() => [])).filter((name) => name.endsWith('.conf') && name !== 'backlot.conf').map((name) => `${folder}/${name}`)))).flat();
  return { version, links, configurations: await Promise.all(['/etc/systemd/resolved.conf', ...dropIns].map((file) => readText(at(file)))) };
}

/** What cannot be read says nothing about the mechanism. */
async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

async function missingFolders(file: string, at: Locate): Promise<string[]> {
  const folder = path.posix.dirname(file);
  if (folder === '/' || folder === '.' || (await isThere(at(folder)))) return [];
  return [...(await missingFolders(folder, at)), folder];
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(() => true, () => false);
}

/** Replacing a file is a right on its folder. Commands of the system need its administrator. */
async function maySet({ files, commands }: SystemChanges, at: Locate, root: string): Promise<boolean> {
  if (commands.length > 0 && root === '/' && process.geteuid?.() !== 0) return false;
  const folders = await Promise.all(files.map(async (change) => nearestFolder(path.dirname(await targetOf(at(change.path))))));
  const rights = await Promise.all([...new Set(folders)].map((folder) => access(folder, constants.W_OK).then(() => true, () => false)));
  return rights.every(Boolean);
}

async function nearestFolder(folder: string): Promise<string> {
  return folder === path.dirname(folder) || (await isThere(folder)) ? folder : nearestFolder(path.dirname(folder));
}

/** Writes the script and copies of every file beside it, and answers where it is. */
async function stageScript(changes: SystemChanges, folder: string, at: Locate): Promise<string> {
  await makeFolder(folder);
  const staged: StagedChange[] = [];
  for (const [index, { path: file, before, after }] of changes.files.entries()) {
    const [was, becomes] = [path.join(folder, `${index}.before`), path.join(folder, `${index}.after`)];
    if (before) await writeAtomically(was, before.content);
    if (after) await writeAtomically(becomes, after.content);
    const ownership = after && { copy: becomes, mode: after.mode, ...(before ? { uid: before.uid, gid: before.gid } : { uid: 0, gid: 0 }) };
    staged.push({ target: await targetOf(at(file)), before: before && was, after: ownership });
  }
  const script = path.join(folder, 'run.sh');
  await writeAtomically(script, rootScript(staged, { emptied: changes.emptied.map(at), commands: changes.commands }));
  return script;
}

async function removeEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: unknown) => {
    if (!isCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
  });
}

function notWritten(file: string, error: unknown): BacklotError {
  if (error instanceof BacklotError) return error;
  return new BacklotError('resolver-failed', `${file} cannot be changed`, { cause: error, fix: 'Mend that, then run the same again: it goes on from here.' });
}
