import { BacklotError, toFailure } from '#contract/errors.ts';
import { credentialsIn } from '#core/credentials-in.ts';
import { readTextOrSecret } from '#core/read-secret.ts';
import { timeLimit } from '#core/time-limit.ts';
import type { Work } from '#core/work.ts';
import type { Deployed, Deployer, DeployOrder, DeployWork } from '#ports/deployer.ts';
import type { Balancer } from '#ports/kpi-source.ts';
import type { DeployFile } from './declared.ts';
import type { ReleasePorts } from './hold-target.ts';
import { withFilesOf } from './release-files.ts';
import type { Plan } from './release-plan.ts';

/** Milliseconds within which the way back has to end, whoever cancelled the way there. */
const WAY_BACK = 30 * 60_000;

/** Rolls an image out, by the kind of the deployment, with the files that it names as the revision has them. */
export async function roll(deploy: DeployFile, order: DeployOrder, ports: ReleasePorts, work: DeployWork): Promise<Deployed> {
  const { kind, settings, deployer } = wayOf(deploy, ports.deployers);
  if (deployer) return withFilesOf({ deploy, order }, ports, work, (files) => deployer.deploy(settings, { ...order, files }, work));
  throw new BacklotError('config-invalid', `This version of Backlot cannot deploy by ${kind}`, { fix: 'Deploy by a script, a webhook or a git repository.' });
}

/** Refuses a deployment that could not begin. */
export async function assertCanRoll(deploy: DeployFile, ports: ReleasePorts, work: DeployWork): Promise<void> {
  const { settings, deployer } = wayOf(deploy, ports.deployers);
  await deployer?.check?.(settings, work);
}

/** Whether the former release serves again, and, where the way back failed, why. */
export type WentBack = { readonly rolledBack: boolean; /** What to say of it, but for the article. */ readonly problem?: string };

/** Brings the former release back. From a way back there is no way back: what was there had been given up. */
export async function goBack({ aim, previous, wayBack, kind, content }: Plan, failed: DeployOrder, ports: ReleasePorts, work: Work): Promise<WentBack> {
  if (!previous || !wayBack || kind === 'rollback') return { rolledBack: false };
  work.tell({ type: 'message', level: 'warning', text: `Goes back to ${previous.revision.slice(0, 12)}` });
  if (content === 'data') work.tell({ type: 'message', level: 'warning', text: `${failed.revision.slice(0, 12)} changed data, which stays changed: the older program has to cope with that` });
  const { previous: _, ...rest } = failed;
  const order: DeployOrder = { ...rest, revision: previous.revision, image: previous.image, previous: { revision: failed.revision, image: failed.image }, mode: 'rollback' };
  try {
    await roll(wayBack, order, ports, deployWork(ports, { ...work, signal: timeLimit(WAY_BACK) }));
    work.tell({ type: 'instance', target: aim.name, instance: 'release', state: 'returned', revision: previous.revision, previous: failed.revision });
    return { rolledBack: true };
  } catch (error) {
    const { message, fix } = toFailure(error);
    const problem = `way back to ${previous.revision.slice(0, 12)} failed: ${ports.redactor.redact(message)}`;
    work.tell({ type: 'message', level: 'warning', text: `The ${problem}`, ...(fix !== undefined && { fix }) });
    return { rolledBack: false, problem };
  }
}

/** The balancer that the target itself has, where it has one. */
export function balancerOf(deploy: DeployFile, order: DeployOrder, { deployers }: ReleasePorts): Balancer | undefined {
  const { settings, deployer } = wayOf(deploy, deployers);
  return deployer?.balancer?.(settings, order);
}

/** The same work, with secrets that are read when they are asked for and never shown. */
export function deployWork({ secrets, redactor }: ReleasePorts, { signal, tell }: Work): DeployWork {
  return {
    signal,
    tell,
    redact: redactor.redact,
    async secret(reference, what) {
      const text = (await readTextOrSecret(reference, what, secrets)).reveal();
      redactor.add(typeof reference === 'string' ? (credentialsIn(text)?.password ?? '') : text);
      return text;
    },
  };
}

function wayOf(deploy: DeployFile, deployers: ReleasePorts['deployers']): { readonly kind: string; readonly settings: unknown; readonly deployer: Deployer<unknown> | undefined } {
  const [kind = '', settings] = Object.entries(deploy).find(([, value]) => value !== undefined) ?? [];
  return { kind, settings, deployer: (deployers as Readonly<Record<string, Deployer<unknown> | undefined>>)[kind] };
}
