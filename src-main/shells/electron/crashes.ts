/** Crashes after which the core is started again at once. One more, and it is left alone for a while. */
export const MOST_CRASHES = 3;
const COUNT_FOR = 60_000;

/** Whether a core that crashed at these times may be started once more. */
export function mayStart(crashes: readonly number[], now: number): boolean {
  return crashes.filter((time) => now - time < COUNT_FOR).length <= MOST_CRASHES;
}
