import type { OperationEvent, Progress, ServicePhase } from '#contract/operations.ts';

/** What is known of one service while an operation works on it. */
export type ProgressRow = {
  readonly service: string;
  readonly state: ServicePhase;
  readonly phase?: string;
  readonly why?: string;
  readonly progress?: Progress;
  /** Milliseconds since the epoch: when it was first heard of, and when it came to rest. */
  readonly began: number;
  readonly ended?: number;
};

export type Tone = 'working' | 'good' | 'bad' | 'idle';

const TONES: Readonly<Record<ServicePhase, Tone>> = {
  absent: 'idle',
  pulling: 'working',
  building: 'working',
  creating: 'working',
  created: 'idle',
  waiting: 'idle',
  starting: 'working',
  ready: 'good',
  unhealthy: 'bad',
  done: 'good',
  failed: 'bad',
  restarting: 'working',
  paused: 'idle',
  swapped: 'good',
  stopping: 'working',
  stopped: 'good',
  removed: 'good',
};

export function toneOf(state: ServicePhase): Tone {
  return TONES[state];
}

/** The rows after one more event, in the order in which services were first heard of. */
export function withEvent(rows: readonly ProgressRow[], event: OperationEvent): readonly ProgressRow[] {
  if (event.type !== 'service') return rows;
  const now = Date.parse(event.time);
  const before = rows.find((row) => row.service === event.service);
  const rests = ['good', 'bad'].includes(toneOf(event.state));
  const row: ProgressRow = {
    service: event.service,
    state: event.state,
    ...(event.phase !== undefined && { phase: event.phase }),
    ...(event.why !== undefined && { why: event.why }),
    ...(event.progress && { progress: event.progress }),
    began: before?.began ?? now,
    ...(rests && { ended: before?.state === event.state ? (before.ended ?? now) : now }),
  };
  return before ? rows.map((other) => (other === before ? row : other)) : [...rows, row];
}

/** How many services are in which state, such as: 3 ready, 1 failed. */
export function countStates(rows: readonly ProgressRow[]): string {
  const counts = new Map<ServicePhase, number>();
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, amount]) => `${amount} ${state}`).join(', ');
}
