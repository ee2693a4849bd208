import { createHash } from 'node:crypto';
import { BacklotError } from '#contract/errors.ts';
import type { Checkout, Commit, Git, Revision } from '#ports/git.ts';
import type { ProcessRunner, RunOptions, RunResult } from '#ports/process-runner.ts';
import { commitFiles } from './commit-files.ts';
import { digestOf, type Content } from './digest-of.ts';
import { isPushed } from './is-pushed.ts';
import { branchIn, commitIn, parseStatus } from './parse-status.ts';

/** Nothing that a repository's own settings name is run. */
const HARMLESS = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'core.quotePath=false'];
const VARIABLES = { GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
const TIMEOUT = 60_000;
/** Submodules within submodules that are followed. */
const DEEPEST = 8;
const DIGEST_LENGTH = 12;

/** Git through its command line. Files of commits lie in `work` while they are needed. */
export function createGit(runner: ProcessRunner, work: string): Git {
  const run = (directory: string, args: readonly string[], signal: AbortSignal, more: Pick<RunOptions, 'input' | 'encoding'> = {}) =>
    runner.run('git', [...HARMLESS, ...args], { directory, environment: VARIABLES, timeout: TIMEOUT, ...more }, signal);

  async function ask(directory: string, args: readonly string[], signal: AbortSignal): Promise<string | undefined> {
    const { exitCode, stdout } = await run(directory, args, signal);
    const text = stdout.trim();
    return exitCode === 0 && text !== '' ? text : undefined;
  }

  /** Paths in it are of the repository's root, wherever it is asked. */
  const askStatus = (directory: string, signal: AbortSignal, ...more: readonly string[]) => run(directory, ['status', '--porcelain=v2', '-z', '--untracked-files=all', '--no-renames', '--ignore-submodules=none', ...more], signal);

  /** What differs from the commit, by path. */
  async function contents(root: string, depth: number, signal: AbortSignal, known?: RunResult): Promise<Content[]> {
    const status = known ?? (await askStatus(root, signal));
    if (status.exitCode !== 0) throw unreadable(root, status);
    return digestOf(root, parseStatus(status.stdout), async (folder) => {
      const head = (await ask(folder, ['rev-parse', 'HEAD'], signal)) ?? '';
      return depth < DEEPEST && head !== '' ? `${head} ${hash(await contents(folder, depth + 1, signal))}` : head;
    }, signal);
  }

  const rootOf = async (directory: string, signal: AbortSignal) => (await run(directory, ['rev-parse', '--show-toplevel'], signal)).stdout.replace(/\n$/, '');

  async function checkout(directory: string, signal: AbortSignal): Promise<Checkout | undefined> {
    const status = await askStatus(directory, signal, '--branch', '--no-ahead-behind').catch(orWithoutGit);
    if (!status || /not a git repository|must be run in a work tree/i.test(status.stderr)) return undefined;
    if (status.exitCode !== 0) throw unreadable(directory, status);
    const sha = commitIn(status.stdout);
    if (sha === undefined) throw new BacklotError('revision-missing', `The repository of ${directory} has no commits`, { fix: 'Commit something first: an image is named after the commit that it was built from.' });
    const branch = branchIn(status.stdout);
    const clean = { sha, name: sha, dirty: false, changes: 0, ...(branch !== undefined && { branch }) };
    if (parseStatus(status.stdout).length === 0) return clean;
    const changed = await contents(await rootOf(directory, signal), 0, signal, status);
    return { ...clean, name: `${sha}-dirty-${hash(changed)}`, dirty: true, changes: changed.length };
  }

  /** When the commit was made, where it comes from, and its tag. */
  async function describe(directory: string, signal: AbortSignal): Promise<Omit<Revision, keyof Checkout>> {
    const [head, remote] = await Promise.all([
      ask(directory, ['log', '-1', '--no-show-signature', '--decorate=full', '--format=%cI %D', 'HEAD', '--'], signal).catch(orWithoutGit),
      ask(directory, ['config', '--get', 'remote.origin.url'], signal).catch(orWithoutGit),
    ]);
    const [committed = '', ...names] = head?.split(' ') ?? [];
    // Of several tags git chooses.
    const tag = names.some((name) => name.startsWith('refs/tags/')) ? await ask(directory, ['describe', '--tags', '--exact-match', 'HEAD'], signal) : undefined;
    return { committed, ...(remote !== undefined && { remote: withoutCredentials(remote) }), ...(tag !== undefined && { tag }) };
  }

  return {
    checkout,
    filesOf: (directory, commit, signal) => commitFiles({ run, work }, directory, commit, signal),
    isPushed: (directory, commit, signal) => isPushed(run, directory, commit, signal),
    async commits(directory, revisions, signal) {
      const known = revisions.filter((revision) => /^[0-9a-f]{40,64}$/.test(revision));
      if (known.length === 0) return [];
      const { exitCode, stdout } = await run(directory, ['log', '--no-walk=unsorted', '--ignore-missing', '--no-show-signature', '--no-color', '-z', '--format=%H%x1f%an%x1f%s', ...known, '--'], signal);
      return exitCode === 0 ? stdout.split('\0').filter(Boolean).map(commitOf) : [];
    },
    async revision(directory, signal) {
      // Asked at once: each takes longer to start than to answer.
      const [found, more] = await Promise.all([checkout(directory, signal), describe(directory, signal)]);
      return found && ({ ...found, ...more } satisfies Revision);
    },
    describe: async (directory, found, signal) => ({ ...found, ...(await describe(directory, signal)) }),
  };
}

function commitOf(line: string): Commit {
  const [sha = '', author = '', subject = ''] = line.trim().split('\x1f');
  return { sha, author, subject };
}

function hash(contents: readonly Content[]): string {
  const sum = createHash('sha256');
  for (const { path, kind, digest } of contents) sum.update(`${path}\0${kind}\0${digest}\n`);
  return sum.digest('hex').slice(0, DIGEST_LENGTH);
}

/** A machine without git has no checkouts. */
function orWithoutGit(error: unknown): undefined {
  if (error instanceof BacklotError && error.cause instanceof Error && (error.cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
  throw error;
}

function unreadable(directory: string, { stderr }: RunResult): BacklotError {
  const text = stderr.trim().split('\n')[0]?.replace(/^(fatal|error): /, '') ?? '';
  const foreign = /dubious ownership/.test(stderr);
  return new BacklotError('revision-missing', foreign ? `Git does not read ${directory}, because it belongs to another user` : `Git cannot read ${directory}: ${text}`, {
    fix: foreign ? `If you trust it: git config --global --add safe.directory ${directory}` : 'See what git status says there.',
  });
}

/** A URL without its user and password; what else names a place stays as it is. */
function withoutCredentials(remote: string): string {
  return remote.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1');
}
