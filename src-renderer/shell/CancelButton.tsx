import { Button } from '@mantine/core';
import { X } from 'lucide-react';
import { useCancel } from '../state/use-cancel.ts';

/** Cancels an operation, and says so until it has ended. */
export function CancelButton({ operation }: { readonly operation: string }) {
  const { cancelling, cancel } = useCancel(operation);
  return (
    <Button leftSection={<X size={13} />} onClick={cancel} disabled={cancelling}>
      {cancelling ? 'Cancelling' : 'Cancel'}
    </Button>
  );
}
