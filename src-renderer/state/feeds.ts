import type { EngineState } from '#contract/engine.ts';
import type { Misses } from '#contract/names.ts';
import type { StackStatus, StatsSample } from '#contract/stack.ts';
import { createLive, useLive } from './live.ts';

const latest = <Item>(_: Item | undefined, items: readonly Item[]): Item => items[items.length - 1] as Item;

const engineFeed = createLive<Record<string, never>, EngineState, EngineState>({
  open: (backlot, input, signal) => backlot.engine.watch(input, signal),
  reduce: latest,
});

const statusFeed = createLive<{ directory: string }, StackStatus, StackStatus>({
  open: (backlot, input, signal) => backlot.stack.watch(input, signal),
  reduce: latest,
});

/** Samples kept of each service: two minutes at one each two seconds. */
export const SAMPLES_KEPT = 60;

const statsFeed = createLive<{ directory: string; set: string }, StatsSample, readonly StatsSample[]>({
  open: (backlot, input, signal) => backlot.stack.stats({ ...input, follow: true, interval: 2 }, signal),
  reduce: (samples = [], items) => [...samples, ...items].slice(-SAMPLES_KEPT),
  onlyVisible: true,
});

const missesFeed = createLive<{ directory: string }, Misses, Misses>({
  open: (backlot, input, signal) => backlot.names.watchMisses(input, signal),
  reduce: latest,
  onlyVisible: true,
});

/** Which state the files of a project are in, and how often they have changed since they were first looked at. */
type ProjectFiles = { readonly state: string; readonly changes: number };

const filesFeed = createLive<{ directory: string }, { state: string }, ProjectFiles>({
  open: (backlot, input, signal) => backlot.project.watch(input, signal),
  reduce: (before, items) => {
    const states = [...(before ? [before.state] : []), ...items.map(({ state }) => state)];
    const changes = states.filter((state, index) => index > 0 && state !== states[index - 1]).length;
    return { state: states.at(-1) ?? '', changes: (before?.changes ?? 0) + changes };
  },
  onlyVisible: true,
});

const NOTHING = {};

/** The engine's connection, as the core sees it. */
export function useEngine() {
  return useLive(engineFeed, NOTHING as Record<string, never>);
}

/** The state of every set of the project. */
export function useStackStatus(directory: string | undefined) {
  return useLive(statusFeed, directory === undefined ? undefined : { directory });
}

/** The latest samples of the set's services, oldest first; sampled only while somebody looks. */
export function useStats(directory: string | undefined, set: string | undefined) {
  return useLive(statsFeed, directory === undefined || set === undefined ? undefined : { directory, set });
}

/** Production names that were asked for in any set of the project and that nobody there owns; watched only while the page can be seen. */
export function useMisses(directory: string | undefined) {
  return useLive(missesFeed, directory === undefined ? undefined : { directory });
}

/** Counts the changes of the project's files. They are watched only while the page can be seen; what changed meanwhile counts as soon as it is seen again. */
export function useFileChanges(directory: string | undefined): number {
  return useLive(filesFeed, directory === undefined ? undefined : { directory }).value?.changes ?? 0;
}
