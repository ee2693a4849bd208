import type { NameView } from '#contract/names.ts';
import { groupBy } from '#core/group-by.ts';
import type { Screen } from '../screen.ts';
import { layOutTable } from '../table.ts';

type NameList = { readonly guard: string; readonly suffixes: readonly string[]; readonly allow: readonly string[]; readonly names: readonly NameView[] };

/** Every name with its owner and addresses, one table for each set. */
export function show({ guard, suffixes, allow, names }: NameList, screen: Screen): string {
  const { paint, clean } = screen;
  const guarded = guard === 'off' ? 'guard off' : `guard: ${guard}, for names under ${suffixes.join(', ')}${allow.length > 0 ? `, except ${allow.join(', ')}` : ''}`;
  const tables = [...groupBy(names, (name) => name.set)].map(([set, own]) => `${paint.bold(clean(set))}\n${showSet(own, screen)}`);
  return `${tables.join('\n') || 'No names\n'}${paint.dim(clean(guarded))}\n`;
}

function showSet(names: readonly NameView[], screen: Screen): string {
  const { paint, clean } = screen;
  const owner = ({ service, reason }: NameView) => (reason === 'service' ? service : `${service} ${paint.dim(`(${reason})`)}`);
  return layOutTable(
    [{ title: 'NAME' }, { title: 'SERVICE' }, { title: 'CONTAINER' }, { title: 'HOST' }, { title: 'PORTS', yields: true }],
    names.map((name) => ({ cells: [clean(name.name), clean(owner(name)), name.container ?? '-', name.host ?? '-', name.ports.join(', ') || '-'] })),
    screen,
  );
}
