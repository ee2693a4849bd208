import { randomBytes } from 'node:crypto';

/** An id that says when the run began; ids sort by that. */
export function newRunId(now: Date): string {
  const [day = '', time = '', milliseconds = ''] = now.toISOString().split(/[T.]/);
  return `${day.slice(2).replaceAll('-', '')}-${time.replaceAll(':', '')}-${milliseconds.slice(0, 2)}${randomBytes(2).toString('hex')}`;
}
