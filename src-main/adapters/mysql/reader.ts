import type { Connection } from 'mysql2';
import { whileServerAnswers } from '#adapters/network/while-server-answers.ts';
import type { Address, Catalogue, DatabaseReader, ReadColumn, Rows, Table } from '#ports/database.ts';
import { readCatalogue } from './catalogue.ts';
import { isBinary, readExpression } from './column-types.ts';
import { ask, connect, letGo, streamOf } from './connect.ts';
import { databaseFailure } from './failures.ts';
import { quoteName, quoteTable } from './quote.ts';
import { Sessions } from './sessions.ts';
import { readStructure } from './structure.ts';
import { streamRows } from './stream-rows.ts';
import { readVersion, type Version } from './version.ts';

/** Connections that see one snapshot, where that many can be begun at one moment. */
const SNAPSHOTS = 4;
/** Seconds for which writers of a live server may be held up by us at most. */
const LOCK_LIMIT = 2;
const BEGIN = 'start transaction with consistent snapshot, read only';

/** Opens a database in one snapshot, which every connection of the reader shares. Nothing can be written through it. */
export async function openReader(address: Address, database: string, signal: AbortSignal): Promise<DatabaseReader> {
  const first = await connect(address, database, 'source-failed', signal);
  const opened = [first];
  try {
    const version = await readVersion(first);
    const [encoding] = await ask<{ characters: string; collation: string }>(first, 'select @@character_set_database as characters, @@collation_database as collation');
    await beginTogether(first, opened, () => connect(address, database, 'source-failed', signal));
    return new MysqlReader({ address, sessions: new Sessions(opened), version, encoding: `${encoding?.characters ?? ''} ${encoding?.collation ?? ''}` });
  } catch (error) {
    for (const connection of opened) connection.destroy();
    throw databaseFailure(error, `open the database ${database}`, 'source-failed', signal);
  }
}

/** Begins several transactions at one moment: writers wait for that long. Where the user may not make them wait, there is one transaction; where it may have only so many connections, there are as many. */
async function beginTogether(first: Connection, opened: Connection[], more: () => Promise<Connection>): Promise<void> {
  while (opened.length < SNAPSHOTS) {
    const other = await more().catch(() => undefined);
    if (!other) break;
    opened.push(other);
  }
  const locked = await ask(first, `set session lock_wait_timeout = ${LOCK_LIMIT}; flush tables with read lock`).then(() => true, () => false);
  // Whoever reads waits for writers as long as the server has it.
  await ask(first, 'set session lock_wait_timeout = default');
  if (!locked) for (const other of opened.splice(1)) other.destroy();
  for (const connection of opened) await ask(connection, BEGIN);
  if (locked) await ask(first, 'unlock tables');
}

type Opened = { readonly address: Address; readonly sessions: Sessions; readonly version: Version; readonly encoding: string };

class MysqlReader implements DatabaseReader {
  readonly version: string;
  readonly encoding: string;
  private readonly opened: Opened;
  private known: ReturnType<typeof readCatalogue> | undefined;

  constructor(opened: Opened) {
    this.opened = opened;
    this.version = opened.version.text;
    this.encoding = opened.encoding;
  }

  catalogue(signal: AbortSignal): Promise<Catalogue> {
    return this.tables(signal);
  }

  async *read(table: Table, columns: readonly (string | ReadColumn)[], where: string | undefined, signal: AbortSignal): Rows {
    // What is in memory only is gone with each stop of the server: no fixture can have it.
    if ((await this.tables(signal)).inMemory.has(table.name)) return;
    const { sessions } = this.opened;
    const byName = new Map(table.columns.map((column) => [column.name, column]));
    const chosen = columns.map((column) => {
      const { name, expression } = typeof column === 'string' ? { name: column, expression: undefined } : column;
      const known = byName.get(name);
      return { sql: expression !== undefined ? `(${expression})` : known ? readExpression(known, quoteName(name)) : quoteName(name), binary: expression === undefined && known !== undefined && isBinary(known) };
    });
    const sql = `select ${chosen.map((column) => column.sql).join(', ')} from ${quoteTable(table)}${where === undefined ? '' : ` where ${where}`}`;
    const connection = await sessions.take(signal);
    try {
      const { address } = this.opened;
      const rows = streamRows(connection, { sql, binary: chosen.map(({ binary }) => binary), stop: () => this.stop(connection) }, signal);
      yield* address.open ? rows : whileServerAnswers(rows, address, () => letGo(connection));
    } catch (error) {
      throw databaseFailure(error, `read the table ${table.name}`, 'source-failed', signal);
    } finally {
      if (signal.aborted || streamOf(connection).destroyed) sessions.drop(connection);
      else sessions.giveBack(connection);
    }
  }

  count(table: Table, where: string | undefined, signal: AbortSignal): Promise<number> {
    return this.asking(`count the rows of ${table.name}`, signal, async (connection) => {
      const [row] = await ask<{ count: string }>(connection, `select count(*) as count from ${quoteTable(table)}${where === undefined ? '' : ` where ${where}`}`);
      return Number(row?.count ?? 0);
    });
  }

  structure(signal: AbortSignal): Promise<{ readonly before: string; readonly after: string }> {
    return this.asking('read the structure', signal, readStructure);
  }

  async close(): Promise<void> {
    this.opened.sessions.close();
  }

  private tables(signal: AbortSignal): ReturnType<typeof readCatalogue> {
    this.known ??= this.asking('read which tables there are', signal, (connection) => readCatalogue(connection, this.opened.version.isMaria));
    return this.known;
  }

  /** Ends what a connection is doing without ending its transaction. */
  private async stop(busy: Connection): Promise<void> {
    const connection = await connect(this.opened.address, undefined, 'source-failed', AbortSignal.timeout(10_000)).catch(() => undefined);
    await (connection && ask(connection, `kill query ${busy.threadId ?? 0}`).catch(() => {}));
    connection?.destroy();
  }

  private async asking<Result>(doing: string, signal: AbortSignal, work: (connection: Connection) => Promise<Result>): Promise<Result> {
    try {
      return await this.opened.sessions.use(signal, work);
    } catch (error) {
      throw databaseFailure(error, doing, 'source-failed', signal);
    }
  }
}
