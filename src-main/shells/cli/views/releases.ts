import type { Release } from '#contract/releases.ts';
import { formatAge } from '../quantity.ts';
import type { Screen } from '../screen.ts';
import { layOutTable } from '../table.ts';
import { verdictOf } from './verdict.ts';

/** The history of releases. */
export function show({ releases }: { readonly releases: readonly Release[] }, screen: Screen): string {
  const { clean, paint } = screen;
  if (releases.length === 0) return `Nothing was released yet\n  ${paint.bold('backlot promote')}, then ${paint.bold('backlot deploy TARGET')}\n`;
  const rows = releases.map((one) => ({
    cells: [verdictOf(one, screen), clean(one.target), clean(one.revision.slice(0, 12)), clean(one.previous?.slice(0, 12) ?? ''), one.kind, formatAge(one.started), clean(one.who), clean(one.reason ?? '')],
  }));
  return layOutTable([{ title: '  VERDICT' }, { title: 'TARGET' }, { title: 'REVISION' }, { title: 'BEFORE' }, { title: 'KIND' }, { title: 'AGE', align: 'right' }, { title: 'BY', yields: true }, { title: 'WHY', yields: true }], rows, screen);
}
