import type { Miss } from '#contract/names.ts';

/** The misses that nobody dismissed yet, latest first. The same name asked by another service is a new one. */
export function freshMisses(directory: string, misses: readonly Miss[], dismissed: readonly string[]): readonly Miss[] {
  const known = new Set(dismissed);
  return misses.filter((miss) => !known.has(missKey(directory, miss))).sort((one, other) => Date.parse(other.last) - Date.parse(one.last));
}

/** What a miss is remembered by when it is dismissed. */
export function missKey(directory: string, { set, name, caller }: Miss): string {
  return JSON.stringify([directory, set, name, caller]);
}
