import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RunResult } from '#ports/process-runner.ts';

export type RunGit = (directory: string, args: readonly string[], signal: AbortSignal) => Promise<RunResult>;

/** Whether a branch or tag of the remote holds a commit, now. A text says why that cannot be known. The checkout stays as it is. */
export async function isPushed(run: RunGit, directory: string, commit: string | Promise<string>, signal: AbortSignal): Promise<boolean | string> {
  const [sha, { remote, listed }] = await Promise.all([commit, askRemote(run, directory, signal)]);
  if (remote === undefined) return 'the repository has no remote';
  if (listed.exitCode !== 0) return `${remote} does not answer: ${lastLine(listed.stderr)}`;
  const tips = [...new Set(listed.stdout.split('\n').flatMap((line) => line.split('\t', 1)).filter(Boolean))];
  if (tips.includes(sha)) return true;
  const unknown: string[] = [];
  for (const tip of tips) {
    const { exitCode } = await run(directory, ['merge-base', '--is-ancestor', sha, tip], signal);
    if (exitCode === 0) return true;
    if (exitCode !== 1) unknown.push(tip);
  }
  return unknown.length === 0 ? false : isInFetched(run, await urlOf(run, directory, remote, signal), sha, signal);
}

type Asked = { readonly remote: string | undefined; readonly listed: RunResult };

/** What the usual remote has; another where there is no such. Which there are is asked beside it: git takes the name of no remote for that of a folder. */
async function askRemote(run: RunGit, directory: string, signal: AbortSignal): Promise<Asked> {
  const usual = 'origin';
  const [listed, named] = await Promise.all([list(run, directory, usual, signal), run(directory, ['remote'], signal)]);
  const names = named.stdout.split('\n').filter(Boolean);
  const remote = names.includes(usual) ? usual : names[0];
  return remote === undefined || remote === usual ? { remote, listed } : { remote, listed: await list(run, directory, remote, signal) };
}

const list = (run: RunGit, directory: string, remote: string, signal: AbortSignal) => run(directory, ['ls-remote', '--heads', '--tags', remote], signal);

async function urlOf(run: RunGit, directory: string, remote: string, signal: AbortSignal): Promise<string> {
  return path.isAbsolute(remote) ? remote : (await run(directory, ['remote', 'get-url', remote], signal)).stdout.trim();
}

/** Looks in a history of its own, for what others pushed since. */
async function isInFetched(run: RunGit, url: string, sha: string, signal: AbortSignal): Promise<boolean | string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'backlot-pushed-'));
  try {
    await run(folder, ['init', '--quiet', '--bare', '.'], signal);
    const fetched = await run(folder, ['fetch', '--quiet', '--no-tags', '--filter=tree:0', '--', url, '+refs/heads/*:refs/heads/*'], signal);
    if (fetched.exitCode !== 0) return `its branches cannot be read: ${lastLine(fetched.stderr)}`;
    const found = await run(folder, ['for-each-ref', '--count=1', `--contains=${sha}`, 'refs/heads'], signal);
    return found.exitCode === 0 && found.stdout.trim() !== '';
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const lastLine = (text: string) => text.trim().split('\n').at(-1)?.replace(/^(fatal|error): /, '') ?? '';
