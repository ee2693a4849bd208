import { useEffect } from 'react';
import { create, type StoreApi, type UseBoundStore } from 'zustand';
import { toFailure, type Failure } from '#contract/errors.ts';
import type { Backlot } from '#contract/index.ts';
import { backlotWhenOpen } from './connection.ts';
import { eachFrame } from './each-frame.ts';
import { pause, untilVisible, whileVisible } from './visibility.ts';

/** What is known of one stream: `pending` before its first item, `stale` while it is being opened again. */
export type LiveState<Value> = {
  readonly key: string;
  readonly value: Value | undefined;
  readonly phase: 'pending' | 'live' | 'stale';
  readonly error: Failure | undefined;
  /** When the phase began, milliseconds since the epoch. */
  readonly since: number;
};

type Source<Input, Item, Value> = {
  open(backlot: Backlot, input: Input, signal: AbortSignal): AsyncIterable<Item>;
  /** The value after these items; `undefined` is the value before the first. */
  reduce(value: Value | undefined, items: readonly Item[]): Value;
  /** Closes the stream while the page is hidden. */
  readonly onlyVisible?: boolean;
};

export type Live<Input, Value> = {
  readonly store: UseBoundStore<StoreApi<LiveState<Value>>>;
  /** Keeps the stream of `input` open until the answered function is called. */
  follow(input: Input): () => void;
};

/** Readers that leave and come back within this time, as on a page change, find the stream still open. */
const LINGER = 1500;
const LONGEST_PAUSE = 15_000;

/** One store over one stream. The value outlives interruptions; it is dropped only when another input is followed. */
export function createLive<Input, Item, Value>(source: Source<Input, Item, Value>): Live<Input, Value> {
  const empty = (key: string): LiveState<Value> => ({ key, value: undefined, phase: 'pending', error: undefined, since: Date.now() });
  const store = create<LiveState<Value>>(() => empty(''));
  let readers = 0;
  let controller: AbortController | undefined;

  function follow(input: Input): () => void {
    const key = JSON.stringify(input);
    if (!controller || store.getState().key !== key) {
      controller?.abort();
      controller = new AbortController();
      if (store.getState().key !== key) store.setState(empty(key), true);
      readers = 0;
      void run(input, controller.signal);
    }
    const mine = controller;
    readers += 1;
    return () => {
      if (mine !== controller) return;
      readers -= 1;
      setTimeout(() => {
        if (readers > 0 || mine !== controller) return;
        controller?.abort();
        controller = undefined;
      }, LINGER);
    };
  }

  async function run(input: Input, signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      if (source.onlyVisible) await untilVisible(signal);
      const session = source.onlyVisible ? whileVisible(signal) : { signal, letGo: () => {} };
      const batch = eachFrame<Item>((items) => {
        if (signal.aborted) return;
        attempt = 0;
        store.setState(({ value, phase, since }) => ({
          value: source.reduce(value, items),
          phase: 'live',
          error: undefined,
          since: phase === 'live' ? since : Date.now(),
        }));
      });
      try {
        const backlot = await backlotWhenOpen(signal);
        for await (const item of source.open(backlot, input, session.signal)) batch(item);
      } catch (thrown) {
        if (!signal.aborted) note(toFailure(thrown));
      } finally {
        session.letGo();
      }
      if (!signal.aborted && !document.hidden) await pause(Math.min(500 * 2 ** attempt, LONGEST_PAUSE), signal);
    }
  }

  function note(error: Failure): void {
    // A lost connection has its own banner: the view stays as it is.
    const shown = error.code === 'connection-lost' || error.code === 'cancelled' ? undefined : error;
    store.setState(({ value, phase, since }) => {
      const next = value === undefined ? 'pending' : 'stale';
      return { error: shown, phase: next, since: next === phase ? since : Date.now() };
    });
  }

  return { store, follow };
}

/** Follows the stream of `input` while the caller is mounted; `undefined` follows nothing. */
export function useLive<Input, Value>(live: Live<Input, Value>, input: Input | undefined): LiveState<Value> {
  const key = input === undefined ? undefined : JSON.stringify(input);
  useEffect(() => (key === undefined ? undefined : live.follow(JSON.parse(key) as Input)), [live, key]);
  const state = live.store();
  return key === state.key ? state : { ...PENDING, key: key ?? '' };
}

const PENDING = { value: undefined, phase: 'pending', error: undefined, since: 0 } as const;
