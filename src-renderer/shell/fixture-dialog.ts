import { create } from 'zustand';

/** What is to be done to fixtures or data, and has to be asked about first. `name` is a fixture's name or digest. */
export type FixtureRequest = { readonly directory: string } & (
  | { readonly kind: 'load'; readonly set: string; readonly name: string }
  | { readonly kind: 'reset' | 'undo'; readonly set: string }
  | { readonly kind: 'push'; readonly name: string }
  | { readonly kind: 'remove'; readonly name: string }
  | { readonly kind: 'pull' }
);

/** What the dialog about fixtures is open for. */
export const useFixtureDialog = create<{ readonly request: FixtureRequest | undefined }>(() => ({ request: undefined }));

/** Asks before it is done. */
export function openFixtureDialog(request: FixtureRequest): void {
  useFixtureDialog.setState({ request });
}

/** Closes it. What was started goes on. */
export function closeFixtureDialog(): void {
  useFixtureDialog.setState({ request: undefined });
}
