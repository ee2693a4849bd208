import { count } from '../quantity.ts';
import type { Screen } from '../screen.ts';
import { flag, type About } from '../command.ts';
import { layOutTable } from '../table.ts';

type Cleaned = { readonly removed: readonly { readonly kind: string; readonly name: string; readonly why: string }[] };

/** What `clean` removed, or would remove. */
export function show({ removed }: Cleaned, screen: Screen, { given }: About): string {
  const { paint, symbols, clean } = screen;
  if (removed.length === 0) return `${paint.green(symbols.good)} Nothing was left behind\n`;
  const rows = removed.map(({ kind, name, why }) => ({ cells: [kind, clean(name), clean(why)] }));
  const verb = flag(given, 'dry-run') ? 'Would remove' : 'Removed';
  return `${verb} ${count(removed.length, 'thing')}:\n${layOutTable([{ title: 'KIND' }, { title: 'NAME' }, { title: 'WHY', yields: true }], rows, screen)}`;
}
