import { createHash } from 'node:crypto';
import type { Work } from '#core/work.ts';
import type { Deployers } from '#ports/deployer.ts';
import type { KpiSources } from '#ports/kpi-source.ts';
import type { Notify } from '#ports/notifier.ts';
import type { StateStore } from '#ports/state-store.ts';
import type { TargetStages } from '#ports/target-stage.ts';
import type { Aim, LookPorts } from './look.ts';
import type { RecentRuns } from './revision-order.ts';
import type { RecordPlace } from './record-entries.ts';
import { holds, storedLock } from './stored-lock.ts';
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
export async function holdTarget<Result>({ aim, reason }: { readonly aim: Aim; readonly reason: string }, ports: ReleasePorts, { signal, tell, ...rest }: Work, work: (held: Work) => Promise<Result>): Promise<Result> {
  const { repository, name: target } = aim;
  const onWait = (owner: { pid: number; shell: string }) => tell({ type: 'message', level: 'info', text: `waits for ${owner.shell} (process ${owner.pid}), which works on ${target}` });
  const locking = { repository, target, owner: ports.who, reason, machine: await machineOf(aim, ports) };
  return ports.store.withLock({ ...lockHere(aim), method: 'releases.deploy' }, onWait, () => withTargetLock(locking, (held) => work({ ...rest, tell, signal: held }), signal), signal);
}

/** Whether anybody who lives works on a target, as far as can be told: of this machine's own processes its own lock says so, of other machines' the one in the registry. */
export async function isWorkedOn(place: Omit<RecordPlace, 'keys'>, ports: WorkedOnPorts, signal: AbortSignal): Promise<boolean> {
  if (await ports.store.lockOwner(lockHere(place))) return true;
  const lock = await storedLock({ repository: place.repository, target: place.name }, signal);
  if (!lock || !holds(lock)) return false;
  // A claim lies over whatever lock was there. One for people is nobody's work.
  return lock.isClaim === true || (lock.machine !== '' && lock.machine !== (await machineOf(place, ports)));
}

export type WorkedOnPorts = Pick<ReleasePorts, 'store' | 'machine' | 'projectKey'>;

const lockHere = ({ name, repository }: Pick<RecordPlace, 'name' | 'repository'>) => ({ composeProject: `target-${name}`, directory: repository.name });

/** Machines may have the same name and user: the user's own secret is only one's own. */
export async function machineOf({ declared }: Pick<RecordPlace, 'declared'>, { machine, projectKey }: WorkedOnPorts): Promise<string> {
  const own = createHash('sha256').update(await projectKey(declared.name)).digest('hex').slice(0, 16);
  return `${machine}-${own}`;
}
