import type { Table } from '#ports/database.ts';

/** A name as MySQL and MariaDB read it, whatever it is made of. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

const ESCAPES: Readonly<Record<string, string>> = { '\0': '\\0', '\n': '\\n', '\r': '\\r', '\x1a': '\\Z', '\\': '\\\\', "'": "''" };

/** A text as they read it while backslashes escape, which every connection of ours sees to. */
export function quoteText(text: string): string {
  return `'${text.replace(/[\0\n\r\x1a\\']/g, (character) => ESCAPES[character] ?? character)}'`;
}

/** A table with its database. */
export function quoteTable({ schema, name }: Pick<Table, 'schema' | 'name'>): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}
