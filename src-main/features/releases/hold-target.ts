import { createHash } from 'node:crypto';
import type { Work } from '#core/work.ts';
import type { Deployers } from '#ports/deployer.ts';
import type { KpiSources } from '#ports/kpi-source.ts';
import type { Notify } from '#ports/notifier.ts';
import type { StateStore } from '#ports/state-store.ts';
import type { TargetStages } from '#ports/target-stage.ts';
import type { Aim, LookPorts } from './look.ts';
import type { RecentRuns } from './revision-order.ts';
import { withTargetLock } from './target-lock.ts';

export type ReleasePorts = LookPorts & {
  readonly store: StateStore;
  readonly deployers: Partial<Deployers>;
  readonly kpi: KpiSources;
  readonly stages: TargetStages;
  readonly notify: Notify;
  /** The latest runs of a project on this machine. */
  readonly recentRuns: RecentRuns;
  /** Tells this machine and user apart from others. */
  readonly machine: string;
  readonly redactor: { readonly add: (secret: string) => void; readonly redact: (text: string) => string };
};

/** Holds a target alone: on this machine by a lock that dies with its process, and among machines by one in the registry. */
export async function holdTarget<Result>({ aim, reason }: { readonly aim: Aim; readonly reason: string }, { store, who, machine, projectKey }: ReleasePorts, { signal, tell, ...rest }: Work, work: (held: Work) => Promise<Result>): Promise<Result> {
  const { repository, name: target } = aim;
  const here = { composeProject: `target-${target}`, directory: repository.name, method: 'releases.deploy' };
  const onWait = (owner: { pid: number; shell: string }) => tell({ type: 'message', level: 'info', text: `waits for ${owner.shell} (process ${owner.pid}), which works on ${target}` });
  // Machines may have the same name and user: the user's own secret is only one's own.
  const own = createHash('sha256').update(await projectKey(aim.declared.name)).digest('hex').slice(0, 16);
  const locking = { repository, target, owner: who, reason, machine: `${machine}-${own}` };
  return store.withLock(here, onWait, () => withTargetLock(locking, (held) => work({ ...rest, tell, signal: held }), signal), signal);
}
