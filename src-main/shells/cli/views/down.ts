import { formatSeconds } from '../quantity.ts';
import type { Screen } from '../screen.ts';

type DownResult = { readonly sets: readonly string[]; readonly removed: readonly string[]; readonly seconds: number };

/** What `down` removed. */
export function show({ sets, removed, seconds }: DownResult, { paint, symbols, clean }: Screen): string {
  const names = sets.map((set) => paint.bold(set)).join(', ');
  if (removed.length === 0) return `${paint.green(symbols.good)} Nothing${names && ` of ${names}`} was up; data is kept\n`;
  return `${paint.green(symbols.good)} ${names} ${sets.length > 1 ? 'are' : 'is'} down in ${formatSeconds(seconds)}: removed ${clean(removed.join(', '))}; data is kept\n`;
}
