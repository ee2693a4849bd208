import type { TargetFile } from '../declared.ts';
import { millisecondsOf } from '#core/duration.ts';

export type KpiFile = NonNullable<TargetFile['kpi']>;
export type CheckFile = KpiFile['checks'][number];

/** One bound of a check: a value that has to be at most, or at least, so much, for a percentile of the readings or for each. */
export type Bound = {
  readonly side: 'max' | 'min';
  readonly limit: number;
  /** More or less than the release before: in parts of its value, or by that much. */
  readonly over?: 'ratio' | 'difference';
  /** Of all readings, from 0 to 1; each reading by itself where it is absent. */
  readonly percentile?: number;
  readonly text: string;
};

/** The bounds of a check, in its own unit: milliseconds for times, per cent for rates. Pure. */
export function boundsOf(check: CheckFile): Bound[] {
  const bounds: Bound[] = [];
  const { http, over, name } = check;
  for (const [key, percentile] of [['p50', 0.5], ['p95', 0.95], ['p99', 0.99]] as const) {
    const limit = http?.[key];
    if (limit !== undefined) bounds.push({ side: 'max', limit: millisecondsOf(limit), percentile, text: `${key} at most ${limit}` });
  }
  // A rate in per cent is compared by points: a tenth more than nothing is still nothing.
  const isRate = check.haproxy?.metric === 'error-rate';
  for (const side of ['max', 'min'] as const) {
    const given = check[side];
    if (given === undefined) continue;
    const isPercent = typeof given === 'string' && given.endsWith('%');
    const limit = typeof given === 'number' ? given : isPercent ? Number(given.slice(0, -1)) : millisecondsOf(given);
    const words = `at ${side === 'max' ? 'most' : 'least'} ${given}`;
    if (over === undefined) bounds.push({ side, limit, text: words, ...(http && { percentile: 0.5 }) });
    else bounds.push({ side, limit: isPercent && !isRate ? limit / 100 : limit, over: isPercent && !isRate ? 'ratio' : 'difference', text: side === 'max' ? `at most ${given} over the release before` : `at least ${given} of the release before`, ...(http && { percentile: 0.5 }) });
  }
  if (bounds.length === 0 && !http) bounds.push({ side: 'max', limit: Infinity, text: `${name} is there` });
  return bounds;
}

/** What a value is held against, once it is known what the release before had; nothing where that is not known. */
export function limitOf({ side, limit, over }: Bound, previous: number | undefined): number | undefined {
  if (over === undefined) return limit;
  if (previous === undefined) return undefined;
  if (over === 'difference') return side === 'max' ? previous + limit : previous - limit;
  return side === 'max' ? previous * (1 + limit) : previous * limit;
}

/** The value below which that part of all values is. */
export function percentileOf(values: readonly number[], part: number): number | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] ?? sorted[0];
}
