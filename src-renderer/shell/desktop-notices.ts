import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { toFailure } from '#contract/errors.ts';
import type { Backlot } from '#contract/index.ts';
import type { OperationEvent, OperationSummary } from '#contract/operations.ts';
import { useBacklot } from '../state/connection.ts';
import { noticesCanCome } from '../state/notices.ts';
import { useOperations } from '../state/operations.ts';
import { titleOf } from './outcomes.ts';
import { stagePath } from './run-actions.ts';

/** Work that takes less is not worth a notice: whoever began it is still there. */
const LONG = 10_000;

type Ended = Extract<OperationEvent, { type: 'result' }>;
export type Notice = { readonly title: string; readonly body: string; readonly path: string };

/** What to tell of work that has ended while nobody looked; nothing where it was short or somebody ended it. */
export function noticeOf(operation: Pick<OperationSummary, 'id' | 'method' | 'set' | 'about' | 'started' | 'directory'>, { time, ok, error }: Pick<Ended, 'time' | 'ok' | 'error'>): Notice | undefined {
  if (Date.parse(time) - Date.parse(operation.started) < LONG || error?.code === 'cancelled') return undefined;
  const project = operation.directory?.split('/').at(-1);
  const title = `${titleOf(operation)}: ${ok ? (operation.method === 'runs.start' ? 'passed' : 'done') : 'failed'}`;
  return { title: project === undefined ? title : `${title} (${project})`, body: error?.message ?? '', path: operation.method === 'runs.start' ? stagePath() : `/activity/${encodeURIComponent(operation.id)}` };
}

/** Tells on the desktop when long work ends while the window is not in front, of whatever shell it is. Mounted once, by the shell. */
export function useDesktopNotices(): void {
  const backlot = useBacklot();
  const summaries = useOperations((state) => state.summaries);
  const watched = useRef(new Map<string, AbortController>());
  const [, navigate] = useLocation();
  useEffect(() => {
    const all = watched.current;
    return () => {
      all.forEach((controller) => controller.abort());
      all.clear();
    };
  }, [backlot]);
  useEffect(() => {
    if (!backlot) return;
    for (const operation of summaries ?? []) {
      if (operation.state !== 'running' || watched.current.has(operation.id)) continue;
      const controller = new AbortController();
      watched.current.set(operation.id, controller);
      void endOf(operation.id, backlot, controller.signal).then((ended) => {
        // The list may call it running a little longer: what has ended is told once.
        if (!ended) watched.current.delete(operation.id);
        const notice = ended && noticeOf(operation, ended);
        if (notice && !document.hasFocus() && noticesCanCome()) show(notice, operation.id, () => navigate(notice.path));
      });
    }
  }, [backlot, summaries, navigate]);
}

async function endOf(id: string, backlot: Backlot, signal: AbortSignal): Promise<Ended | undefined> {
  try {
    for await (const event of backlot.operations.watch({ id }, signal)) if (event.type === 'result') return event;
  } catch (thrown) {
    // Watched again after a reconnect; of what nobody knows any more there is nothing to tell.
    if (toFailure(thrown).code === 'internal') throw thrown;
  }
  return undefined;
}

/** Several windows that follow the same work show one notice: it has the work's id. */
function show({ title, body }: Notice, tag: string, onClick: () => void): void {
  const notice = new Notification(title, { body, tag });
  notice.onclick = () => {
    window.focus();
    onClick();
    notice.close();
  };
}
