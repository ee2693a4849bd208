import type { Sample } from '#ports/kpi-source.ts';

/** Milliseconds: a probe that answers later than this counts as an error. */
export const LIMIT = 5000;

/** An answer as a reading: with another status than is wanted, or one of an error where none is said, it has no value. */
export function judged(answered: number, wanted: number | undefined, milliseconds: number): Sample {
  const isRight = wanted === undefined ? answered < 400 : answered === wanted;
  return isRight ? { value: milliseconds } : { error: true, why: `it answered ${answered}` };
}
