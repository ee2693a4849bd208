import { randomBytes } from 'node:crypto';

/** An id that says when the run began; ids sort by that. */
export function newRunId(now: Date): string {
  const [day = '', time = ''] = now.toISOString().split(/[T.]/);
  return `${day.slice(2).replaceAll('-', '')}-${time.replaceAll(':', '')}-${randomBytes(2).toString('hex')}`;
}
