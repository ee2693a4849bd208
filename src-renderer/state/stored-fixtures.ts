import { create } from 'zustand';

/** Names of the stored fixtures of the project that was asked about last, for whoever offers them. */
export const useStoredFixtures = create<{ readonly directory: string | undefined; readonly names: readonly string[] }>(() => ({ directory: undefined, names: [] }));
