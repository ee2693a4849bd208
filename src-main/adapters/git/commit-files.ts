import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { newWorkFolder } from '#adapters/state/work-folder.ts';
import { filePattern, isFilePattern } from '#core/file-pattern.ts';
import type { CommitFiles } from '#ports/git.ts';
import type { RunOptions } from '#ports/process-runner.ts';
import type { RunGit } from './is-pushed.ts';

/** Files of a commit as it has them, in a new folder within `work`: nothing is checked out, and no filter or hook runs. */
export async function commitFiles({ run, work }: { readonly run: RunBytes; readonly work: string }, directory: string, commit: string, signal: AbortSignal): Promise<CommitFiles | undefined> {
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return undefined;
  const [there, place] = await Promise.all([run(directory, ['cat-file', '-e', `${commit}^{commit}`], signal), run(directory, ['rev-parse', '--show-prefix'], signal)]);
  if (there.exitCode !== 0 || place.exitCode !== 0) return undefined;
  const root = await newWorkFolder(work);
  const folder = path.join(root, place.stdout.replace(/\n$/, ''));
  return {
    folder,
    async bring(paths, until) {
      const missing = await Promise.all(paths.map(async (wanted) => ((await bringOne({ run, directory, commit, root, folder }, wanted, until)) ? [] : [wanted])));
      return missing.flat();
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** Runs git with an input; its output comes as bytes, one for each character, where that is asked for. */
type RunBytes = (...given: [...Parameters<RunGit>, more?: Pick<RunOptions, 'input' | 'encoding'>]) => ReturnType<RunGit>;

type Place = { readonly run: RunBytes; readonly directory: string; readonly commit: string; readonly root: string; readonly folder: string };

async function bringOne(place: Place, wanted: string, signal: AbortSignal): Promise<boolean> {
  const files = isFilePattern(path.basename(wanted)) ? await filesLike(place, wanted, signal) : [wanted];
  const brought = await Promise.all(files.map((file) => copy(place, file, signal)));
  return files.length > 0 && brought.every(Boolean);
}

async function filesLike({ run, directory, commit }: Place, pattern: string, signal: AbortSignal): Promise<string[]> {
  const [folder, form] = [path.dirname(pattern), filePattern(path.basename(pattern))];
  const { exitCode, stdout } = await run(directory, ['ls-tree', '-z', commit, '--', `${folder}/`], signal);
  if (exitCode !== 0) return [];
  const names = stdout.split('\0').flatMap((line) => (/^\d+ blob /.test(line) ? [path.basename(line.slice(line.indexOf('\t') + 1))] : []));
  return names.filter((name) => form.test(name)).map((name) => path.join(folder, name));
}

/** Links are followed within the commit, so that none is written. */
async function copy({ run, directory, commit, root, folder }: Place, file: string, signal: AbortSignal): Promise<boolean> {
  const target = path.resolve(folder, file);
  if (/[\0\n]/.test(file) || path.isAbsolute(file) || !target.startsWith(root + path.sep)) return false;
  const asked = `${commit}:./${path.normalize(file).replaceAll(path.sep, '/')}`;
  const { exitCode, stdout } = await run(directory, ['cat-file', '--batch', '--follow-symlinks'], signal, { input: `${asked}\n`, encoding: 'latin1' });
  const [head = '', size = ''] = /^[0-9a-f]+ blob (\d+)\n/.exec(stdout) ?? [];
  const bytes = Buffer.from(stdout.slice(head.length, -1), 'latin1');
  // More than the runner keeps is cut off.
  if (exitCode !== 0 || head === '' || bytes.length !== Number(size)) return false;
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, bytes, { mode: 0o600 });
  return true;
}
