import { create } from 'zustand';
import { createJSONStorage, persist } from 'zustand/middleware';
import { EVERYTHING, type LogFilter } from './log-filter.ts';
import type { Timestamps } from './log-time.ts';

type LogsChoice = {
  readonly wrap: boolean;
  readonly timestamps: Timestamps;
  /** The filter of each environment, by `filterKey`. */
  readonly filters: Readonly<Record<string, LogFilter>>;
  setWrap(wrap: boolean): void;
  setTimestamps(timestamps: Timestamps): void;
  changeFilter(key: string, change: Partial<LogFilter>): void;
};

/** How the person wants to see logs. Remembered by this tab, each environment's filter apart. */
export const useLogsChoice = create<LogsChoice>()(
  persist(
    (change) => ({
      wrap: false,
      timestamps: 'absolute',
      filters: {},
      setWrap: (wrap) => change({ wrap }),
      setTimestamps: (timestamps) => change({ timestamps }),
      changeFilter: (key, changed) =>
        change(({ filters }) => ({ filters: { ...filters, [key]: { ...EVERYTHING, ...filters[key], ...changed } } })),
    }),
    {
      name: 'backlot.logs',
      storage: createJSONStorage(() => sessionStorage),
      partialize: ({ wrap, timestamps, filters }) => ({ wrap, timestamps, filters }),
    },
  ),
);

export function filterKey(directory: string, set: string): string {
  return `${set}@${directory}`;
}
