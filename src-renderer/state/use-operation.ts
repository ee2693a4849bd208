import { useEffect } from 'react';
import { create } from 'zustand';
import { toFailure } from '#contract/errors.ts';
import type { OperationEvent } from '#contract/operations.ts';
import { useBacklot } from './connection.ts';
import { eachFrame } from './each-frame.ts';
import { NO_PROGRESS, refreshOperations, withEvent, type OperationProgress } from './operations.ts';

/** Events of every operation that was looked at, by id. The latest few are kept. */
const useProgress = create<{ readonly byId: Readonly<Record<string, OperationProgress>> }>(() => ({ byId: {} }));

const OPERATIONS_KEPT = 20;

/** Follows an operation's events while the caller is mounted, from where it left off; `undefined` follows nothing. */
export function useOperation(id: string | undefined): OperationProgress {
  const backlot = useBacklot();
  useEffect(() => {
    if (!backlot || id === undefined || read(id).result) return undefined;
    const controller = new AbortController();
    const add = eachFrame((events: readonly OperationEvent[]) => write(id, events.reduce(withEvent, read(id))));
    void (async () => {
      try {
        for await (const event of backlot.operations.watch({ id, after: read(id).sequence }, controller.signal)) {
          add(event);
          if (event.type === 'result') refreshOperations();
        }
      } catch (thrown) {
        // Followed again after a reconnect; an operation that nobody knows any more has nothing to tell.
        if (toFailure(thrown).code === 'internal') throw thrown;
      }
    })();
    return () => controller.abort();
  }, [backlot, id]);
  return useProgress(({ byId }) => (id === undefined ? NO_PROGRESS : (byId[id] ?? NO_PROGRESS)));
}

function read(id: string): OperationProgress {
  return useProgress.getState().byId[id] ?? NO_PROGRESS;
}

function write(id: string, progress: OperationProgress): void {
  useProgress.setState(({ byId }) => {
    const others = Object.entries(byId).filter(([other]) => other !== id);
    return { byId: Object.fromEntries([...others.slice(-OPERATIONS_KEPT + 1), [id, progress]]) };
  });
}
