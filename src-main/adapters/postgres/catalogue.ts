import type { Client } from 'pg';
import { allowedByAll } from '#core/allowed-values.ts';
import { groupBy } from '#core/group-by.ts';
import type { Catalogue, Column, ForeignKey, Table } from '#ports/database.ts';
import { describeType, type TypeRow } from './column-types.ts';
import { largeObjects } from './large-objects.ts';
import { tableName } from './quote.ts';

/** Tables that hold rows of the users of the database: not the system's, not those of extensions, and a partitioned table for all of its parts. */
const TABLES = `
  select c.oid::int8 as oid, n.nspname as schema, c.relname as name, c.relkind = 'p' as partitioned,
         obj_description(c.oid, 'pg_class') as comment,
         (select sum(case when l.reltuples >= 0 then l.reltuples else pg_relation_size(l.oid) / 120 end)::float8
            from pg_class l where l.oid = c.oid or l.oid in (select relid from pg_partition_tree(c.oid) where isleaf)) as rows
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
     and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
     and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
   order by 2, 3`;

const COLUMNS = `
  select a.attrelid::int8 as "table", a.attname as name, a.attnum as number, format_type(a.atttypid, a.atttypmod) as type,
         a.atttypid::int8 as oid, a.atttypmod as modifier, a.attnotnull as required, a.attgenerated <> '' as generated,
         col_description(a.attrelid, a.attnum) as comment, pg_get_expr(d.adbin, d.adrelid) as fallback
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum where a.attrelid = any($1::oid[]) and a.attnum > 0 and not a.attisdropped order by 1, 3`;

const TYPES = `
  select t.oid::int8 as oid, t.typname as name, t.typtype as kind, t.typcategory as category, t.typbasetype::int8 as base, t.typtypmod as modifier,
         t.typelem::int8 as element, t.typnotnull as required,
         (select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid) as labels,
         (select array_agg(pg_get_expr(c.conbin, 0)) from pg_constraint c where c.contypid = t.oid and c.contype = 'c' and c.convalidated) as checks
    from pg_type t`;

/** Checks of one column each. */
const CHECKS = `
  select conrelid::int8 as "table", conkey[1] as column, pg_get_expr(conbin, conrelid) as expression
    from pg_constraint where contype = 'c' and convalidated and cardinality(conkey) = 1 and conrelid = any($1::oid[])`;

/** Of tables and their partitions. Where an index is over an expression, it has the columns that the expression reads. */
const UNIQUE = `
  select i.indrelid::int8 as "table", coalesce(pg_partition_root(i.indrelid), i.indrelid)::int8 as root, i.indisprimary as "primary",
         (select array_agg(a.attname::text order by array_position(i.indkey::int2[], a.attnum), a.attnum) from pg_attribute a
           where a.attrelid = i.indrelid and case when 0 = any(i.indkey::int2[])
                 then exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = i.indexrelid and d.refobjid = i.indrelid and d.refobjsubid = a.attnum)
                 else a.attnum = any((i.indkey::int2[])[0:i.indnkeyatts - 1]) end) as columns
    from pg_index i where i.indisunique and coalesce(pg_partition_root(i.indrelid), i.indrelid) = any($1::oid[]) order by i.indisprimary desc, i.indexrelid`;

/** Columns by their names: partitions may have them in another order than their table. */
const namesOf = (numbers: string, table: string) =>
  `(select array_agg(a.attname::text order by position) from unnest(${numbers}) with ordinality as keys(k, position) join pg_attribute a on a.attrelid = ${table} and a.attnum = k)`;

/** A key that partitions have, or that refers to them, counts as their table's: once, however many have it. */
const FOREIGN = `
  select "table"::int8, columns, target::int8, "references"
    from (select oid, coalesce(pg_partition_root(conrelid), conrelid) as "table", ${namesOf('conkey', 'conrelid')} as columns,
                 coalesce(pg_partition_root(confrelid), confrelid) as target, ${namesOf('confkey', 'confrelid')} as "references"
            from pg_constraint where contype = 'f' and conparentid = 0) as keys
   where "table" = any($1::oid[]) group by 1, 2, 3, 4 order by min(oid)`;

