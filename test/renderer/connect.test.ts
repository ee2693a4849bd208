import { expect, test } from 'vitest';
import { pauseBefore } from '../../src-renderer/connect.ts';

test('F35: pauses double up to ten seconds, and are spread', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 20].map((attempt) => pauseBefore(attempt, 0.5))).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
  expect(pauseBefore(0, 0)).toBe(200);
  expect(pauseBefore(0, 1)).toBeCloseTo(300);
});
