import type { Dispatcher } from '#core/dispatcher.ts';
import type { Session } from './keys.ts';

/** Who asked for what, when. What was passed along stays out, because it may be secret. */
export type AuditEntry = { readonly time: string; readonly session: string; readonly method: string };

/** The same dispatcher, telling of every call before it is made. Streams only read and are not told. */
export function audited(dispatcher: Dispatcher, session: Session, tell: ((entry: AuditEntry) => void) | undefined): Dispatcher {
  if (!tell) return dispatcher;
  return {
    call(method, input, signal) {
      tell({ time: new Date().toISOString(), session: session.id, method });
      return dispatcher.call(method, input, signal);
    },
    open: (method, input, signal) => dispatcher.open(method, input, signal),
  };
}
