import type { Client } from 'pg';
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
         (select array_agg(e.enumlabel::text order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid) as labels
    from pg_type t`;

/** Where an index is over an expression, the columns that the expression reads. */
const UNIQUE = `
  select i.indrelid::int8 as "table", i.indisprimary as "primary",
         case when 0 = any(i.indkey::int2[])
              then (select array_agg(distinct d.refobjsubid::int) from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = i.indexrelid and d.refobjid = i.indrelid and d.refobjsubid > 0)
              else (select array_agg(k::int order by position) from unnest(i.indkey::int2[]) with ordinality as keys(k, position) where position <= i.indnkeyatts) end as columns
    from pg_index i where i.indisunique and i.indrelid = any($1::oid[]) order by i.indisprimary desc, i.indexrelid`;

const FOREIGN = `
  select conrelid::int8 as "table", conkey::int[] as columns, confrelid::int8 as target, confkey::int[] as "references"
    from pg_constraint where contype = 'f' and conparentid = 0 and conrelid = any($1::oid[]) order by oid`;

type TableRow = { oid: string; schema: string; name: string; partitioned: boolean; comment: string | null; rows: number | null };
type ColumnRow = { table: string; name: string; number: number; type: string; oid: string; modifier: number; required: boolean; generated: boolean; comment: string | null; fallback: string | null };
type UniqueRow = { table: string; primary: boolean; columns: number[] | null };
type ForeignRow = { table: string; columns: number[]; target: string; references: number[] };

/** Reads which tables a database has. The client has to be in the snapshot that the rows are read from. */
export async function readCatalogue(client: Client, database: string): Promise<Catalogue> {
  const { rows: tables } = await client.query<TableRow>(TABLES);
  const oids = [tables.map(({ oid }) => oid)];
  const { rows: columns } = await client.query<ColumnRow>(COLUMNS, oids);
  const { rows: types } = await client.query<Record<keyof TypeRow, unknown>>(TYPES);
  const { rows: unique } = await client.query<UniqueRow>(UNIQUE, oids);
  const { rows: foreign } = await client.query<ForeignRow>(FOREIGN, oids);
  const known = new Map(types.map((row) => [Number(row.oid), { ...row, oid: Number(row.oid), base: Number(row.base), element: Number(row.element) } as TypeRow]));
  const names = new Map(tables.map(({ oid, schema, name }) => [oid, tableName(schema, name)]));
  const byNumber = new Map(columns.map((column) => [`${column.table}/${column.number}`, column.name]));
  const namesOf = (table: string, numbers: readonly number[]) => numbers.map((number) => byNumber.get(`${table}/${number}`) ?? '');
  const own = tables.map((row): Table => {
    const keys = unique.filter(({ table, columns: numbers }) => table === row.oid && numbers !== null);
    return {
      name: tableName(row.schema, row.name),
      schema: row.schema,
      ...(row.partitioned && { partitioned: true }),
      columns: columns.filter(({ table }) => table === row.oid).map((column) => describeColumn(column, known)),
      primaryKey: keys.filter((key) => key.primary).flatMap((key) => namesOf(row.oid, key.columns ?? [])),
      unique: keys.map((key) => namesOf(row.oid, key.columns ?? [])),
      foreignKeys: foreign
        .filter(({ table }) => table === row.oid)
        .map((key): ForeignKey => ({ columns: namesOf(row.oid, key.columns), table: names.get(key.target) ?? '', references: namesOf(key.target, key.references) })),
      estimatedRows: Math.round(row.rows ?? 0),
      ...(row.comment !== null && { comment: row.comment }),
    };
  });
  const large = await largeObjects(client);
  return { database, tables: large ? [...own, large] : own };
}

function describeColumn(row: ColumnRow, types: ReadonlyMap<number, TypeRow>): Column {
  const { required, ...type } = describeType(types, Number(row.oid), row.modifier);
  return {
    name: row.name,
    type: row.type.replace(/^public\./, ''),
    ...type,
    nullable: !row.required && !required,
    generated: row.generated,
    ...(row.fallback !== null && !row.generated && { default: row.fallback }),
    ...(row.comment !== null && { comment: row.comment }),
  };
}
