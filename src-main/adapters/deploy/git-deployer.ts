import { rm } from 'node:fs/promises';
import { newWorkFolder } from '#adapters/state/work-folder.ts';
import { BacklotError } from '#contract/errors.ts';
import type { Deployer, DeployOrder, DeployWork, GitSettings } from '#ports/deployer.ts';
import type { ProcessRunner } from '#ports/process-runner.ts';
import { InfrastructureClone, plainRepository } from './infrastructure-clone.ts';
import { renderFiles } from './render-files.ts';

/** Others may push in between so often. */
const MOST_PUSHES = 5;

/** A commit in an infrastructure repository: exactly one for each release, pushed on top of what others pushed. Clones lie in `folder` while they are worked in. */
export function createGitDeployer({ processes, folder: clones }: { readonly processes: ProcessRunner; readonly folder: string }): Deployer<GitSettings> {
  return {
    async deploy(settings, order, work) {
      const folder = await newWorkFolder(clones);
      try {
        const git = new InfrastructureClone({ folder, settings, processes, work });
        await git.clone();
        return await release(git, settings, order, work);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function release(git: InfrastructureClone, settings: GitSettings, order: DeployOrder, { tell }: DeployWork): Promise<{ link?: string }> {
  const about = { type: 'instance' as const, target: order.target, instance: plainRepository(settings.repository), revision: order.revision, ...(order.previous && { previous: order.previous.revision }) };
  tell({ ...about, state: 'starting' });
  for (let tries = 1; ; tries++) {
    await renderFiles(git.folder, settings, order);
    const commit = await git.commit(order);
    // What is released there already needs no commit.
    const pushed = commit === undefined || (await git.push());
    if (pushed) {
      const at = commit ?? (await git.head());
      tell({ ...about, state: 'done', why: `commit ${at.slice(0, 12)}` });
      const link = linkOf(settings.repository, at);
      return link === undefined ? {} : { link };
    }
    if (tries >= MOST_PUSHES) throw new BacklotError('deploy-failed', `Others push to ${plainRepository(settings.repository)} all the time: ${tries} tries were overtaken`, { fix: 'Run it again.' });
    await git.restart();
  }
}

/** Where the commit can be looked at, for the usual hosts. The port of ssh is none of their pages'; behind `user@host:` comes no port, but the path. */
export function linkOf(repository: string, commit: string): string | undefined {
  const ssh = /^ssh:\/\/(?:[\w.-]+@)?([\w.-]+)(?::\d+)?\/(.+?)(?:\.git)?\/?$/.exec(repository) ?? /^[\w.-]+@([\w.-]+):\/?(.+?)(?:\.git)?\/?$/.exec(repository);
  if (ssh) return `https://${ssh[1]}/${ssh[2]}/commit/${commit}`;
  const http = /^(https?:\/\/)(?:[^/@]*@)?(.+?)(?:\.git)?\/?$/.exec(repository);
  return http ? `${http[1]}${http[2]}/commit/${commit}` : undefined;
}
