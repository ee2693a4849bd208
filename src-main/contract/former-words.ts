import type { PreviousIn } from './releases.ts';

/** What a value is held against, in the words of every shell. */
export function wordsOfFormer(previousIn: PreviousIn | undefined): string {
  if (previousIn === undefined) return 'the release before';
  return previousIn === 'the same window' ? 'the former version in the same window' : 'the former version’s samples before the roll';
}
