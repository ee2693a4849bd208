import { useState } from 'react';
import { cancelOperation } from './operations.ts';

/** Asks once for an operation's end, and knows that until it has ended; where that did not come through, it may be asked again. */
export function useCancel(id: string): { readonly cancelling: boolean; cancel(): void } {
  const [asked, setAsked] = useState<string>();
  const cancel = () => {
    setAsked(id);
    void cancelOperation(id).then((isAsked) => isAsked || setAsked(undefined));
  };
  return { cancelling: asked === id, cancel };
}
