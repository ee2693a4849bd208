import { create } from 'zustand';
import type { RunSummary } from '#contract/runs.ts';

/** The runs of the project that was asked about last, newest first, for whoever offers what can be done with them. */
export const useKnownRuns = create<{ readonly directory: string | undefined; readonly runs: readonly RunSummary[] }>(() => ({ directory: undefined, runs: [] }));
