import type { Candidate, Release } from '#contract/releases.ts';
import type { Look } from '../../ui/phase.ts';
import { lookOfRelease } from './release-words.ts';

/** The candidate that was asked for, by its release or revision; where none was, the default. Only one whose image is still there. */
export function chosenCandidate(candidates: readonly Candidate[], wanted: string | undefined): Candidate | undefined {
  const chosen = candidates.find(({ release, revision, isDefault }) => (wanted === undefined ? isDefault : release === wanted || revision === wanted));
  return chosen?.available ? chosen : undefined;
}

/** How a candidate fared while it ran. */
export function lookOfCandidate({ verdict, faulty }: Pick<Candidate, 'verdict' | 'faulty'>): Look {
  const state = (['running', 'pass', 'fail', 'inconclusive', 'cancelled', 'interrupted'] as const).find((one) => one === verdict) ?? 'inconclusive';
  return lookOfRelease({ state: state satisfies Release['state'], faulty });
}
