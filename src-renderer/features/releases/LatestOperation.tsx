import { CloseButton } from '@mantine/core';
import { useState } from 'react';
import type { OperationSummary } from '#contract/operations.ts';
import { OperationFailure } from '../../shell/OperationFailure.tsx';
import { useDismissed } from '../../state/dismissed.ts';
import { useOperation } from '../../state/use-operation.ts';
import { isRoll } from './release-words.ts';
import { RollView } from './RollView.tsx';

type LatestOperationProps = { readonly operations: readonly OperationSummary[]; readonly target: string };

/** What goes on at a target, or how the latest of it ended where that was seen here or went wrong; until somebody has read it. */
export function LatestOperation({ operations, target }: LatestOperationProps) {
  const [latest] = operations;
  const [seen, setSeen] = useState<string>();
  const { dismissed, dismiss: putAway } = useDismissed();
  const running = latest?.state === 'running' ? latest.id : undefined;
  if (running !== undefined && running !== seen) setSeen(running);
  if (!latest || dismissed.includes(latest.id)) return null;
  const dismiss = () => putAway(latest.id);
  const isShown = isRoll(latest) && (latest.state === 'running' || latest.id === seen);
  return (
    <>
      <Failed operation={latest} onDismiss={dismiss} />
      {isShown && <RollView key={latest.id} operation={latest} target={target} close={latest.state !== 'running' && <CloseButton aria-label="Dismiss" onClick={dismiss} />} />}
    </>
  );
}

/** Why the latest operation did not do what it was to do. */
function Failed({ operation, onDismiss }: { readonly operation: OperationSummary; onDismiss(): void }) {
  const { id, state, error } = operation;
  const failure = useOperation(state === 'failed' ? id : undefined).result?.error ?? error;
  if ((state !== 'failed' && state !== 'lost') || !failure) return null;
  return <OperationFailure id={id} failure={failure} onDismiss={onDismiss} />;
}
