import { create } from 'zustand';

/** The service whose place a process of this machine is to take. */
export type SwapRequest = { readonly directory: string; readonly set: string; readonly service: string };

/** What the swap dialog is open for. */
export const useSwapDialog = create<{ readonly request: SwapRequest | undefined }>(() => ({ request: undefined }));

/** Asks where the process is that takes the service's place. */
export function openSwapDialog(request: SwapRequest): void {
  useSwapDialog.setState({ request });
}

/** Closes it. What was started goes on. */
export function closeSwapDialog(): void {
  useSwapDialog.setState({ request: undefined });
}
