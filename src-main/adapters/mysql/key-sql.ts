import type { KeySql, Table } from '#ports/database.ts';
import { quoteName, quoteTable } from './quote.ts';

/** Tables of keys in MySQL and MariaDB. */
export const mysqlKeys: KeySql = {
  quote: quoteName,
  name: quoteTable,
  rows: quoteTable,
  rowKey: (table) => keyOf(table).map(quoteName),
  // Where a table has no key of its own, null is as good as any other value.
  same: (one, other) => `${one} <=> ${other}`,
  makePlace: (place) => `create database ${place}`,
  refresh: (table) => `analyze table ${table}`,
};

/** What tells a row from others: its primary key, else another key that is never null, else all that it has. Rows that are wholly alike come together. */
function keyOf({ primaryKey, unique, columns }: Table): readonly string[] {
  if (primaryKey.length > 0) return primaryKey;
  const required = new Set(columns.filter(({ nullable }) => !nullable).map(({ name }) => name));
  return unique.find((key) => key.every((name) => required.has(name))) ?? columns.filter(({ generated }) => !generated).map(({ name }) => name);
}
