import { useEffect, useRef } from 'react';
import type { RunDetails, RunSummary } from '#contract/runs.ts';
import { useKnownRuns } from '../../state/known-runs.ts';
import { useOperations } from '../../state/operations.ts';
import { useCall, type CallState } from '../../state/use-call.ts';

/** Runs that the history shows. */
const SHOWN = 50;

/** The latest runs of a project, asked for again when a run begins, ends or `moved` is another. */
export function useRuns(directory: string, moved: string): CallState<readonly RunSummary[]> {
  const list = useCall(`runs ${directory}`, async (backlot, signal) => (await backlot.runs.list({ directory, limit: SHOWN }, signal)).runs);
  const states = useOperations(({ summaries }) => summaries?.filter((operation) => operation.directory === directory && operation.method.startsWith('runs.')).map(({ id, state }) => `${id} ${state}`).join());
  useReloadWith(`${states} ${moved}`, list.reload);
  const { value } = list;
  useEffect(() => {
    if (value) useKnownRuns.setState({ directory, runs: value });
  }, [directory, value]);
  return list;
}

/** Everything that is kept of a run, asked for again when `moved` is another. */
export function useRunDetails(run: string | undefined, moved: string): CallState<RunDetails> {
  const details = useCall(run === undefined ? undefined : `run ${run}`, (backlot, signal) => backlot.runs.show({ run: run ?? '' }, signal));
  useReloadWith(`${run ?? ''} ${moved}`, details.reload);
  return details;
}

function useReloadWith(known: string, reload: () => void): void {
  const before = useRef(known);
  useEffect(() => {
    if (before.current === known) return;
    before.current = known;
    reload();
  }, [known, reload]);
}
