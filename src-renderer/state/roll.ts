import type { OperationEvent } from '#contract/operations.ts';

export type InstanceEvent = Extract<OperationEvent, { type: 'instance' }>;
export type QuestionEvent = Extract<OperationEvent, { type: 'question' }>;
export type KpiEvent = Extract<OperationEvent, { type: 'kpi' }>;

/** How far one instance is, and since when. */
export type InstanceProgress = { readonly event: InstanceEvent; readonly since: string };

/** One check of the watch: its latest reading, and the values before it, oldest first. */
export type CheckProgress = { readonly event: KpiEvent; readonly values: readonly number[] };

/** A roll as its events tell of it: instances and checks in the order in which they were first heard of. */
export type RollProgress = {
  readonly instances: Readonly<Record<string, InstanceProgress>>;
  readonly checks: Readonly<Record<string, CheckProgress>>;
  /** What it waits with, until somebody answers or nobody does. */
  readonly question: QuestionEvent | undefined;
};

export const NO_ROLL: RollProgress = { instances: {}, checks: {}, question: undefined };

/** Values kept of a check: what a small chart can show. */
export const VALUES_KEPT = 90;

export function withInstance(roll: RollProgress, event: InstanceEvent): RollProgress {
  const before = roll.instances[event.instance];
  const since = before?.event.state === event.state ? before.since : event.time;
  return { ...roll, instances: { ...roll.instances, [event.instance]: { event, since } } };
}

export function withReading(roll: RollProgress, event: KpiEvent): RollProgress {
  const before = roll.checks[event.check]?.values ?? [];
  const values = event.value === undefined ? before : [...before.slice(-VALUES_KEPT + 1), event.value];
  return { ...roll, checks: { ...roll.checks, [event.check]: { event, values } } };
}

export function withQuestion(roll: RollProgress, event: QuestionEvent): RollProgress {
  return { ...roll, question: event.ended === true || event.answer !== undefined ? undefined : event };
}
