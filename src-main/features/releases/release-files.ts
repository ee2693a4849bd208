import path from 'node:path';
import { toFailure } from '#contract/errors.ts';
import type { OperationNews } from '#contract/operations.ts';
import { stackReferences } from '#core/stack-references.ts';
import { namedFiles } from '#features/project/find-parts.ts';
import { COMPOSE_NAMES, PROJECT_FILE } from '#features/project/find-project.ts';
import { readSource } from '#features/project/load-project.ts';
import type { DeployOrder, DeployWork } from '#ports/deployer.ts';
import type { Checkout, CommitFiles } from '#ports/git.ts';
import type { DeployFile } from './declared.ts';
import type { ReleasePorts } from './hold-target.ts';

type Ports = Pick<ReleasePorts, 'git' | 'files' | 'environment'>;
type Told = Pick<DeployWork, 'signal' | 'tell'>;
type Wanted = { readonly deploy: DeployFile; readonly order: DeployOrder };

/** Lets a deployer work where the files that it reads are those of the revision; without them, in the checkout. */
export async function withFilesOf<Result>({ deploy, order }: Wanted, ports: Ports, work: DeployWork, then: (folder: string) => Promise<Result>): Promise<Result> {
  const found = await findFiles({ deploy, order }, ports, work);
  try {
    return await then(found?.folder ?? order.directory);
  } finally {
    await found?.remove();
  }
}

/** The paths that a deploy names, relative to the project's folder. Scripts find what they need by the revision themselves. Pure. */
function filesNamed({ swarm, kubernetes, git, pair }: DeployFile): readonly string[] {
  const named = [...(swarm ? [swarm.file] : []), ...(kubernetes?.manifests ?? []), ...(git ? Object.keys(git.render) : []), ...(pair ? [PROJECT_FILE] : [])];
  return named.filter((one) => !path.isAbsolute(one));
}

/** Whether the files of the checkout are those of what is deployed: changes that nobody committed were not promoted with it. Pure. */
export const isCheckedOut = ({ revision }: Pick<DeployOrder, 'revision'>, { name }: Pick<Checkout, 'name'>): boolean => revision === name;

/** Nothing where the checkout is right, or has to do: a way back is not given up because an old file is not there. */
async function findFiles({ deploy, order }: Wanted, ports: Ports, { signal, tell }: DeployWork): Promise<CommitFiles | undefined> {
  const { git } = ports;
  if (filesNamed(deploy).length === 0) return undefined;
  let found: CommitFiles | undefined;
  try {
    const checkout = await git.checkout(order.directory, signal);
    if (!checkout || isCheckedOut(order, checkout)) return undefined;
    found = await git.filesOf(order.directory, order.revision, signal);
    const missing = found && (await bringAll({ deploy, order }, found, ports, { signal, tell }));
    if (missing?.length === 0) {
      if (checkout.sha === order.revision) tell({ type: 'message', level: 'warning', text: `What is changed in the checkout and not committed is not deployed: the files are those of ${short(order.revision)}` });
      return found;
    }
    tell(warning(order, missing ? `it does not have ${missing.join(', ')}` : 'this repository does not have its commit'));
  } catch (error) {
    if (!signal.aborted) tell(warning(order, toFailure(error).message));
  }
  await found?.remove();
  signal.throwIfAborted();
  return undefined;
}

/** What a deploy names, and what that names in its turn. Answers what the commit does not have of it. */
async function bringAll({ deploy, order }: Wanted, found: CommitFiles, ports: Ports, told: Told): Promise<readonly string[]> {
  const missing = await found.bring(filesNamed(deploy), told.signal);
  if (missing.length > 0) return missing;
  await bringReferences({ deploy, order }, found, ports.files, told);
  return deploy.pair ? bringCompose(order, found, ports, told.signal) : [];
}

function warning({ revision }: DeployOrder, why: string): Extract<OperationNews, { type: 'message' }> {
  return { type: 'message', level: 'warning', text: `The files that the deploy names are those of the checkout, not those of ${short(revision)}: ${why}`, fix: `See that they suit ${short(revision)}. A commit that is missing here is brought by git fetch origin ${revision}, or in a shallow clone by git fetch --unshallow.` };
}

const short = (revision: string) => revision.slice(0, 12);

/** What a stack file names in its turn. What the commit does not have, such as a secret, is today's, and said to be. */
async function bringReferences({ deploy: { swarm }, order }: Wanted, found: CommitFiles, files: Ports['files'], { signal, tell }: Told): Promise<void> {
  if (!swarm) return;
  const stack = await files.read(path.join(found.folder, swarm.file), 'config-invalid');
  const beside = path.dirname(swarm.file);
  const named = stackReferences(Buffer.from(stack ?? []).toString('utf8')).flatMap((one) => (path.isAbsolute(one.path) ? [] : [path.join(beside, one.path)]));
  const missing = await found.bring([...new Set(named)], signal);
  if (missing.length > 0) tell({ type: 'message', level: 'warning', text: `${short(order.revision)} does not have ${missing.join(', ')}, which ${swarm.file} names: what the checkout has there is deployed`, fix: 'See that it suits. A secret that is in no commit is as it should be.' });
}

/** The Compose files that a pair's servers are made from. */
async function bringCompose({ directory }: DeployOrder, found: CommitFiles, ports: Ports, signal: AbortSignal): Promise<readonly string[]> {
  const file = path.join(found.folder, PROJECT_FILE);
  const bytes = await ports.files.read(file, 'config-invalid');
  const named = bytes && namedFiles((await readSource(bytes, file, directory, ports)).yaml.value);
  const missing = await found.bring((named ?? COMPOSE_NAMES).filter((one) => !path.isAbsolute(one)), signal);
  return named ? missing : [];
}