type TableRow = { oid: string; schema: string; name: string; partitioned: boolean; comment: string | null; rows: number | null };
type ColumnRow = { table: string; name: string; number: number; type: string; oid: string; modifier: number; required: boolean; generated: boolean; comment: string | null; fallback: string | null };
type CheckRow = { table: string; column: number; expression: string };
type UniqueRow = { table: string; root: string; primary: boolean; columns: string[] | null };
type ForeignRow = { table: string; columns: string[]; target: string; references: string[] };

/** Reads which tables a database has. The client has to be in the snapshot that the rows are read from. */
export async function readCatalogue(client: Client, database: string): Promise<Catalogue> {
  const { rows: tables } = await client.query<TableRow>(TABLES);
  const oids = [tables.map(({ oid }) => oid)];
  const { rows: columns } = await client.query<ColumnRow>(COLUMNS, oids);
  const { rows: types } = await client.query<Record<keyof TypeRow, unknown>>(TYPES);
  const { rows: checks } = await client.query<CheckRow>(CHECKS, oids);
  const { rows: unique } = await client.query<UniqueRow>(UNIQUE, oids);
  const { rows: foreign } = await client.query<ForeignRow>(FOREIGN, oids);
  const known = new Map(types.map((row) => [Number(row.oid), { ...row, oid: Number(row.oid), base: Number(row.base), element: Number(row.element) } as TypeRow]));
  const names = new Map(tables.map(({ oid, schema, name }) => [oid, tableName(schema, name)]));
  const own = tables.map((row): Table => {
    const keys = unique.filter(({ table }) => table === row.oid);
    const checksOf = ({ number }: ColumnRow) => checks.flatMap(({ table, column, expression }) => (table === row.oid && column === number ? [expression] : []));
    const uniqueInParts = listsOfParts(listsOf(keys), unique.filter(({ table, root }) => root === row.oid && table !== root));
    return {
      name: tableName(row.schema, row.name),
      schema: row.schema,
      ...(row.partitioned && { partitioned: true }),
      columns: columns.filter(({ table }) => table === row.oid).map((column) => describeColumn(column, known, checksOf(column))),
      primaryKey: keys.find(({ primary }) => primary)?.columns ?? [],
      unique: listsOf(keys),
      ...(uniqueInParts.length > 0 && { uniqueInParts }),
      foreignKeys: foreign.filter(({ table }) => table === row.oid).map((key): ForeignKey => ({ columns: key.columns, table: names.get(key.target) ?? '', references: key.references })),
      estimatedRows: Math.round(row.rows ?? 0),
      ...(row.comment !== null && { comment: row.comment }),
    };
  });
  const large = await largeObjects(client);
  return { database, tables: large ? [...own, large] : own };
}

const listsOf = (keys: readonly UniqueRow[]) => keys.flatMap(({ columns }) => (columns === null ? [] : [columns]));

/** Those of each partition that has more of them than its table; of partitions that have the same, once. */
function listsOfParts(whole: readonly string[][], keys: readonly UniqueRow[]): string[][][] {
  const known = new Set(whole.map((list) => JSON.stringify(list)));
  const parts = [...groupBy(keys, ({ table }) => table).values()].map(listsOf).filter((lists) => lists.some((list) => !known.has(JSON.stringify(list))));
  return [...new Map(parts.map((lists) => [JSON.stringify(lists), lists])).values()];
}

function describeColumn(row: ColumnRow, types: ReadonlyMap<number, TypeRow>, checks: readonly string[]): Column {
  const { required, ...type } = describeType(types, Number(row.oid), row.modifier);
  const allowed = allowedByAll(checks, row.name);
  return {
    name: row.name,
    type: row.type.replace(/^public\./, ''),
    ...type,
    ...(allowed && { allowed }),
    nullable: !row.required && !required,
    generated: row.generated,
    ...(row.fallback !== null && !row.generated && { default: row.fallback }),
    ...(row.comment !== null && { comment: row.comment }),
  };
}
