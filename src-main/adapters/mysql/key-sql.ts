import type { Column, KeySql, Table } from '#ports/database.ts';
import { quoteName, quoteTable } from './quote.ts';

/** Tables of keys in MySQL and MariaDB. */
export const mysqlKeys: KeySql = {
  quote: quoteName,
  name: quoteTable,
  rows: quoteTable,
  rowKey: (table) => (ownKey(table) ?? wholeRow(table)).map(({ name }) => quoteName(name)),
  isShort: (table) => ownKey(table)?.some(isLong) === false,
  // Where a table has no key of its own, null is as good as any other value.
  same: (one, other, table) => `${one} ${ownKey(table) ? '=' : '<=>'} ${other}`,
  makePlace: (place) => `create database ${place}`,
  refresh: (table) => `analyze table ${table}`,
};

/** What tells a row from all others: the primary key, else another key that is never null. */
function ownKey({ primaryKey, unique, columns }: Table): readonly Column[] | undefined {
  const required = new Map(columns.filter(({ nullable }) => !nullable).map((column) => [column.name, column]));
  const key = primaryKey.length > 0 ? primaryKey : unique.find((names) => names.every((name) => required.has(name)));
  return key?.flatMap((name) => columns.filter((column) => column.name === name));
}

/** All that a row has, but for long values where it has others: rows that are alike in this are chosen together. */
function wholeRow({ columns }: Table): readonly Column[] {
  const stored = columns.filter(({ generated }) => !generated);
  const short = stored.filter((column) => !isLong(column));
  return short.length > 0 ? short : stored;
}

/** Whether an index holds only the beginning of such values. */
function isLong({ type }: Column): boolean {
  return /text|blob|json|geometry|point|linestring|polygon|collection|vector/i.test(type);
}
