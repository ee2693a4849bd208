import type { Connection } from 'mysql2';
import type { Table } from '#ports/database.ts';
import { readExpression } from './column-types.ts';
import { ask } from './connect.ts';
import { quoteName, quoteTable } from './quote.ts';

/** How many rows a table has, and a checksum of them. Only those of one kind of server compare. */
export async function checksumOf(connection: Connection, table: Table): Promise<{ readonly rows: number; readonly checksum: string }> {
  if (table.columns.some(({ generated }) => generated)) {
    const [own] = await ask<{ count: string; sum: string }>(connection, sumOfRows(table));
    return { rows: Number(own?.count ?? 0), checksum: String(own?.sum ?? '0') };
  }
  const [sum] = await ask<{ Checksum: string | null }>(connection, `checksum table ${quoteTable(table)} extended`);
  const [count] = await ask<{ count: string }>(connection, `select count(*) as count from ${quoteTable(table)}`);
  return { rows: Number(count?.count ?? 0), checksum: String(sum?.Checksum ?? '0') };
}

/**
 * Sums a table up by all columns but the generated ones, in any order of rows. CHECKSUM TABLE cannot be relied on where there are generated ones, stored
 * or virtual: MariaDB tells another sum of the same rows once it opened the table anew.
 */
function sumOfRows(table: Pick<Table, 'schema' | 'name' | 'columns'>): string {
  const values = table.columns.filter(({ generated }) => !generated).map((column) => `coalesce(sha2(${readExpression(column, quoteName(column.name))}, 256), '')`);
  const row = `sha2(concat_ws(',', ${["''", ...values].join(', ')}), 256)`;
  return `select count(*) as count, coalesce(sum(cast(conv(left(${row}, 16), 16, 10) as unsigned)), 0) as sum from ${quoteTable(table)}`;
}
