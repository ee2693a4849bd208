import type { Connection } from 'mysql2';
import type { Table } from '#ports/database.ts';
import { ask } from './connect.ts';
import { quoteTable } from './quote.ts';

/** A key as it stands in its table's definition. */
export type LaterKey = { readonly name: string; readonly definition: string };

/** Rows from which on it pays. */
const MANY = 20_000;
const NAME = '`(?:[^`]|``)+`';
const KEY_LINE = /^ {2}(?:PRIMARY|UNIQUE|FULLTEXT|SPATIAL|VECTOR)? ?KEY /;
const PLAIN_KEY = new RegExp(String.raw`^ {2}((?:UNIQUE )?KEY (${NAME}) \(((?:${NAME}(?:\(\d+\))?(?: DESC)?,?)+)\)),?$`);

/**
 * Takes keys from an empty table that is to get many rows: made of all rows at once, a key takes half of the time that it takes to put each row
 * into it. Answers those that have to be made in the end; none where the server needs them all along.
 */
export async function takeKeys(connection: Connection, table: Table): Promise<readonly LaterKey[]> {
  if (table.estimatedRows < MANY || table.partitioned) return [];
  const [row] = await ask<Readonly<Record<string, string>>>(connection, `show create table ${quoteTable(table)}`);
  const keys = laterKeys(row?.['Create Table'] ?? '', table);
  if (keys.length === 0) return [];
  // What a foreign key or a counter needs is not given away.
  return ask(connection, `alter table ${quoteTable(table)} ${keys.map(({ name }) => `drop key ${name}`).join(', ')}`).then(() => keys, () => []);
}

/** Makes the keys that were taken, in their order. It fails where rows are alike that must not be. */
export async function makeKeys(connection: Connection, table: Table, keys: readonly LaterKey[]): Promise<void> {
  if (keys.length > 0) await ask(connection, `alter table ${quoteTable(table)} ${keys.map(({ definition }) => `add ${definition}`).join(', ')}`);
}

/** The last keys of a definition, as many of them as are plain ones: the order of all of them stays. Pure. */
export function laterKeys(definition: string, { columns, foreignKeys }: Pick<Table, 'columns' | 'foreignKeys'>): LaterKey[] {
  const lines = definition.split('\n');
  if (!/^\) ENGINE=InnoDB\b(?!.*WITH SYSTEM VERSIONING)/.test(lines.at(-1) ?? '') || !lines.some((line) => line.startsWith('  PRIMARY KEY '))) return [];
  const bound = new Set([...columns.filter(({ generated }) => generated).map(({ name }) => name), ...foreignKeys.flatMap((key) => key.columns)]);
  const keys = lines.filter((line) => KEY_LINE.test(line)).map((line) => plainKey(line, bound));
  return keys.slice(keys.lastIndexOf(undefined) + 1).flatMap((key) => key ?? []);
}

function plainKey(line: string, bound: ReadonlySet<string>): LaterKey | undefined {
  const [, definition, name, parts = ''] = PLAIN_KEY.exec(line) ?? [];
  if (definition === undefined || name === undefined) return undefined;
  const isBound = [...parts.matchAll(new RegExp(NAME, 'g'))].some(([part]) => bound.has(part.slice(1, -1).replaceAll('``', '`')));
  return isBound ? undefined : { name, definition };
}
