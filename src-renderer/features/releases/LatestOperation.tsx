import { Button, CloseButton } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { OperationSummary } from '#contract/operations.ts';
import { useOperation } from '../../state/use-operation.ts';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { isRoll } from './release-words.ts';
import { RollView } from './RollView.tsx';

type LatestOperationProps = { readonly operations: readonly OperationSummary[]; readonly target: string };

/** What goes on at a target, or how the latest of it ended where that was seen here or went wrong; until somebody has read it. */
export function LatestOperation({ operations, target }: LatestOperationProps) {
  const [latest] = operations;
  const [seen, setSeen] = useState<string>();
  const [dismissed, setDismissed] = useState<string>();
  const running = latest?.state === 'running' ? latest.id : undefined;
  if (running !== undefined && running !== seen) setSeen(running);
  if (!latest || latest.id === dismissed) return null;
  const close = <CloseButton aria-label="Dismiss" onClick={() => setDismissed(latest.id)} />;
  const isShown = isRoll(latest) && (latest.state === 'running' || latest.id === seen);
  return (
    <>
      <Failed operation={latest} close={close} />
      {isShown && <RollView key={latest.id} operation={latest} target={target} close={latest.state !== 'running' && close} />}
    </>
  );
}

/** Why the latest operation did not do what it was to do. */
function Failed({ operation, close }: { readonly operation: OperationSummary; readonly close: ReactNode }) {
  const { id, state, error } = operation;
  const failure = useOperation(state === 'failed' ? id : undefined).result?.error ?? error;
  if ((state !== 'failed' && state !== 'lost') || !failure) return null;
  return (
    <FailureCard failure={failure}>
      <Button component={Link} href={`/activity/${id}`}>
        What happened
      </Button>
      {close}
    </FailureCard>
  );
}
