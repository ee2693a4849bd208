import type { Client } from 'pg';
import type { Column, Table } from '#ports/database.ts';
import { quoteTable } from './quote.ts';

/** Where PostgreSQL keeps large objects: what rules call them, although each row is only a page of one. */
const NAME = 'pg_largeobject';
const SCHEMA = 'pg_catalog';

const FACTS = `
  select exists (select from pg_catalog.pg_largeobject_metadata) as used,
         (select greatest(reltuples, 0)::float8 from pg_class where oid = 'pg_catalog.pg_largeobject'::regclass) as pages`;

/** Large objects without a page have none of these rows but one. */
const ROWS = `(select m.oid as loid, pg_get_userbyid(m.lomowner) as owner, p.pageno, p.data
  from pg_catalog.pg_largeobject_metadata m left join pg_catalog.pg_largeobject p on p.loid = m.oid)`;

const PLACE = 'backlot_large_objects';

/** Large objects are no table's, but they hold data of people like any: as a table they need a rule. Nothing where there are none. */
export async function largeObjects(client: Client): Promise<Table | undefined> {
  const { rows } = await client.query<{ used: boolean; pages: number }>(FACTS);
  const [facts] = rows;
  if (facts?.used !== true) return undefined;
  const implied = (name: string, type: string, base: Column['base']): Column => ({ name, type, base, nullable: name === 'pageno', generated: false, implied: true });
  return {
    name: `${SCHEMA}.${NAME}`,
    schema: SCHEMA,
    columns: [implied('loid', 'oid', 'other'), implied('owner', 'name', 'text'), implied('pageno', 'integer', 'integer'), { name: 'data', type: 'bytea', base: 'bytes', nullable: true, generated: false }],
    primaryKey: ['loid', 'pageno'],
    unique: [],
    foreignKeys: [],
    estimatedRows: Math.round(facts.pages),
  };
}

export function isLargeObjects({ schema, name }: Pick<Table, 'schema' | 'name'>): boolean {
  return schema === SCHEMA && name === `${SCHEMA}.${NAME}`;
}

/** What the rows of a table are selected from, under its own name: its own, without those of tables that inherit from it; all of a partitioned one. */
export function rowsOf(table: Table): string {
  if (isLargeObjects(table)) return `${ROWS} as ${NAME}`;
  return `${table.partitioned === true ? '' : 'only '}${quoteTable(table)}`;
}

/** How a condition names a table whose rows are selected so. */
export function rowName(table: Table): string {
  return isLargeObjects(table) ? NAME : quoteTable(table);
}

/** What rows of large objects are copied into before the objects are made of them. */
export const LARGE_OBJECTS = {
  copyTo: PLACE,
  before: `create temp table ${PLACE} (loid oid, owner text, pageno int, data bytea) on commit drop`,
  /** What rules left nothing of is there, and empty: what refers to it still does. */
  after: `do $backlot$
    declare one record;
    begin
      perform pg_catalog.lo_create(loid) from (select distinct loid from ${PLACE}) as made;
      perform pg_catalog.lo_put(loid, pageno::int8 * (current_setting('block_size')::int / 4), data) from ${PLACE} where data is not null and pageno is not null;
      for one in select distinct loid, owner from ${PLACE} where owner <> current_user and owner in (select rolname from pg_catalog.pg_roles) loop
        execute format('alter large object %s owner to %I', one.loid, one.owner);
      end loop;
    end $backlot$`,
} as const;
