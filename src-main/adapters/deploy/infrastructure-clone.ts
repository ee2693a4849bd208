import { basic } from '#adapters/network/plain-address.ts';
import { BacklotError } from '#contract/errors.ts';
import { credentialsIn, withoutCredentials } from '#core/credentials-in.ts';
import type { DeployOrder, DeployWork, GitSettings } from '#ports/deployer.ts';
import type { ProcessRunner, RunResult } from '#ports/process-runner.ts';

const HARMLESS = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'protocol.ext.allow=never'];
const TIMEOUT = 120_000;

/** A clone of an infrastructure repository, with what is done in it. */
export class InfrastructureClone {
  private readonly options: { readonly folder: string; readonly settings: GitSettings; readonly processes: ProcessRunner; readonly work: DeployWork };
  private branch: string;

  constructor(options: InfrastructureClone['options']) {
    this.options = options;
    this.branch = options.settings.branch ?? '';
  }

  get folder(): string {
    return this.options.folder;
  }

  async clone(): Promise<void> {
    const { settings } = this.options;
    const cloned = await this.run(['clone', '--quiet', '--depth=1', ...(this.branch === '' ? [] : [`--branch=${this.branch}`]), '--', plainRepository(settings.repository), '.']);
    if (cloned.exitCode !== 0) throw this.failure('cannot be cloned', cloned);
    if (this.branch === '') this.branch = (await this.run(['symbolic-ref', '--short', 'HEAD'])).stdout.trim();
  }

  /** Nothing where nothing changed. */
  async commit({ revision, project, target, mode, release, who, image }: DeployOrder): Promise<string | undefined> {
    const added = await this.run(['add', '--', ...Object.values(this.options.settings.render)]);
    if (added.exitCode !== 0) throw this.failure('does not take the rendered files', added);
    const { exitCode } = await this.run(['diff', '--cached', '--quiet']);
    if (exitCode === 0) return undefined;
    const message = `${mode === 'rollback' ? 'Roll back' : 'Release'} ${project} ${revision.slice(0, 12)} to ${target}\n\nImage: ${image}\nRelease: ${release}\nBy: ${who}\n`;
    const committed = await this.run(['-c', `user.name=${who}`, '-c', `user.email=${who.replaceAll(/[^\w.@-]/g, '-')}`, '-c', 'commit.gpgsign=false', 'commit', '--quiet', '-m', message]);
    if (committed.exitCode !== 0) throw this.failure('takes no commit', committed);
    return this.head();
  }

  head = async () => (await this.run(['rev-parse', 'HEAD'])).stdout.trim();

  /** False where others pushed meanwhile. */
  async push(): Promise<boolean> {
    const pushed = await this.run(['push', '--quiet', 'origin', `HEAD:refs/heads/${this.branch}`]);
    if (pushed.exitCode === 0) return true;
    if (/non-fast-forward|fetch first|\(stale info\)|cannot lock ref|incorrect old value/i.test(pushed.stderr)) return false;
    // The answer may have been lost when it was done.
    const there = await this.run(['ls-remote', 'origin', `refs/heads/${this.branch}`]);
    if (there.exitCode === 0 && there.stdout.startsWith(await this.head())) return true;
    throw this.failure('does not take the change', pushed);
  }

  /** Begins anew on what others pushed, so that what is rendered is never mixed with theirs. */
  async restart(): Promise<void> {
    const fetched = await this.run(['fetch', '--quiet', '--depth=1', 'origin', this.branch]);
    if (fetched.exitCode !== 0) throw this.failure('cannot be read', fetched);
    await this.run(['reset', '--quiet', '--hard', 'FETCH_HEAD']);
  }

  private run(args: readonly string[]): Promise<RunResult> {
    const { folder, processes, work } = this.options;
    return processes.run('git', [...HARMLESS, ...args], { directory: folder, environment: { GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C', ...credentialsFor(this.options.settings.repository) }, timeout: TIMEOUT, endsWithUs: true }, work.signal);
  }

  private failure(what: string, { stderr }: RunResult): BacklotError {
    const { settings, work } = this.options;
    const said = work.redact(stderr.trim());
    const isProtected = /protected branch|pre-receive hook declined|hook declined/i.test(said);
    const isIgnored = /ignored by one of your \.gitignore files/i.test(said);
    if (isIgnored) return new BacklotError('deploy-failed', `The infrastructure repository ${plainRepository(settings.repository)} ignores a file that is rendered`, { cause: said, fix: 'Take it out of its .gitignore, or render another file: deploy.git.render.' });
    if (/^fatal: Remote branch .* not found/m.test(said)) return new BacklotError('deploy-failed', `The infrastructure repository ${plainRepository(settings.repository)} has no branch ${this.branch}`, { cause: said, fix: 'Push a first commit to it, or name another branch at deploy.git.branch.' });
    const fix = isProtected ? `The branch ${this.branch} is protected: let this user push there, or name another branch at deploy.git.branch.` : 'See that the repository is reachable and that this user may push there: git ls-remote.';
    return new BacklotError('deploy-failed', `The infrastructure repository ${plainRepository(settings.repository)} ${what}: ${said.split('\n').at(-1) ?? ''}`, { cause: said, fix });
  }
}

/** As it is shown and asked: without a password. The user of ssh belongs to the address. */
export const plainRepository = (repository: string) => (/^https?:/.test(repository) ? withoutCredentials(repository) : repository);

/** In no list of processes and in no file: a header for that server alone. */
function credentialsFor(repository: string): Record<string, string> {
  const found = /^https?:/.test(repository) ? credentialsIn(repository) : undefined;
  return found ? { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: `http.${new URL(repository).origin}/.extraHeader`, GIT_CONFIG_VALUE_0: `Authorization: ${basic(found)}` } : {};
}
