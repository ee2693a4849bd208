import { create } from 'zustand';
import type { Backlot } from '#contract/index.ts';
import type { Connection, ConnectionState } from '../connect.ts';

type ConnectionStore = {
  readonly state: ConnectionState;
  /** When this state began, milliseconds since the epoch. */
  readonly since: number;
  retry(): void;
};

export const useConnection = create<ConnectionStore>(() => ({ state: { kind: 'connecting' }, since: Date.now(), retry: () => {} }));

/** Makes the page's stores follow `connection`. Called once, at the start. */
export function followConnection(connection: Connection): void {
  const copy = () => useConnection.setState({ state: connection.current(), since: Date.now() });
  useConnection.setState({ retry: () => connection.retry() });
  connection.subscribe(copy);
  copy();
}

/** The client while the connection is open. */
export function useBacklot(): Backlot | undefined {
  return useConnection(({ state }) => (state.kind === 'open' ? state.backlot : undefined));
}

/** The client as soon as there is one. Rejects when `signal` aborts first. */
export function backlotWhenOpen(signal: AbortSignal): Promise<Backlot> {
  const { state } = useConnection.getState();
  if (state.kind === 'open') return Promise.resolve(state.backlot);
  return new Promise((resolve, reject) => {
    const unsubscribe = useConnection.subscribe(({ state: now }) => {
      if (now.kind !== 'open') return;
      unsubscribe();
      resolve(now.backlot);
    });
    signal.addEventListener('abort', () => (unsubscribe(), reject(signal.reason)), { once: true });
  });
}
