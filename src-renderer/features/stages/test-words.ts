import { duration } from '../../ui/format.ts';

/** Tests are short: `3 ms`, `1.2 s`. */
export function testTime(seconds: number): string {
  return seconds < 0.995 ? `${Math.round(seconds * 1000)} ms` : duration(seconds * 1000);
}
