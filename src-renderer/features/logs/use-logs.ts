import { useCallback, useEffect, useRef, useState } from 'react';
import { feedLogs, type FeedState } from './log-feed.ts';
import type { LogList } from './log-list.ts';
import type { LogFilter } from './log-filter.ts';
import { LogModel } from './log-model.ts';
import { createMatcher } from './matcher.ts';

/** What the parts around the list show of a model. */
export type LogSummary = {
  readonly held: number;
  readonly shown: number;
  readonly hits: number;
  readonly dropped: number;
  readonly characters: number;
  readonly scanning: boolean;
  readonly stuck: boolean;
};

const RENEWED_EVERY = 150;

/** The model of an environment's logs, fed while the caller is mounted. Another environment needs another caller (`key`). */
export function useLogs(directory: string, set: string): { readonly model: LogModel; readonly feed: FeedState } {
  const [model] = useState(() => new LogModel(createMatcher()));
  const [feed, setFeed] = useState<FeedState>({ phase: 'opening' });
  useEffect(() => {
    const controller = new AbortController();
    const onState = (next: FeedState) => {
      if (!controller.signal.aborted) setFeed((before) => (before.phase === next.phase && next.phase !== 'failing' ? before : next));
    };
    void feedLogs({ directory, set, model, onState }, controller.signal);
    return () => {
      controller.abort();
      model.dispose();
    };
  }, [directory, set, model]);
  return { model, feed };
}

/** Figures of a model, renewed a few times a second while it changes. */
export function useLogSummary(model: LogModel): LogSummary {
  const [summary, setSummary] = useState<LogSummary>(() => summaryOf(model));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const renew = () => {
      timer = undefined;
      setSummary(summaryOf(model));
    };
    const wake = () => void (timer ??= setTimeout(renew, RENEWED_EVERY));
    const unsubscribe = model.subscribe({ onChange: wake, onReset: wake, onDropped: wake, onTruncated: wake });
    return () => {
      unsubscribe();
      clearTimeout(timer);
    };
  }, [model]);
  return summary;
}

/** Applies the filter to the model whenever it is another, once typing rests. Answers how to apply it at once. */
export function useLogFilter(model: LogModel, filter: LogFilter): () => void {
  const key = JSON.stringify(filter);
  const applied = useRef('');
  const apply = useCallback(() => {
    if (applied.current === key) return;
    applied.current = key;
    model.setFilter(JSON.parse(key) as LogFilter);
  }, [model, key]);
  useEffect(() => {
    const timer = setTimeout(apply, 60);
    return () => clearTimeout(timer);
  }, [apply]);
  return apply;
}

/** Goes to matches; to the first that is found, where none is yet. */
export function useMatchMoves(list: LogList | undefined, hits: number): (by: 1 | -1) => void {
  const waiting = useRef<1 | -1>(undefined);
  useEffect(() => {
    if (waiting.current !== undefined && hits > 0 && list?.cursor.moveToHit(waiting.current)) waiting.current = undefined;
  }, [list, hits]);
  return (by) => {
    waiting.current = list?.cursor.moveToHit(by) ? undefined : by;
  };
}

function summaryOf(model: LogModel): LogSummary {
  const { ring, visible, hits, dropped, scanning, stuck } = model;
  return { held: ring.end - ring.first, shown: visible.count, hits: hits.count, dropped, characters: ring.characters, scanning, stuck };
}
