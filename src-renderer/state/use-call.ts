import { useCallback, useEffect, useState } from 'react';
import { toFailure, type Failure } from '#contract/errors.ts';
import type { Backlot } from '#contract/index.ts';
import { useBacklot } from './connection.ts';

export type CallState<Value> = {
  readonly value: Value | undefined;
  readonly error: Failure | undefined;
  readonly pending: boolean;
  /** When the call that is pending began, milliseconds since the epoch. */
  readonly since: number;
  reload(): void;
};

type Known<Value> = { readonly key: string; readonly value: Value | undefined; readonly error: Failure | undefined; readonly pending: boolean; readonly since: number };

/**
 * Asks once for every `key`, again on `reload` and after a reconnect. The value of the same key is kept while asking again.
 * An undefined key asks nothing.
 */
export function useCall<Value>(key: string | undefined, ask: (backlot: Backlot, signal: AbortSignal) => Promise<Value>): CallState<Value> {
  const backlot = useBacklot();
  const [round, setRound] = useState(0);
  const [known, setKnown] = useState<Known<Value>>(() => begin(key ?? ''));
  const reload = useCallback(() => setRound((count) => count + 1), []);

  useEffect(() => {
    if (key === undefined || !backlot) return undefined;
    const controller = new AbortController();
    setKnown((before) => (before.key === key ? { ...before, pending: true, since: Date.now() } : begin(key)));
    ask(backlot, controller.signal).then(
      (value) => !controller.signal.aborted && setKnown((before) => ({ ...before, value, error: undefined, pending: false })),
      (thrown: unknown) => {
        const error = toFailure(thrown);
        if (controller.signal.aborted || error.code === 'connection-lost') return;
        setKnown((before) => ({ ...before, error, pending: false }));
      },
    );
    return () => controller.abort();
    // `ask` is new on every render; the key says when the question is another one.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key, backlot, round]);

  return known.key === (key ?? '') ? { ...known, reload } : { ...begin<Value>(key ?? ''), reload };
}

function begin<Value>(key: string): Known<Value> {
  return { key, value: undefined, error: undefined, pending: true, since: Date.now() };
}
