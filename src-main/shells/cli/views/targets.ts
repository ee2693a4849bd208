import type { TargetView } from '#contract/releases.ts';
import { formatAge } from '../quantity.ts';
import type { Screen } from '../screen.ts';
import { layOutTable } from '../table.ts';

/** The targets, one a line, and what is the matter with any. */
export function show({ targets }: { readonly targets: readonly TargetView[] }, screen: Screen): string {
  const { clean, paint, symbols } = screen;
  if (targets.length === 0) return 'The project has no targets\n';
  const rows = targets.map(({ name, kind, current, promoted, requires }) => ({
    cells: [clean(name), kind, current ? clean(current.revision.slice(0, 12)) : '', current ? formatAge(current.ended ?? current.started) : '', promoted && promoted.digest !== current?.digest ? clean(promoted.revision.slice(0, 12)) : '', clean(requires.join(', '))],
  }));
  const notes = targets.flatMap(({ name, lock, interrupted, problem }) => [
    ...(lock ? [`${paint.yellow(symbols.idle)} ${clean(name)} is locked by ${clean(lock.owner)} until ${lock.until}: ${clean(lock.reason)}\n`] : []),
    ...(interrupted ? [`${paint.red(symbols.bad)} ${clean(name)}: the release of ${clean(interrupted.revision.slice(0, 12))} was interrupted\n  Bring it in order: ${paint.bold(`backlot deploy ${clean(name)}`)} or ${paint.bold(`backlot rollback ${clean(name)}`)}\n`] : []),
    ...(problem === undefined ? [] : [`${paint.red(symbols.bad)} ${clean(name)}: ${clean(problem)}\n`]),
  ]);
  return `${layOutTable([{ title: 'TARGET' }, { title: 'BY' }, { title: 'RUNS' }, { title: 'SINCE', align: 'right' }, { title: 'PROMOTED' }, { title: 'REQUIRES', yields: true }], rows, screen)}${notes.join('')}`;
}
