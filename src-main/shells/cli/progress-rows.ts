import { wordsOfFormer } from '#contract/former-words.ts';
import type { InstanceState, OperationEvent, Progress, ServicePhase, StageState } from '#contract/operations.ts';
import { count } from './quantity.ts';

export type RowState = ServicePhase | StageState | InstanceState | 'ok' | 'over' | 'unknown';

/** What is known of one service, or one stage, while an operation works on it. */
export type ProgressRow = {
  /** Its name; of a service of a stage, with the stage's before it. */
  readonly service: string;
  readonly state: RowState;
  readonly phase?: string;
  readonly why?: string;
  readonly progress?: Progress;
  /** Milliseconds since the epoch: when it was first heard of, and when it came to rest. */
  readonly began: number;
  readonly ended?: number;
};

export type Tone = 'working' | 'good' | 'bad' | 'idle';

const TONES: Readonly<Record<RowState, Tone>> = {
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
  preparing: 'working',
  running: 'working',
  collecting: 'working',
  held: 'working',
  passed: 'good',
  skipped: 'idle',
  cancelled: 'idle',
  draining: 'working',
  returned: 'good',
  ok: 'working',
  over: 'bad',
  unknown: 'idle',
};

export function toneOf(state: RowState): Tone {
  return TONES[state];
}

/** The rows after one more event, in the order in which they were first heard of. */
export function withEvent(rows: readonly ProgressRow[], event: OperationEvent): readonly ProgressRow[] {
  const news = newsIn(event);
  if (!news) return rows;
  const now = Date.parse(event.time);
  const before = rows.find((row) => row.service === news.service);
  const rests = ['good', 'bad'].includes(toneOf(news.state));
  const row: ProgressRow = { ...news, began: before?.began ?? now, ...(rests && { ended: before?.state === news.state ? (before.ended ?? now) : now }) };
  const known = before ? rows.map((other) => (other === before ? row : other)) : [...rows, row];
  // What a stage had is gone with it.
  return event.type === 'stage' && event.seconds !== undefined ? known.filter(({ service }) => !service.startsWith(`${event.stage} · `)) : known;
}

/** The row that an event is about: a service, a stage, or the image that is built for stages. */
export function newsIn(event: OperationEvent): Omit<ProgressRow, 'began' | 'ended'> | undefined {
  switch (event.type) {
    case 'service': {
      const { service, stage, state, phase, why, progress } = event;
      return { service: stage === undefined ? service : `${stage} · ${service}`, state, ...(phase !== undefined && { phase }), ...(why !== undefined && { why }), ...(progress && { progress }) };
    }
    case 'stage': {
      const { stage, state, phase, why, tests, cached } = event;
      const said = cached ? `CACHED: ${why ?? ''}` : (why ?? (tests === undefined ? phase : count(tests, 'test')));
      return { service: stage, state, ...(said !== undefined && { why: said }) };
    }
    case 'build':
      return { service: 'image', state: event.state === 'failed' ? 'failed' : event.state === 'running' ? 'building' : 'done', phase: event.state === 'cached' ? `CACHED ${event.name}` : event.name };
    case 'instance':
      return { service: `${event.target} · ${event.instance}`, state: event.state, why: event.why ?? `${event.previous === undefined ? '' : `${event.previous.slice(0, 12)} to `}${event.revision.slice(0, 12)}` };
    case 'kpi':
      return { service: `${event.target} · ${event.check}`, state: event.state, why: event.why ?? `${event.value ?? 'no value'}, ${event.bound}${event.previous === undefined ? '' : `, against ${wordsOfFormer(event.previousIn)}: ${event.previous}`}` };
    case 'started':
    case 'test':
    case 'progress':
    case 'message':
    case 'question':
    case 'result':
      return undefined;
    default:
      return event satisfies never;
  }
}

/** How many services are in which state, such as: 3 ready, 1 failed. */
export function countStates(rows: readonly ProgressRow[]): string {
  const counts = new Map<RowState, number>();
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, amount]) => `${amount} ${state}`).join(', ');
}
