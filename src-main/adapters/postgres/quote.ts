import type { Table } from '#ports/database.ts';

/** A name as PostgreSQL reads it, whatever it is made of. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Columns for COPY, in their order. Without any, which a table may be, it has no list. */
export function columnList(names: readonly string[]): string {
  return names.length === 0 ? '' : ` (${names.map(quoteName).join(', ')})`;
}

/** A text as PostgreSQL reads it, whatever its settings are. */
export function quoteText(text: string): string {
  return ` E'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** A table with its schema. A table's name has its schema in front outside the default one; the schema is known by itself. */
export function quoteTable({ schema, name }: Pick<Table, 'schema' | 'name'>): string {
  return `${quoteName(schema)}.${quoteName(bareName({ schema, name }))}`;
}

/** The name of a table as rules and people write it. */
export function tableName(schema: string, name: string): string {
  return schema === 'public' ? name : `${schema}.${name}`;
}

/** A value of a connection string for PostgreSQL's own programs. */
export function quoteOption(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function bareName({ schema, name }: Pick<Table, 'schema' | 'name'>): string {
  return schema === 'public' ? name : name.slice(schema.length + 1);
}
