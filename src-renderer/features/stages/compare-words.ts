import { shortDigest } from '../fixtures/fixture-rows.ts';

/** A value as two of them are told apart: digests and revisions by their beginning. */
export function shortValue(value: string): string {
  return /^(sha256:)?[0-9a-f]{40,64}$/.test(value) ? shortDigest(value) : value;
}
