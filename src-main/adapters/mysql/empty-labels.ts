import { randomBytes } from 'node:crypto';
import type { Connection } from 'mysql2';
import type { Column, Table } from '#ports/database.ts';
import { ask } from './connect.ts';
import { quoteName, quoteTable, quoteText } from './quote.ts';

/** The variable that holds a column's field while a row is written. */
export const variableOf = (index: number): string => `@backlot_${index}`;

/** Columns that may hold the empty text a server not in strict mode keeps in the place of a value that the enum does not have. */
export function hasEmptyValue({ base, values }: Column): boolean {
  return base === 'enum' && values?.[0] !== undefined && !values.includes('');
}

/** What the column gets before its trigger sees the row: a strict server takes no empty text there. */
export function filledLabel({ values = [] }: Column, variable: string): string {
  return `if(${variable} = '', ${quoteText(values[0] ?? '')}, ${variable})`;
}

/**
 * Lets MariaDB take those empty texts while rows come, and nothing else that does not fit: a trigger runs in the mode that it was made in.
 * Answers what ends that.
 */
export async function allowEmptyLabels(connection: Connection, table: Table, columns: readonly string[]): Promise<() => Promise<unknown>> {
  const sets = columns.flatMap((name, index) => (table.columns.some((column) => column.name === name && hasEmptyValue(column)) ? [`if ${variableOf(index)} = '' then set new.${quoteName(name)} = ''; end if;`] : []));
  if (sets.length === 0) return async () => {};
  const trigger = `${quoteName(table.schema)}.${quoteName(`backlot_${randomBytes(6).toString('hex')}`)}`;
  await ask(connection, `set @backlot_mode = @@sql_mode, session sql_mode = ''; create trigger ${trigger} before insert on ${quoteTable(table)} for each row begin ${sets.join(' ')} end; set session sql_mode = @backlot_mode`);
  return () => ask(connection, `drop trigger ${trigger}`);
}
