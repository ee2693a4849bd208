import { useEffect, useRef } from 'react';
import type { Release, RevisionPath, TargetView } from '#contract/releases.ts';
import { useEnvironment } from '../../state/environment.tsx';
import { useOperations } from '../../state/operations.ts';
import { useCall, type CallState } from '../../state/use-call.ts';

/** So often it is looked for what other machines did, while somebody looks. */
const LOOK_AGAIN = 30_000;

/** The project's targets with what runs there. */
export function useTargets(directory: string): CallState<readonly TargetView[]> {
  const { fileChanges } = useEnvironment();
  return useRenewed(directory, useCall(`targets ${directory}`, async (backlot, signal) => (await backlot.releases.targets({ directory }, signal)).targets, fileChanges));
}

/** What was released on a target, newest first. */
export function useHistory(directory: string, target: string): CallState<readonly Release[]> {
  return useRenewed(directory, useCall(`releases ${directory} ${target}`, async (backlot, signal) => (await backlot.releases.list({ directory, target }, signal)).releases));
}

/** The latest revisions, with how far each is on its way to a target. */
export function useRevisions(directory: string, target: string): CallState<readonly RevisionPath[]> {
  return useRenewed(directory, useCall(`revisions ${directory} ${target}`, async (backlot, signal) => (await backlot.releases.revisions({ directory, target }, signal)).revisions));
}

/** Asks again when an operation on releases or runs begins or ends, and from time to time. */
function useRenewed<Value>(directory: string, call: CallState<Value>): CallState<Value> {
  const { reload } = call;
  const moved = useOperations(({ summaries }) => summaries?.filter((operation) => operation.directory === directory && /^(releases|runs)\./.test(operation.method)).map(({ id, state }) => `${id} ${state}`).join());
  const before = useRef(moved);
  useEffect(() => {
    const changed = before.current !== undefined && moved !== undefined && before.current !== moved;
    before.current = moved ?? before.current;
    if (changed) reload();
  }, [moved, reload]);
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && reload(), LOOK_AGAIN);
    return () => clearInterval(timer);
  }, [reload]);
  return call;
}
