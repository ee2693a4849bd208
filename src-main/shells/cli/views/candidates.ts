import type { Candidate } from '#contract/releases.ts';
import { formatAge } from '../quantity.ts';
import type { Screen } from '../screen.ts';
import { layOutTable } from '../table.ts';

type Listed = { readonly target: string; readonly candidates: readonly Candidate[] };

/** What a target can go back to; the default is marked. */
export function show({ target, candidates }: Listed, screen: Screen): string {
  const { clean, paint, symbols } = screen;
  if (candidates.length === 0) return `There is no earlier release of ${clean(target)}\n`;
  const rows = candidates.map(({ revision, released, who, verdict, faulty, available, dataBetween, isDefault }) => ({
    cells: [
      `${isDefault ? paint.green(symbols.good) : ' '} ${clean(revision.slice(0, 12))}`,
      formatAge(released),
      clean(who),
      `${verdict}${faulty ? ', faulty' : ''}`,
      available ? '' : paint.red('image is gone'),
      dataBetween.length === 0 ? '' : paint.yellow(`data changed since, by ${dataBetween.map((one) => one.slice(0, 12)).join(', ')}`),
    ],
  }));
  return layOutTable([{ title: '  REVISION' }, { title: 'AGE', align: 'right' }, { title: 'BY', yields: true }, { title: 'VERDICT' }, { title: 'IMAGE' }, { title: 'DATA', yields: true }], rows, screen);
}
