import type { Connection } from 'mysql2';
import type { Address, DatabaseWriter, Rows, Table } from '#ports/database.ts';
import { readCatalogue } from './catalogue.ts';
import { checksumOf } from './checksums.ts';
import { ask, change, connect } from './connect.ts';
import { allowEmptyLabels } from './empty-labels.ts';
import { databaseFailure } from './failures.ts';
import { makeKeys, takeKeys, type LaterKey } from './later-keys.ts';
import { loadRows } from './load-rows.ts';
import { quoteName, quoteTable } from './quote.ts';
import { Sessions } from './sessions.ts';
import { readVersion, type Version } from './version.ts';

/** Opens a database to fill it. */
export async function openWriter(address: Address, database: string, signal: AbortSignal): Promise<DatabaseWriter> {
  const open = async (until: AbortSignal) => {
    const connection = await connect(address, database, 'database-failed', until);
    await ask(connection, 'set session foreign_key_checks = 0');
    return connection;
  };
  const sessions = new Sessions([], open);
  try {
    return new MysqlWriter(address, sessions, await sessions.use(signal, readVersion));
  } catch (error) {
    throw databaseFailure(error, `open the database ${database}`, 'database-failed', signal);
  }
}

class MysqlWriter implements DatabaseWriter {
  readonly version: string;
  private readonly address: Address;
  private readonly sessions: Sessions;
  private readonly server: Version;
  private readonly later: { readonly table: Table; readonly keys: readonly LaterKey[] }[] = [];

  constructor(address: Address, sessions: Sessions, version: Version) {
    this.version = version.text;
    this.server = version;
    this.address = address;
    this.sessions = sessions;
  }

  async execute(sql: string, signal: AbortSignal): Promise<void> {
    if (sql.trim() === '') return;
    await this.doing('make the structure', signal, async (connection) => {
      await ask(connection, sql);
      // What a structure sets for itself is for nobody else.
      await ask(connection, "set session sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'");
    });
  }

  write(table: Table, columns: readonly string[], rows: Rows, signal: AbortSignal): Promise<number> {
    return this.doing(`write the table ${table.name}`, signal, async (connection) => {
      const { isMaria } = this.server;
      if (isMaria) this.later.push({ table, keys: await takeKeys(connection, table) });
      const end = isMaria ? await allowEmptyLabels(connection, table, columns) : undefined;
      const written = await loadRows(connection, this.address, { table, columns, rows, filled: isMaria }, signal);
      await end?.();
      return written;
    });
  }

  async finishTables(signal: AbortSignal): Promise<void> {
    for (const { table, keys } of this.later.splice(0)) await this.doing(`make the keys of the table ${table.name}`, signal, (connection) => makeKeys(connection, table, keys));
  }

  change(sql: string, signal: AbortSignal): Promise<number> {
    return this.doing('choose rows', signal, (connection) => change(connection, sql));
  }

  /** Everything else is held by the server while rows come. */
  async checkConstraints(signal: AbortSignal): Promise<string[]> {
    return this.doing('check the constraints', signal, async (connection) => {
      const { tables } = await readCatalogue(connection, this.server.isMaria);
      const broken: string[] = [];
      for (const table of tables) {
        for (const key of table.foreignKeys) {
          const parent = tables.find(({ name }) => name === key.table);
          if (!parent) {
            broken.push(`${table.name} refers to ${key.table}, which is not there`);
            continue;
          }
          const pairs = key.columns.map((column, index) => `c.${quoteName(column)} = p.${quoteName(key.references[index] ?? '')}`);
          const isSet = key.columns.map((column) => `c.${quoteName(column)} is not null`);
          const [row] = await ask(connection, `select 1 from ${quoteTable(table)} c where ${isSet.join(' and ')} and not exists (select 1 from ${quoteTable(parent)} p where ${pairs.join(' and ')}) limit 1`);
          if (row !== undefined) broken.push(`${table.name} (${key.columns.join(', ')}) refers to rows of ${parent.name} that are not there`);
        }
      }
      return broken;
    });
  }

  async checksums(signal: AbortSignal): Promise<Record<string, { rows: number; checksum: string }>> {
    return this.doing('sum up the tables', signal, async (connection) => {
      const { tables } = await readCatalogue(connection, this.server.isMaria);
      const sums: Record<string, { rows: number; checksum: string }> = {};
      for (const table of tables) sums[table.name] = await checksumOf(connection, table);
      return sums;
    });
  }

  async close(): Promise<void> {
    this.sessions.close();
  }

  private async doing<Result>(doing: string, signal: AbortSignal, work: (connection: Connection) => Promise<Result>): Promise<Result> {
    try {
      return await this.sessions.use(signal, work);
    } catch (error) {
      throw databaseFailure(error, doing, 'database-failed', signal);
    }
  }
}
