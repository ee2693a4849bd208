import type { Released } from '#contract/releases.ts';
import { formatSeconds } from '../quantity.ts';
import type { Screen } from '../screen.ts';

/** What a target serves now. */
export function show({ target, revision, previous, kpi, link, seconds, accepted }: Released, { paint, symbols, clean }: Screen): string {
  const from = previous === undefined ? '' : `, before ${clean(previous.slice(0, 12))}`;
  const checks = kpi.map(({ check, verdict, value, bound, samples }) => `  ${verdict === 'pass' ? paint.green(symbols.good) : paint.yellow(symbols.warning)} ${clean(check)}: ${value ?? 'no value'} (${clean(bound)}; ${samples} readings)\n`).join('');
  return `${paint.green(symbols.good)} ${paint.bold(clean(target))} serves ${clean(revision.slice(0, 12))} after ${formatSeconds(seconds)}${from}${accepted === undefined ? '' : `, though it could not be judged: ${clean(accepted)} let it stay`}\n${checks}${link === undefined ? '' : `  ${clean(link)}\n`}`;
}
