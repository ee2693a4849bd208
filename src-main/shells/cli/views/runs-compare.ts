import type { Screen } from '../screen.ts';
import { layOutTable } from '../table.ts';

type Compared = { readonly a: string; readonly b: string; readonly differences: readonly { readonly stage?: string; readonly what: string; readonly a?: string; readonly b?: string }[] };

/** What differs between two runs. */
export function show({ a, b, differences }: Compared, screen: Screen): string {
  if (differences.length === 0) return `${screen.paint.green(screen.symbols.good)} The inputs of both are the same\n`;
  const columns = [{ title: 'STAGE' }, { title: 'WHAT' }, { title: a, yields: true }, { title: b, yields: true }];
  const rows = differences.map((difference) => ({ cells: [difference.stage ?? '', difference.what, difference.a ?? '-', difference.b ?? '-'].map(screen.clean) }));
  return layOutTable(columns, rows, screen);
}
