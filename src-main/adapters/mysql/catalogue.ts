import type { Connection } from 'mysql2';
import { allowedByAll } from '#core/allowed-values.ts';
import type { Catalogue, Column, ForeignKey, Table } from '#ports/database.ts';
import { ask } from './connect.ts';
import { describeColumn, type ColumnRow } from './column-types.ts';

const TABLES = `
  select table_name as name, table_schema as \`schema\`, engine as engine, coalesce(table_rows, 0) as \`rows\`, create_options as options, table_comment as comment
    from information_schema.tables where table_schema = database() and table_type in ('BASE TABLE', 'SYSTEM VERSIONED') order by table_name`;

const COLUMNS = `
  select table_schema as \`schema\`, table_name as \`table\`, column_name as name, data_type as data, column_type as type, column_default as fallback,
         is_nullable as nullable, character_maximum_length as length, extra as extra, column_comment as comment
    from information_schema.columns where table_schema = database() order by table_name, ordinal_position`;

const UNIQUE = `
  select table_schema as \`schema\`, table_name as \`table\`, index_name as name, column_name as \`column\`
    from information_schema.statistics where table_schema = database() and non_unique = 0 order by table_name, index_name = 'PRIMARY' desc, index_name, seq_in_index`;

const FOREIGN = `
  select table_schema as \`schema\`, table_name as \`table\`, constraint_name as name, column_name as \`column\`,
         referenced_table_schema as targetSchema, referenced_table_name as target, referenced_column_name as reference
    from information_schema.key_column_usage where table_schema = database() and referenced_table_name is not null order by table_name, constraint_name, ordinal_position`;

/** Only MariaDB says which table a check is of. */
const CHECKS = `select constraint_schema as \`schema\`, table_name as \`table\`, check_clause as clause from information_schema.check_constraints where constraint_schema = database()`;

type OfSchema = { readonly schema: string; readonly table: string };
type TableRow = { readonly name: string; readonly schema: string; readonly engine: string | null; readonly rows: string; readonly options: string | null; readonly comment: string };
type UniqueRow = OfSchema & { readonly name: string; readonly column: string | null };
type ForeignRow = OfSchema & { readonly name: string; readonly column: string; readonly targetSchema: string; readonly target: string; readonly reference: string };

/** Reads which tables a database has. System-versioned ones count with the rows that they have now. */
export async function readCatalogue(connection: Connection, isMaria: boolean): Promise<Catalogue & { readonly inMemory: ReadonlySet<string> }> {
  const [current] = await ask<{ name: string }>(connection, 'select database() as name');
  const database = current?.name ?? '';
  // Names compare without case there, and databases may differ by nothing else.
  const own = <Row extends { readonly schema: string }>(rows: Row[]) => rows.filter(({ schema }) => schema === database);
  const tables = own(await ask<TableRow>(connection, TABLES));
  const columns = own(await ask<ColumnRow & { schema: string }>(connection, COLUMNS));
  const unique = own(await ask<UniqueRow>(connection, UNIQUE));
  const foreign = own(await ask<ForeignRow>(connection, FOREIGN));
  const checks = isMaria ? own(await ask<OfSchema & { clause: string }>(connection, CHECKS)) : [];
  const json = new Set(checks.flatMap(({ table, clause }) => (/^json_valid\(`(?:[^`]|``)+`\)$/i.test(clause) ? [`${table}\0${clause.slice('json_valid(`'.length, -2).replaceAll('``', '`')}`] : [])));
  return {
    database,
    inMemory: new Set(tables.filter(({ engine }) => engine === 'MEMORY').map(({ name }) => name)),
    tables: tables.map((row): Table => {
      const keys = groupKeys(unique.filter(({ table }) => table === row.name));
      const clauses = checks.flatMap(({ table, clause }) => (table === row.name ? [clause] : []));
      return {
        name: row.name,
        schema: database,
        columns: columns.filter(({ table }) => table === row.name).map((column) => withAllowed(describeColumn(column, json.has(`${row.name}\0${column.name}`), !isMaria), clauses)),
        primaryKey: keys.get('PRIMARY') ?? [],
        unique: [...keys.values()],
        foreignKeys: foreignKeysOf(foreign.filter(({ table }) => table === row.name), database),
        estimatedRows: Number(row.rows),
        ...(/\bpartitioned\b/i.test(row.options ?? '') && { partitioned: true }),
        ...(row.comment !== '' && { comment: row.comment }),
      };
    }),
  };
}

function withAllowed(column: Column, checks: readonly string[]): Column {
  const allowed = allowedByAll(checks, column.name);
  return allowed ? { ...column, allowed } : column;
}

/** Column lists by key. A part that is an expression reads columns that are not told: the key is left out. */
function groupKeys(rows: readonly UniqueRow[]): Map<string, string[]> {
  const keys = new Map<string, string[]>();
  for (const { name } of rows) keys.set(name, rows.filter((row) => row.name === name).flatMap(({ column }) => (column === null ? [] : [column])));
  return new Map([...keys].filter(([, columns]) => columns.length > 0));
}

function foreignKeysOf(rows: readonly ForeignRow[], database: string): ForeignKey[] {
  const names = [...new Set(rows.map(({ name }) => name))];
  return names.map((name) => {
    const parts = rows.filter((row) => row.name === name);
    const [first] = parts;
    const target = first?.targetSchema === database ? first.target : `${first?.targetSchema ?? ''}.${first?.target ?? ''}`;
    return { columns: parts.map(({ column }) => column), table: target, references: parts.map(({ reference }) => reference) };
  });
}
