import { toFailure, type Failure } from '#contract/errors.ts';
import type { Backlot } from '#contract/index.ts';
import type { LogBatch, LogLine } from '#contract/stack.ts';
import { backlotWhenOpen } from '../../state/connection.ts';
import { pause } from '../../state/visibility.ts';
import type { LogModel } from './log-model.ts';
import { compareTimes } from './merge.ts';

export type FeedState =
  | { readonly phase: 'opening' | 'live' | 'ended' }
  /** The core cannot give logs at the moment; it is asked again. */
  | { readonly phase: 'failing'; readonly error: Failure };

type FeedOptions = {
  readonly directory: string;
  readonly set: string;
  readonly model: LogModel;
  onState(state: FeedState): void;
};

/** Lines of each service that are asked for at the start. */
const TAIL = 2000;
const LONGEST_PAUSE = 10_000;
/** Milliseconds of every frame that taking in lines may use; the core waits for the rest. */
const BUDGET = 10;

/** Fills the model with the logs of a set until `signal` aborts; goes on where it stopped after every interruption. */
export async function feedLogs({ directory, set, model, onState }: FeedOptions, signal: AbortSignal): Promise<void> {
  const seen = new Map<string, string>();
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      const backlot = await backlotWhenOpen(signal);
      const rest = createPacer();
      const resumedAt = new Map(seen);
      for await (const batch of open(backlot, { directory, set }, resumedAt, signal)) {
        attempt = 0;
        onState({ phase: 'live' });
        for (const { service, time } of batch.lines) seen.set(service, time);
        model.append(withoutSeen(batch, resumedAt));
        await rest();
      }
      if (!signal.aborted) onState({ phase: 'ended' });
    } catch (thrown) {
      if (signal.aborted) return;
      const error = toFailure(thrown);
      // A lost connection has its own banner above every page.
      onState(error.code === 'connection-lost' || error.code === 'cancelled' ? { phase: 'opening' } : { phase: 'failing', error });
    }
    await pause(Math.min(500 * 2 ** attempt, LONGEST_PAUSE), signal);
  }
}

/** Lines as old as this are asked for once more after an interruption, since services do not report in step. */
const OVERLAP = 3000;

function open(backlot: Backlot, environment: { directory: string; set: string }, seen: ReadonlyMap<string, string>, signal: AbortSignal): AsyncIterable<LogBatch> {
  const latest = Math.max(...[...seen.values()].map((time) => Date.parse(time)));
  const from = Number.isFinite(latest) ? { since: new Date(latest - OVERLAP).toISOString() } : { tail: TAIL };
  return backlot.stack.logs({ ...environment, follow: true, ...from }, signal);
}

/** The batch without what an earlier stream gave already. */
function withoutSeen(batch: LogBatch, resumedAt: ReadonlyMap<string, string>): LogBatch {
  if (resumedAt.size === 0) return batch;
  const isNew = ({ service, time }: LogLine) => {
    const last = resumedAt.get(service);
    return last === undefined || compareTimes(time, last) > 0;
  };
  return { ...batch, lines: batch.lines.filter(isNew) };
}

/** Rests until the next frame once this frame's share is used up. */
function createPacer(): () => Promise<void> {
  let from = performance.now();
  return async () => {
    if (performance.now() - from < BUDGET) return;
    await nextFrame();
    from = performance.now();
  };
}

/** Frames do not come while the page is hidden; then a timer takes their place. */
function nextFrame(): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => (cancelAnimationFrame(frame), resolve()), 100);
    const frame = requestAnimationFrame(() => (clearTimeout(timer), resolve()));
  });
}
