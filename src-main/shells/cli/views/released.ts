import { wordsOfFormer } from '#contract/former-words.ts';
import type { KpiOutcome, Released } from '#contract/releases.ts';
import { formatSeconds } from '../quantity.ts';
import type { Screen } from '../screen.ts';

/** What a target serves now. */
export function show({ target, revision, previous, kpi, link, seconds, accepted }: Released, { paint, symbols, clean }: Screen): string {
  const from = previous === undefined ? '' : `, before ${clean(previous.slice(0, 12))}`;
  const checks = kpi.map(({ check, verdict, value, bound, samples, ...one }) => `  ${verdict === 'pass' ? paint.green(symbols.good) : paint.yellow(symbols.warning)} ${clean(check)}: ${value ?? 'no value'} (${clean(bound)}; ${against(one)}${samples} readings)\n`).join('');
  return `${paint.green(symbols.good)} ${paint.bold(clean(target))} serves ${clean(revision.slice(0, 12))} after ${formatSeconds(seconds)}${from}${accepted === undefined ? '' : `, though it could not be judged: ${clean(accepted)} let it stay`}\n${checks}${link === undefined ? '' : `  ${clean(link)}\n`}`;
}

/** What a value was held against, where that is the release before. */
const against = ({ previous, previousIn }: Pick<KpiOutcome, 'previous' | 'previousIn'>) => (previous === undefined ? '' : `against ${wordsOfFormer(previousIn)}: ${previous}; `);
