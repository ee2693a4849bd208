import { useCallback, useEffect, useRef, useState } from 'react';
import { toFailure, type Failure } from '#contract/errors.ts';
import type { Backlot } from '#contract/index.ts';
import { useBacklot, useConnection } from './connection.ts';

export type CallState<Value> = {
  readonly value: Value | undefined;
  readonly error: Failure | undefined;
  readonly pending: boolean;
  reload(): void;
};

/** What the latest answer said, and to which question. */
type Answer<Value> = { readonly key: string; readonly question: string; readonly value: Value | undefined; readonly error: Failure | undefined };

/**
 * Asks once for every `key`, again on `reload`, after a reconnect, and where `version` is another. The value of the same key is kept while asking again.
 * An undefined key asks nothing.
 */
export function useCall<Value>(key: string | undefined, ask: (backlot: Backlot, signal: AbortSignal) => Promise<Value>, version = 0): CallState<Value> {
  const backlot = useBacklot();
  const connected = useConnection(({ since }) => since);
  const [round, setRound] = useState(0);
  const [answer, setAnswer] = useState<Answer<Value>>();
  const reload = useCallback(() => setRound((count) => count + 1), []);
  const question = `${connected} ${round} ${version} ${key ?? ''}`;
  const latestAsk = useRef(ask);
  useEffect(() => {
    latestAsk.current = ask;
  });

  useEffect(() => {
    if (key === undefined || !backlot) return undefined;
    const controller = new AbortController();
    const keep = (part: Pick<Answer<Value>, 'value' | 'error'>) => !controller.signal.aborted && setAnswer({ key, question, ...part });
    latestAsk.current(backlot, controller.signal).then(
      (value) => keep({ value, error: undefined }),
      (thrown: unknown) => {
        const error = toFailure(thrown);
        if (controller.signal.aborted || error.code === 'connection-lost') return;
        setAnswer((before) => ({ key, question, value: before?.key === key ? before.value : undefined, error }));
      },
    );
    return () => controller.abort();
  }, [key, backlot, question]);

  const known = answer?.key === key ? answer : undefined;
  return { value: known?.value, error: known?.error, pending: known?.question !== question, reload };
}
