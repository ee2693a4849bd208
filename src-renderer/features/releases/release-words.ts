import type { InstanceState, OperationSummary } from '#contract/operations.ts';
import type { KpiOutcome, Release, TargetView } from '#contract/releases.ts';
import type { KpiEvent } from '../../state/roll.ts';
import type { Look } from '../../ui/phase.ts';

const RELEASES: Record<Release['state'], Look> = {
  running: { tone: 'busy', label: 'going on', shape: 'spinner' },
  pass: { tone: 'ready', label: 'pass', shape: 'check' },
  fail: { tone: 'fail', label: 'fail', shape: 'cross' },
  inconclusive: { tone: 'warn', label: 'inconclusive', shape: 'alert' },
  cancelled: { tone: 'idle', label: 'aborted', shape: 'ring' },
  interrupted: { tone: 'warn', label: 'interrupted', shape: 'alert' },
};

/** How a release ended: its verdict, and whether the one before came back. */
export function lookOfRelease({ state, rolledBack, faulty }: Pick<Release, 'state' | 'rolledBack' | 'faulty'>): Look {
  const look = RELEASES[state];
  if (rolledBack) return { ...look, label: `${look.label}, rolled back` };
  return faulty ? { tone: 'warn', label: `${look.label}, later faulty`, shape: 'alert' } : look;
}

/** Why a release ended so; of one that was interrupted and that nobody brought in order yet, what does. */
export function whyOf({ state, ended, reason }: Pick<Release, 'state' | 'ended' | 'reason'>): string | undefined {
  return state === 'interrupted' && ended === undefined ? 'Its Backlot ended in the middle. Deploy or roll back: that brings the target in order.' : reason;
}

const DOING: Readonly<Record<string, string>> = { 'releases.deploy': 'deploying', 'releases.rollback': 'rolling back', 'releases.promote': 'promoting', 'releases.lock': 'locking', 'releases.unlock': 'unlocking', 'releases.remove': 'taking away' };

/** How a target is, at a look. */
export function lookOfTarget({ kind, current, problem, interrupted }: Partial<Pick<TargetView, 'kind' | 'current' | 'problem' | 'interrupted'>>, operation: Pick<OperationSummary, 'method'> | undefined): Look {
  if (operation) return { tone: 'busy', label: DOING[operation.method] ?? 'working', shape: 'spinner' };
  if (problem !== undefined) return { tone: 'fail', label: 'not known now', shape: 'cross' };
  if (interrupted) return RELEASES.interrupted;
  if (kind === 'none') return { tone: 'idle', label: 'only promoted to', shape: 'ring' };
  if (!current) return { tone: 'idle', label: 'nothing released yet', shape: 'ring' };
  return current.state === 'pass' ? { tone: 'ready', label: 'pass', shape: 'disc' } : lookOfRelease(current);
}

const INSTANCES: Record<InstanceState, Look> = {
  waiting: { tone: 'idle', label: 'waiting', shape: 'pause' },
  starting: { tone: 'busy', label: 'starting', shape: 'spinner' },
  running: { tone: 'busy', label: 'running', shape: 'spinner' },
  draining: { tone: 'busy', label: 'draining', shape: 'spinner' },
  done: { tone: 'ready', label: 'done', shape: 'check' },
  failed: { tone: 'fail', label: 'failed', shape: 'cross' },
  returned: { tone: 'warn', label: 'returned', shape: 'swap' },
};
export const lookOfInstance = (state: InstanceState): Look => INSTANCES[state];

const CHECKS: Record<KpiEvent['state'], Look> = {
  ok: { tone: 'ready', label: 'within its bound', shape: 'check' },
  over: { tone: 'fail', label: 'out of its bound', shape: 'cross' },
  unknown: { tone: 'idle', label: 'not known yet', shape: 'ring' },
};
export const lookOfCheck = (state: KpiEvent['state']): Look => CHECKS[state];
export const lookOfVerdict = (verdict: KpiOutcome['verdict']): Look => RELEASES[verdict];

const KINDS: Record<TargetView['kind'], string> = {
  swarm: 'deployed by Docker Swarm',
  pair: 'deployed as a balanced pair',
  kubernetes: 'deployed by Kubernetes',
  git: 'deployed through an infrastructure repository',
  script: 'deployed by a script',
  webhook: 'deployed by a webhook',
  none: 'only promoted to',
};
export const wordsOfKind = (kind: TargetView['kind']): string => KINDS[kind];

/** A revision as people tell revisions apart by it. */
export const shortRevision = (revision: string): string => revision.slice(0, 12);

/** How long a release took; nothing while it goes on. */
export function lengthOf({ started, ended }: Pick<Release, 'started' | 'ended'>): number | undefined {
  return ended === undefined ? undefined : Date.parse(ended) - Date.parse(started);
}

/** Whether something newer was promoted than what runs. */
export function isWaiting({ current, promoted }: Pick<TargetView, 'current' | 'promoted'>): boolean {
  return promoted !== undefined && promoted.digest !== current?.digest;
}

/** The operations on a target of a project, newest first. */
export function operationsOn(target: string, directory: string, operations: readonly OperationSummary[] = []): readonly OperationSummary[] {
  return operations.filter((operation) => operation.directory === directory && operation.about === target && operation.method in DOING);
}

/** Whether an operation changes what runs on a target. */
export const isRoll = ({ method }: Pick<OperationSummary, 'method'>): boolean => method === 'releases.deploy' || method === 'releases.rollback';
