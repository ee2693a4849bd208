import type { Misses } from '#contract/names.ts';
import type { Screen } from '../screen.ts';
import { layOutTable } from '../table.ts';

/** Production names that nobody here owns, with who asked, and what to do about the first. */
export function show({ guard, misses }: Misses, screen: Screen): string {
  const { paint, symbols, clean } = screen;
  const [first] = misses;
  if (!first) return guard === 'off' ? `${paint.yellow(symbols.warning)} The guard is off: nothing is watched\n` : `${paint.green(symbols.good)} No production name was asked for that nobody here owns\n`;
  const colours = { blocked: paint.yellow, reported: paint.yellow, bypassed: paint.red };
  const table = layOutTable(
    [{ title: 'NAME' }, { title: 'CALLER' }, { title: 'SET' }, { title: 'TIMES', align: 'right' }, { title: 'LAST' }, { title: 'TYPES', yields: true }, { title: 'WHAT' }],
    misses.map(({ name, caller, set, count, last, types, kind }) => ({
      cells: [clean(name), clean(caller), clean(set), String(count), toSeconds(last), types.join(', '), colours[kind](kind)],
    })),
    screen,
  );
  const name = clean(first.name);
  const { bold } = paint;
  return `${table}${bold('fix:')} is it one of this set’s services? ${bold(`backlot names alias ${name} SERVICE`)}; may it be reached outside? ${bold(`backlot names allow ${name}`)}\n`;
}

/** The engine's times go to the nanosecond. */
const toSeconds = (time: string) => time.replace(/\.\d+Z$/, 'Z');
