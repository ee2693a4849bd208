import type { OperationEvent } from '#contract/operations.ts';

export type ProgressEvent = Extract<OperationEvent, { type: 'progress' }>;

/** How far one phase of an operation is, over everything that it was about. */
export type Phase = {
  readonly phase: string;
  readonly unit: ProgressEvent['unit'];
  /** What of it has ended, and how much that was. */
  readonly ended: number;
  readonly endedSum: number;
  /** Bytes of rows that have ended. */
  readonly endedBytes: number;
  /** What goes on now, by what it is about. */
  readonly current: Readonly<Record<string, ProgressEvent>>;
  readonly since: string;
  readonly latest: string;
};

/** The phases after one more event, in the order in which they began. What has ended is only counted, so they stay small. */
export function withProgress(phases: readonly Phase[], event: ProgressEvent): readonly Phase[] {
  const known = phases.find(({ phase, unit }) => phase === event.phase && unit === event.unit);
  const before = known ?? { phase: event.phase, unit: event.unit, ended: 0, endedSum: 0, endedBytes: 0, current: {}, since: event.time, latest: event.time };
  const key = event.about ?? '';
  const others = Object.fromEntries(Object.entries(before.current).filter(([about]) => about !== key));
  const after: Phase = hasEnded(event)
    ? { ...before, ended: before.ended + 1, endedSum: before.endedSum + event.done, endedBytes: before.endedBytes + (event.bytes ?? 0), current: others, latest: event.time }
    : { ...before, current: { ...others, [key]: event }, latest: event.time };
  return known ? phases.map((phase) => (phase === known ? after : phase)) : [...phases, after];
}

/** How much of a phase is done, and how much there is where that is known. */
export function amountOf({ endedSum, current }: Phase): { readonly done: number; readonly total: number | undefined } {
  const now = Object.values(current);
  const sum = (pick: (event: ProgressEvent) => number) => now.reduce((total, event) => total + pick(event), endedSum);
  const known = now.every(({ total }) => total !== undefined);
  return { done: sum(({ done }) => done), total: known && now.length > 0 ? sum(({ total = 0 }) => total) : undefined };
}

/** How many bytes the rows of a phase have so far; 0 where nobody says. */
export function bytesOf({ endedBytes, current }: Phase): number {
  return Object.values(current).reduce((sum, { bytes = 0 }) => sum + bytes, endedBytes);
}

/** Units a second; nothing before it can be told. */
export function rateOf(phase: Phase): number | undefined {
  const seconds = (Date.parse(phase.latest) - Date.parse(phase.since)) / 1000;
  return phase.unit === 'steps' || seconds < 0.5 ? undefined : amountOf(phase).done / seconds;
}

/** Steps say themselves that they are over; amounts may be full before that is told. */
function hasEnded({ ended, unit, done, total }: ProgressEvent): boolean {
  return ended === true || (unit === 'steps' && total !== undefined && done >= total);
}
