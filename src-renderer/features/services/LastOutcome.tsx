import { Button, CloseButton } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { changesSets } from '../../state/environment.tsx';
import { useOperations } from '../../state/operations.ts';
import { FailureCard } from '../../ui/FailureCard.tsx';

type LastOutcomeProps = { readonly place: { readonly directory: string; readonly set: string } };

/** How the latest operation on the set failed, until it is dismissed or another one follows. */
export function LastOutcome({ place: { directory, set } }: LastOutcomeProps) {
  const summaries = useOperations((state) => state.summaries);
  const [dismissed, setDismissed] = useState<string>();
  const latest = summaries?.find((operation) => operation.directory === directory && operation.set === set && changesSets(operation.method));
  if (!latest || latest.state !== 'failed' || !latest.error || latest.id === dismissed) return null;
  return (
    <FailureCard failure={latest.error}>
      <Button component={Link} href={`/activity/${latest.id}`}>
        What happened
      </Button>
      <CloseButton aria-label="Dismiss" onClick={() => setDismissed(latest.id)} />
    </FailureCard>
  );
}
