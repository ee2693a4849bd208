import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BacklotError } from '#contract/errors.ts';
import type { Deployer, DeployOrder, DeployWork, GitSettings } from '#ports/deployer.ts';
import type { ProcessRunner, RunResult } from '#ports/process-runner.ts';
import { renderTemplate } from './render-template.ts';

const HARMLESS = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'protocol.ext.allow=never'];
const TIMEOUT = 120_000;
/** Others may push in between so often. */
const MOST_PUSHES = 5;

/** A commit in an infrastructure repository: exactly one for each release, pushed on top of what others pushed. */
export function createGitDeployer({ processes }: { readonly processes: ProcessRunner }): Deployer<GitSettings> {
  return {
    async deploy(settings, order, work) {
      const folder = await mkdtemp(path.join(tmpdir(), 'backlot-infra-'));
      try {
        const git = new Clone({ folder, settings, processes, work });
        await git.clone();
        return await release(git, settings, order, work);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function release(git: Clone, settings: GitSettings, order: DeployOrder, { tell }: DeployWork): Promise<{ link?: string }> {
  const about = { type: 'instance' as const, target: order.target, instance: settings.repository, revision: order.revision, ...(order.previous && { previous: order.previous.revision }) };
  tell({ ...about, state: 'starting' });
  for (let tries = 1; ; tries++) {
    await render(git.folder, settings, order);
    const commit = await git.commit(order);
    // What is released there already needs no commit.
    const pushed = commit === undefined || (await git.push());
    if (pushed) {
      const at = commit ?? (await git.head());
      tell({ ...about, state: 'done', why: `commit ${at.slice(0, 12)}` });
      const link = linkOf(settings.repository, at);
      return link === undefined ? {} : { link };
    }
    if (tries >= MOST_PUSHES) throw new BacklotError('deploy-failed', `Others push to ${settings.repository} all the time: ${tries} tries were overtaken`, { fix: 'Run it again.' });
    await git.restart();
  }
}

/** Templates are of the project, what they become is in the repository: no path leads out of either. */
async function render(folder: string, settings: GitSettings, order: DeployOrder): Promise<void> {
  for (const [template, file] of Object.entries(settings.render)) {
    const source = path.resolve(order.directory, template);
    const target = path.resolve(folder, file);
    if (!target.startsWith(`${folder}${path.sep}`) || path.relative(folder, target).split(path.sep)[0] === '.git') throw new BacklotError('config-invalid', `${file} leads out of the infrastructure repository`, { fix: 'Name a file within it.' });
    const text = await readFile(source, 'utf8').catch((cause: unknown) => {
      throw new BacklotError('config-invalid', `The template ${source} cannot be read`, { where: { file: source }, cause, fix: 'Say at deploy.git.render where it is.' });
    });
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, renderTemplate(text, order, source));
  }
}

class Clone {
  private readonly options: { readonly folder: string; readonly settings: GitSettings; readonly processes: ProcessRunner; readonly work: DeployWork };
  private branch: string;

  constructor(options: Clone['options']) {
    this.options = options;
    this.branch = options.settings.branch ?? '';
  }

  get folder(): string {
    return this.options.folder;
  }

  async clone(): Promise<void> {
    const { settings } = this.options;
    const cloned = await this.run(['clone', '--quiet', '--depth=1', ...(this.branch === '' ? [] : [`--branch=${this.branch}`]), '--', settings.repository, '.']);
    if (cloned.exitCode !== 0) throw this.failure('cannot be cloned', cloned);
    if (this.branch === '') this.branch = (await this.run(['symbolic-ref', '--short', 'HEAD'])).stdout.trim();
  }

  /** Nothing where nothing changed. */
  async commit({ revision, project, target, mode, release, who, image }: DeployOrder): Promise<string | undefined> {
    await this.run(['add', '--all']);
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
    return processes.run('git', [...HARMLESS, ...args], { directory: folder, environment: { GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' }, timeout: TIMEOUT, endsWithUs: true }, work.signal);
  }

  private failure(what: string, { stderr }: RunResult): BacklotError {
    const { settings, work } = this.options;
    const said = work.redact(stderr.trim());
    const isProtected = /protected branch|pre-receive hook declined|hook declined/i.test(said);
    const fix = isProtected ? `The branch ${this.branch} is protected: let this user push there, or name another branch at deploy.git.branch.` : 'See that the repository is reachable and that this user may push there: git ls-remote.';
    return new BacklotError('deploy-failed', `The infrastructure repository ${settings.repository} ${what}: ${said.split('\n').at(-1) ?? ''}`, { cause: said, fix });
  }
}

/** Where the commit can be looked at, for the usual hosts. */
function linkOf(repository: string, commit: string): string | undefined {
  const ssh = /^(?:ssh:\/\/)?git@([\w.-]+)[:/](.+?)(?:\.git)?$/.exec(repository);
  if (ssh) return `https://${ssh[1]}/${ssh[2]}/commit/${commit}`;
  const http = /^(https?:\/\/)(?:[^/@]*@)?(.+?)(?:\.git)?$/.exec(repository);
  return http ? `${http[1]}${http[2]}/commit/${commit}` : undefined;
}
