import { wordsOfFormer } from '#contract/former-words.ts';
import type { KpiOutcome, PreviousIn } from '#contract/releases.ts';
import type { Sample } from '#ports/kpi-source.ts';
import { limitOf, percentileOf, type Bound } from './bounds.ts';

/** Readings that have to be bad before a check has failed, in a row where each counts by itself: one bad answer is no outage. */
const IN_A_ROW = 3;
/** Of all answers, errors that are still no failure. */
const ERRORS_BORNE = 0.01;

export type CheckState = {
  readonly state: 'ok' | 'over' | 'unknown';
  readonly value?: number;
  readonly bound: string;
  readonly why?: string;
};

/** What the release before had, and when that was measured. */
export type Former = { readonly previous: readonly Sample[]; readonly previousIn?: PreviousIn | undefined };

/** What the readings so far say. Pure. `previous` are those of the release before, measured the same way; `isWhole` where no more will come. */
export function judgeReadings(bounds: readonly Bound[], samples: readonly Sample[], previous: readonly Sample[], { isWhole = false, previousIn }: { readonly isWhole?: boolean; readonly previousIn?: PreviousIn | undefined } = {}): CheckState {
  const text = bounds.map((bound) => bound.text).join(', ') || 'answers';
  const values = valuesOf(samples);
  const errors = samples.filter(({ error }) => error).length;
  const last = samples.slice(-IN_A_ROW);
  const lastWhy = samples.findLast(({ why }) => why !== undefined)?.why;
  if (last.length === IN_A_ROW && last.every(({ error }) => error)) return { state: 'over', bound: text, why: `${errors} of ${samples.length} answers are errors: ${lastWhy ?? ''}` };
  if (errors >= IN_A_ROW && errors / samples.length > ERRORS_BORNE) return { state: 'over', bound: text, why: `${errors} of ${samples.length} answers are errors: ${lastWhy ?? ''}`, ...shown(values.at(-1)) };
  if (values.length === 0) return { state: 'unknown', bound: text, why: lastWhy ?? 'no reading yet' };
  const base = valuesOf(previous);
  for (const bound of bounds) {
    const before = base.length === 0 ? undefined : percentileOf(base, bound.percentile ?? 0.5);
    const limit = limitOf(bound, before);
    if (limit === undefined) return { state: 'unknown', bound: text, why: 'the release before was not measured', ...shown(values.at(-1)) };
    const against = bound.over === undefined || before === undefined || previousIn === undefined ? '' : `, held against ${wordsOfFormer(previousIn)}: ${round(before)}`;
    const isOver = (value: number) => (bound.side === 'max' ? value > limit : value < limit);
    if (bound.percentile !== undefined) {
      const value = percentileOf(values, bound.percentile) ?? 0;
      const fewest = isWhole ? IN_A_ROW : surprising(values.length * (1 - bound.percentile));
      if (values.filter(isOver).length >= fewest && isOver(value)) return { state: 'over', bound: text, ...shown(value), why: `${round(value)} is ${bound.side === 'max' ? 'more' : 'less'} than ${round(limit)}${against}` };
      continue;
    }
    const recent = samples.filter(({ value }) => value !== undefined).slice(-IN_A_ROW);
    if (recent.length === IN_A_ROW && recent.every(({ value = 0 }) => isOver(value))) return { state: 'over', bound: text, ...shown(values.at(-1)), why: `${recent.map(({ value = 0 }) => round(value)).join(', ')}: ${bound.side === 'max' ? 'more' : 'less'} than ${round(limit)}${against}` };
  }
  return { state: 'ok', bound: text, ...shown(bounds[0]?.percentile === undefined ? values.at(-1) : percentileOf(values, bounds[0].percentile)) };
}

/** What the first bound of a check is now, in its own unit; nothing where it has none or the release before is not known. Pure. */
export function limitNow([bound]: readonly Bound[], previous: readonly Sample[]): { readonly limit?: number; readonly side?: Bound['side'] } {
  if (!bound) return {};
  const limit = limitOf(bound, percentileOf(valuesOf(previous), bound.percentile ?? 0.5));
  return limit === undefined || !Number.isFinite(limit) ? {} : { limit: round(limit), side: bound.side };
}

/** What the release before had, in the words of an event. Pure. */
export function formerNow([bound]: readonly Bound[], { previous, previousIn }: Former): { readonly previous?: number; readonly previousIn?: PreviousIn } {
  const before = percentileOf(valuesOf(previous), bound?.percentile ?? 0.5);
  return before === undefined ? {} : { previous: round(before), ...(previousIn !== undefined && { previousIn }) };
}

/** What a check came to when the window is over: too few readings, or none that can be judged, is not a pass. Pure. */
export function concludeCheck(name: string, parts: { readonly bounds: readonly Bound[]; readonly samples: readonly Sample[]; readonly fewest: number } & Former): KpiOutcome {
  const { bounds, samples, previous, previousIn, fewest } = parts;
  const { state, value, bound, why = samples.findLast((sample) => sample.why !== undefined)?.why } = judgeReadings(bounds, samples, previous, { isWhole: true, previousIn });
  const answered = samples.filter(hasAnswered).length;
  const outcome = { check: name, samples: answered, bound, ...shown(value), ...formerNow(bounds, { previous, previousIn }) };
  if (state === 'over') return { ...outcome, verdict: 'fail', ...(why !== undefined && { why }) };
  const needed = Math.max(fewest, 1);
  if (state === 'unknown' || answered < needed) return { ...outcome, verdict: 'inconclusive', why: state === 'unknown' ? (why ?? 'it cannot be judged') : `only ${answered} of ${needed} readings${why === undefined ? '' : `: ${why}`}` };
  const silence = silenceOf(samples);
  return silence === undefined ? { ...outcome, verdict: 'pass' } : { ...outcome, verdict: 'inconclusive', why: silence };
}

const hasAnswered = ({ value, error }: Sample) => value !== undefined || error === true;

/** Why a source that has answered cannot be believed for the whole window: it fell silent, or was so for most of it. */
function silenceOf(samples: readonly Sample[]): string | undefined {
  const due = samples.filter(({ idle }) => idle !== true);
  const silent = due.filter((sample) => !hasAnswered(sample));
  const last = due.slice(-IN_A_ROW);
  const said = silent.at(-1)?.why ?? '';
  if (last.length === IN_A_ROW && !last.some(hasAnswered)) return `the source fell silent: ${said}`;
  return silent.length > due.length / 2 ? `only ${due.length - silent.length} of ${due.length} looks were answered: ${said}` : undefined;
}

/** So many bad readings are more than chance makes of a percentile that is just kept, early in a window. */
const surprising = (expected: number) => Math.max(IN_A_ROW, expected + 2 * Math.sqrt(expected));

const valuesOf = (samples: readonly Sample[]): number[] => samples.flatMap(({ value }) => value ?? []);
const round = (value: number) => Math.round(value * 100) / 100;
const shown = (value: number | undefined) => (value === undefined ? {} : { value: round(value) });
