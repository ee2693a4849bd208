import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { Miss } from '#contract/names.ts';
import { ask } from './ask.ts';
import { missKey } from './fresh-misses.ts';

/** What was written into `backlot.yaml` for a missed name. Without `service`, that the name may be forwarded. */
export type NameEdit = { readonly name: string; readonly service: string | undefined; readonly file: string; readonly line: number };

type Guard = {
  /** Misses that need no banner any more, as `missKey` names them, oldest first. Remembered by this browser. */
  readonly dismissed: readonly string[];
  /** By missed name. */
  readonly edits: Readonly<Record<string, NameEdit>>;
  dismiss(directory: string, misses: readonly Miss[]): void;
  /** Drops what was written for names that are missed no longer. */
  keepEditsOf(misses: readonly Miss[]): void;
};

const DISMISSED_KEPT = 500;

export const useGuard = create<Guard>()(
  persist(
    (change) => ({
      dismissed: [],
      edits: {},
      dismiss: (directory, misses) =>
        change(({ dismissed }) => ({ dismissed: [...new Set([...dismissed, ...misses.map((miss) => missKey(directory, miss))])].slice(-DISMISSED_KEPT) })),
      keepEditsOf: (misses) => {
        const missed = new Set(misses.map(({ name }) => name));
        change(({ edits }) => ({ edits: Object.fromEntries(Object.entries(edits).filter(([name]) => missed.has(name))) }));
      },
    }),
    { name: 'backlot.guard', partialize: ({ dismissed }) => ({ dismissed }) },
  ),
);

/** Writes the missed name into `backlot.yaml`, as an alias of `service` or, without one, as allowed. Says why where that fails. */
export async function settleMiss(directory: string, name: string, service?: string): Promise<NameEdit | undefined> {
  const place = await ask(async ({ names }) => (service === undefined ? names.allow({ directory, name }) : names.alias({ directory, name, service })));
  if (!place) return undefined;
  const edit = { name, service, ...place };
  useGuard.setState(({ edits }) => ({ edits: { ...edits, [name]: edit } }));
  return edit;
}
