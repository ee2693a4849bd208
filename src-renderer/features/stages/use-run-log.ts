import { useEffect, useState } from 'react';
import { toFailure, type Failure } from '#contract/errors.ts';
import type { LogLine } from '#contract/stack.ts';
import { backlotWhenOpen } from '../../state/connection.ts';
import { pause } from '../../state/visibility.ts';
import { LogModel } from '../logs/log-model.ts';
import { createMatcher } from '../logs/matcher.ts';

/** Milliseconds since the epoch, both included. */
export type TimeWindow = { readonly from: number; readonly to: number };

type Source = { readonly run: string; readonly stage: string; readonly follow: boolean; readonly window: TimeWindow | undefined };
type RunLog = { readonly model: LogModel; readonly services: readonly string[]; readonly phase: 'opening' | 'live' | 'ended'; readonly error: Failure | undefined };

const AGAIN = 1000;

/** The log of a stage of a run while the caller is mounted. Another stage needs another caller (`key`). */
export function useRunLog({ run, stage, follow, window }: Source): RunLog {
  const [model] = useState(() => new LogModel(createMatcher()));
  const [state, setState] = useState<Omit<RunLog, 'model'>>({ services: [], phase: 'opening', error: undefined });
  const [from, to] = [window?.from, window?.to];
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const within = ({ time }: LogLine) => from === undefined || to === undefined || (Date.parse(time) >= from && Date.parse(time) <= to);
    const seen = new Set<string>();
    const read = async (): Promise<boolean> => {
      const backlot = await backlotWhenOpen(signal);
      // A stream that broke is read from its beginning: what is kept of a run has an end.
      model.clear();
      for await (const batch of backlot.runs.logs({ run, stage, follow }, signal)) {
        const lines = batch.lines.filter(within);
        const news = lines.filter(({ service }) => !seen.has(service));
        news.forEach(({ service }) => seen.add(service));
        model.append({ ...batch, lines });
        setState((before) => (news.length > 0 || before.phase === 'opening' ? { services: sorted(seen, stage), phase: follow ? 'live' : 'opening', error: undefined } : before));
      }
      return true;
    };
    void (async () => {
      for (let isRead = false; !isRead && !signal.aborted; ) {
        try {
          isRead = await read();
          if (!signal.aborted) setState((before) => ({ ...before, phase: 'ended' }));
        } catch (thrown) {
          if (signal.aborted) return;
          const error = toFailure(thrown);
          if (error.code !== 'connection-lost' && error.code !== 'cancelled') return setState((before) => ({ ...before, error }));
          await pause(AGAIN, signal);
        }
      }
    })();
    return () => {
      controller.abort();
      model.dispose();
    };
  }, [run, stage, follow, from, to, model]);
  return { model, ...state };
}

/** The stage itself first. */
function sorted(services: ReadonlySet<string>, stage: string): readonly string[] {
  const own = (name: string) => (name === 'stage' || name === stage ? 0 : 1);
  return [...services].sort((one, other) => own(one) - own(other) || one.localeCompare(other));
}
