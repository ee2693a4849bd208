import { create } from 'zustand';

/** What is to be done to a target, and has to be looked at first. */
export type ReleaseRequest = { readonly directory: string; readonly target: string } & (
  | { readonly kind: 'promote' | 'lock' | 'unlock' | 'remove' }
  /** Without a revision, the latest that was promoted. */
  | { readonly kind: 'deploy'; readonly revision?: string }
  /** Without a revision, the last good release. */
  | { readonly kind: 'rollback'; readonly to?: string }
  | { readonly kind: 'evidence'; readonly reference: string }
);

/** What the dialog about releases is open for. */
export const useReleaseDialog = create<{ readonly request: ReleaseRequest | undefined }>(() => ({ request: undefined }));

/** Shows what it would do, and asks. */
export function openReleaseDialog(request: ReleaseRequest): void {
  useReleaseDialog.setState({ request });
}

/** Closes it. What was started goes on. */
export function closeReleaseDialog(): void {
  useReleaseDialog.setState({ request: undefined });
}
