import type { Release } from '#contract/releases.ts';
import { isWorkedOn, type WorkedOnPorts } from './hold-target.ts';
import type { RecordPlace } from './record-entries.ts';

/** Releases for who looks: one that goes on by its entry, while nobody works on its target, was interrupted. Its entry says so only when the next brings the target in order. */
export async function tellInterrupted(place: RecordPlace, read: () => Promise<readonly Release[]>, ports: WorkedOnPorts, signal: AbortSignal): Promise<readonly Release[]> {
  const before = await read();
  const running = new Set(before.filter(({ state }) => state === 'running').map(({ release }) => release));
  if (running.size === 0 || (await isWorkedOn(place, ports, signal))) return before;
  // It may have ended between the two looks, and another begun.
  const releases = await read();
  return releases.map((one) => (one.state === 'running' && running.has(one.release) ? { ...one, state: 'interrupted' } : one));
}

/** One that was found and is not brought in order yet. */
export const isLeftOver = ({ state, ended }: Pick<Release, 'state' | 'ended'>): boolean => state === 'interrupted' && ended === undefined;
