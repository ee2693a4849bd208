import type { Column, Table } from '#ports/database.ts';
import { ANY, type Kind } from './key-patterns.ts';

/** Keys of one pattern and kind, as a table. */
export type KeyTable = Table & {
  readonly kind: Kind;
  readonly keyPattern: string;
  /** Fields of hashes and streams that are columns, by column. Where there are too many, each field is a row. */
  readonly fields: ReadonlyMap<string, string> | undefined;
};

/** Columns that are no field. */
const RESERVED = /^(key\d*|expires|groups|field|value|score|id)$/;

/** When a key ends, in milliseconds since 1970. */
export const EXPIRES = 'expires';

/** The groups of consumers of a stream, in its first row: names that programs have, like those of keys and fields. */
export const GROUPS = 'groups';

type Facts = { readonly database: string; readonly pattern: string; readonly kind: Kind; readonly keys: number; readonly fields: readonly string[] | undefined; /** Whether other kinds have the same pattern. */ readonly shared: boolean };

export function keyTable({ database, pattern, kind, keys, fields, shared }: Facts): KeyTable {
  const parts = pattern.split(':').filter((part) => part === ANY).map((_, index) => text(index === 0 ? 'key' : `key${index + 1}`, false));
  const columns = fields && new Map(fields.map((field) => [RESERVED.test(field) ? `field:${field}` : field, field]));
  const own = parts.map(({ name }) => name);
  const unique = kind === 'string' || (kind === 'hash' && columns) ? [own] : kind === 'hash' ? [[...own, 'field']] : kind === 'set' || kind === 'zset' ? [[...own, 'value']] : [];
  return {
    name: shared ? `${pattern} (${kind})` : pattern,
    schema: database,
    kind,
    keyPattern: pattern,
    fields: columns,
    columns: [...parts, time(EXPIRES, true), ...valueColumns(kind, columns)],
    primaryKey: unique[0]?.length === own.length ? own : [],
    unique: unique.filter((key) => key.length > 0),
    foreignKeys: [],
    estimatedRows: keys,
  };
}

function valueColumns(kind: Kind, fields: ReadonlyMap<string, string> | undefined): Column[] {
  const named = fields && [...fields.keys()].map((name) => text(name, true));
  switch (kind) {
    case 'string':
    case 'list':
    case 'set':
      return [text('value', false)];
    case 'zset':
      return [text('value', false), { name: 'score', type: 'double', base: 'float', nullable: false, generated: false }];
    case 'hash':
      return named ?? [text('field', false), text('value', false)];
    case 'stream':
      return [{ ...text(GROUPS, true), implied: true }, time('id', true), ...(named ?? [text('field', true), text('value', true)])];
    default:
      return kind satisfies never;
  }
}

/** Times of a server's own are nobody's. */
function time(name: string, nullable: boolean): Column {
  return { name, type: 'milliseconds', base: 'timestamp', nullable, generated: false };
}

function text(name: string, nullable: boolean): Column {
  return { name, type: 'text', base: 'text', nullable, generated: false };
}
