import { Button } from '@mantine/core';
import { Link } from 'wouter';
import type { Failure } from '#contract/errors.ts';
import { FailureCard } from '../ui/FailureCard.tsx';
import { useFailureShown } from './outcomes.ts';

type OperationFailureProps = { readonly id: string; readonly failure: Failure; readonly onDismiss?: (() => void) | undefined };

/** Why an operation failed, with the way to all that it told, until somebody has read it. */
export function OperationFailure({ id, failure, onDismiss }: OperationFailureProps) {
  useFailureShown(id);
  return (
    <FailureCard failure={failure} onDismiss={onDismiss}>
      <Button component={Link} href={`/activity/${id}`}>
        What happened
      </Button>
    </FailureCard>
  );
}
