import { create } from 'zustand';
import { persist } from 'zustand/middleware';

type Dismissed = {
  /** Operations whose outcome somebody has read and put away, oldest first. Remembered by this browser. */
  readonly dismissed: readonly string[];
  dismiss(operation: string): void;
};

const DISMISSED_KEPT = 200;

export const useDismissed = create<Dismissed>()(
  persist(
    (change) => ({
      dismissed: [],
      dismiss: (operation) => change(({ dismissed }) => ({ dismissed: [...dismissed.filter((other) => other !== operation), operation].slice(-DISMISSED_KEPT) })),
    }),
    { name: 'backlot.dismissed' },
  ),
);
