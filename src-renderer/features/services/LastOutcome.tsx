import { OperationFailure } from '../../shell/OperationFailure.tsx';
import { useDismissed } from '../../state/dismissed.ts';
import { changesSets } from '../../state/environment.tsx';
import { useOperations } from '../../state/operations.ts';

type LastOutcomeProps = { readonly place: { readonly directory: string; readonly set: string } };

/** How the latest operation on the set failed, until it is dismissed or another one follows. */
export function LastOutcome({ place: { directory, set } }: LastOutcomeProps) {
  const summaries = useOperations((state) => state.summaries);
  const { dismissed, dismiss } = useDismissed();
  const latest = summaries?.find((operation) => operation.directory === directory && operation.set === set && changesSets(operation.method));
  if (!latest || latest.state !== 'failed' || !latest.error || dismissed.includes(latest.id)) return null;
  return <OperationFailure id={latest.id} failure={latest.error} onDismiss={() => dismiss(latest.id)} />;
}
