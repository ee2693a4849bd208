import type { Client } from 'pg';
import { whileServerAnswers } from '#adapters/network/while-server-answers.ts';
import { BacklotError } from '#contract/errors.ts';
import type { Address, Catalogue, DatabaseReader, ReadColumn, Rows, Table } from '#ports/database.ts';
import { readCatalogue } from './catalogue.ts';
import { connect, endSoon } from './connect.ts';
import { databaseFailure } from './failures.ts';
import { isLargeObjects, rowsOf } from './large-objects.ts';
import { columnList, quoteName, quoteTable, tableName } from './quote.ts';
import { Sessions } from './sessions.ts';
import { readStructure } from './structure.ts';

/** Bytes of rows that wait for their reader, for each table that is read. */
const WAITING = 1 << 20;
/** Tables that one statement names. */
const HELD_AT_ONCE = 500;

/** Tables that were written anew since the snapshot: what the snapshot has of their files against what is. Rows that it should see are gone. */
const WRITTEN_ANEW = `
  select n.nspname as schema, c.relname as name
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind = 'r' and n.nspname !~ '^pg_' and pg_catalog.pg_relation_filenode(c.oid) <> c.relfilenode order by 1, 2`;

/** Opens a database in one snapshot, which every connection of the reader shares. Nothing can be written through it. */
export async function openReader(address: Address, database: string, signal: AbortSignal): Promise<DatabaseReader> {
  const keeper = await connect(address, database, 'source-failed', signal);
  try {
    await keeper.query('begin isolation level repeatable read read only');
    const { rows } = await keeper.query<{ snapshot: string; version: string; encoding: string }>(
      "select pg_export_snapshot() as snapshot, current_setting('server_version') as version, current_setting('server_encoding') as encoding",
    );
    const [first] = rows;
    if (!first) throw new BacklotError('source-failed', 'The server gave no snapshot');
    const sessions = new Sessions(async (until) => {
      const client = await connect(address, database, 'source-failed', until);
      await client.query(`begin isolation level repeatable read read only; set transaction snapshot '${first.snapshot}'`);
      return client;
    });
    return new PostgresReader({ address, database, keeper, sessions, ...first });
  } catch (error) {
    await endSoon(keeper);
    throw databaseFailure(error, `open the database ${database}`, 'source-failed');
  }
}

type Opened = {
  readonly address: Address;
  readonly database: string;
  readonly snapshot: string;
  readonly version: string;
  readonly encoding: string;
  /** Holds the snapshot open. */
  readonly keeper: Client;
  readonly sessions: Sessions;
};

class PostgresReader implements DatabaseReader {
  readonly version: string;
  readonly encoding: string;
  private readonly opened: Opened;
  private known: Promise<Catalogue> | undefined;

  constructor(opened: Opened) {
    this.opened = opened;
    this.encoding = opened.encoding;
    this.version = opened.version.split(' ')[0] ?? '';
  }

  catalogue(signal: AbortSignal): Promise<Catalogue> {
    this.known ??= this.asking('read which tables there are', async () => {
      const catalogue = await this.opened.sessions.use(signal, (client) => readCatalogue(client, this.opened.database));
      await this.hold(catalogue);
      return catalogue;
    });
    return this.known;
  }

  /** As pg_dump does: who changes a table's structure waits. A table that was written anew before would look empty to this snapshot. */
  private async hold({ tables }: Catalogue): Promise<void> {
    const names = tables.filter((table) => !isLargeObjects(table)).map(rowsOf);
    for (let from = 0; from < names.length; from += HELD_AT_ONCE) await this.opened.keeper.query(`lock table ${names.slice(from, from + HELD_AT_ONCE).join(', ')} in access share mode`);
    const { rows } = await this.opened.keeper.query<{ schema: string; name: string }>(WRITTEN_ANEW);
    if (rows.length === 0) return;
    throw new BacklotError('source-failed', `The source changed while it was opened: ${rows.map(({ schema, name }) => tableName(schema, name)).join(', ')} was written anew (by ALTER TABLE, TRUNCATE or the like)`, { fix: 'Capture again once that has ended.' });
  }

  async *read(table: Table, columns: readonly (string | ReadColumn)[], where: string | undefined, signal: AbortSignal): Rows {
    const { to } = await import('pg-copy-streams');
    const client = await this.opened.sessions.take(signal);
    const stream = client.query(to(copyCommand(table, columns, where), { highWaterMark: WAITING }));
    const end = () => stream.destroy(new BacklotError('cancelled', 'cancelled'));
    signal.addEventListener('abort', end, { once: true });
    let ended = false;
    try {
      if (signal.aborted) end();
      const { address } = this.opened;
      const pieces = stream as AsyncIterable<Uint8Array>;
      yield* address.open ? pieces : whileServerAnswers(pieces, address, (gone) => stream.destroy(gone));
      ended = true;
    } catch (error) {
      throw databaseFailure(error, `read the table ${table.name}`, 'source-failed');
    } finally {
      signal.removeEventListener('abort', end);
      if (ended) this.opened.sessions.giveBack(client);
      else this.opened.sessions.drop(client);
    }
  }

  async count(table: Table, where: string | undefined, signal: AbortSignal): Promise<number> {
    // Who may not read large objects may still count them.
    const all = where === undefined && isLargeObjects(table) ? 'pg_catalog.pg_largeobject_metadata' : rowsOf(table);
    const from = `${all}${where === undefined ? '' : ` where ${where}`}`;
    return this.asking(`count the rows of ${table.name}`, () =>
      this.opened.sessions.use(signal, async (client) => Number((await client.query<{ count: string }>(`select count(*) from ${from}`)).rows[0]?.count ?? 0)),
    );
  }

  structure(signal: AbortSignal): ReturnType<DatabaseReader['structure']> {
    return this.asking('read the structure', () => readStructure(this.opened, signal));
  }

  async close(): Promise<void> {
    await this.opened.sessions.close();
    await endSoon(this.opened.keeper);
  }

  private async asking<Result>(doing: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw databaseFailure(error, doing, 'source-failed');
    }
  }
}

function copyCommand(table: Table, columns: readonly (string | ReadColumn)[], where: string | undefined): string {
  const plain = columns.every((column) => typeof column === 'string' || column.expression === undefined);
  if (plain && where === undefined && !table.partitioned && !isLargeObjects(table)) return `copy ${quoteTable(table)}${columnList(columns.map(nameOf))} to stdout`;
  return `copy (select ${columns.map(selected).join(', ')} from ${rowsOf(table)}${where === undefined ? '' : ` where ${where}`}) to stdout`;
}

function selected(column: string | ReadColumn): string {
  if (typeof column === 'string' || column.expression === undefined) return quoteName(nameOf(column));
  return `(${column.expression})`;
}

function nameOf(column: string | ReadColumn): string {
  return typeof column === 'string' ? column : column.name;
}
