import type { TestResult } from '#contract/runs.ts';

const TIMESTAMP = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)(?:Z|([+-]\d\d):?(\d\d))?$/;
const LATEST = 8.64e15;

/** When the cases of a suite ended: its beginning, and how long those took that are written before, for they run one after the other. */
export class SuiteClock {
  private now: number;

  constructor(timestamp: number) {
    this.now = timestamp;
  }

  /** The end of the next case. After one that does not say how long it took, none is known. */
  next(seconds: number | undefined, state: TestResult['state']): string | undefined {
    this.now += (seconds ?? (state === 'skipped' ? 0 : Number.NaN)) * 1000;
    return timeOf(this.now);
  }
}

/** Milliseconds since the epoch; without a zone it is that of most containers, UTC. Pure. */
export function parseTimestamp(text: string | undefined): number | undefined {
  const [, day, time, hours, minutes] = TIMESTAMP.exec(text?.trim() ?? '') ?? [];
  const parsed = Date.parse(`${day}T${time}${hours === undefined ? 'Z' : `${hours}:${minutes}`}`);
  return Number.isNaN(parsed) ? undefined : parsed;
}

/** Pure. */
export function timeOf(milliseconds: number): string | undefined {
  return Math.abs(milliseconds) <= LATEST ? new Date(milliseconds).toISOString() : undefined;
}
