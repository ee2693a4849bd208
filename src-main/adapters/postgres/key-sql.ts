import type { KeySql, Table } from '#ports/database.ts';
import { rowName } from './large-objects.ts';
import { quoteName, quoteTable } from './quote.ts';

/** Where a table has no primary key, a row is told by where it lies: nobody changes rows while keys are gathered. */
const PLACE = ['tableoid', 'ctid'];

/** Tables of keys in PostgreSQL. */
export const postgresKeys: KeySql = {
  quote: quoteName,
  name: rowName,
  rows: (table: Table) => `${table.partitioned ? '' : 'only '}${quoteTable(table)}`,
  rowKey: ({ primaryKey }) => (primaryKey.length === 0 ? PLACE : primaryKey.map(quoteName)),
  isShort: () => true,
  same: (one, other) => `${one} = ${other}`,
  index: (table, columns) => `create index on ${quoteTable(table)} (${columns.map(quoteName).join(', ')})`,
  makePlace: (place) => `create schema ${place}`,
  refresh: (table) => `analyze ${table}`,
};
