import type { Screen } from '../screen.ts';
import { layOutTable } from '../table.ts';

type Values = readonly (readonly (string | null)[])[];
type Previewed = {
  readonly tables: readonly { readonly service: string; readonly table: string; readonly columns: readonly { readonly name: string; readonly rule: string }[]; readonly before: Values; readonly after: Values }[];
};

/** Rows before and after the rules, one line for each value. */
export function show({ tables }: Previewed, screen: Screen): string {
  const { paint, clean } = screen;
  const cell = (value: string | null | undefined) => (value === null || value === undefined ? 'null' : clean(value).replace(/\s+/g, ' '));
  const sections = tables.map(({ service, table, columns, before, after }) => {
    const rows = before.flatMap((row, index) => columns.map(({ name, rule }, column) => ({ cells: [clean(name), clean(rule), cell(row[column]), cell(after[index]?.[column])] })));
    const body = rows.length === 0 ? paint.dim('  no rows\n') : layOutTable([{ title: 'COLUMN', yields: true }, { title: 'RULE', yields: true }, { title: 'BEFORE', yields: true }, { title: 'AFTER', yields: true }], rows, screen);
    return `${paint.bold(clean(`${service} ${table}`))}\n${body}`;
  });
  return sections.join('\n') || 'The rules let no table through\n';
}
