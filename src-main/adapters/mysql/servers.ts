import type { Connection } from 'mysql2';
import type { Address, DatabaseReader, DatabaseServers } from '#ports/database.ts';
import { ask, connect } from './connect.ts';
import { databaseFailure, type Side } from './failures.ts';
import { mysqlKeys } from './key-sql.ts';
import { quoteName } from './quote.ts';
import { openReader } from './reader.ts';
import { openWriter } from './writer.ts';

const DATABASES = `
  select distinct table_schema as name from information_schema.tables
   where table_schema not in ('information_schema', 'performance_schema', 'mysql', 'sys') order by 1`;

/** Bytes of the log that a stopped server needs nothing of. */
const STORED_LOG = 8 << 20;

/** Servers of MySQL and MariaDB. */
export function createMysqlServers(): DatabaseServers {
  return { keys: mysqlKeys, openReader, openWriter, listDatabases, createDatabase, settle, finish };
}

/** Databases of people that have anything in them. */
function listDatabases(address: Address, signal: AbortSignal): Promise<string[]> {
  return within({ address, side: 'source-failed', doing: 'ask which databases there are' }, signal, async (connection) => (await ask<{ name: string }>(connection, DATABASES)).map(({ name }) => name));
}

/** Texts that say nothing of their encoding are kept as in the source. */
function createDatabase(address: Address, database: string, { encoding }: Pick<DatabaseReader, 'encoding'>, signal: AbortSignal): Promise<void> {
  return within({ address, side: 'database-failed', doing: `make the database ${database}` }, signal, async (connection) => {
    const [characters = '', collation = ''] = encoding?.split(' ') ?? [];
    const like = /^\w+$/.test(characters) && /^\w+$/.test(collation) ? ` character set ${characters} collate ${collation}` : '';
    await ask(connection, `create database if not exists ${quoteName(database)}${like}`);
    if (like !== '') await ask(connection, `alter database ${quoteName(database)}${like}`);
  });
}

function settle(address: Address, database: string, signal: AbortSignal): Promise<void> {
  return within({ address, database, side: 'database-failed', doing: `gather statistics of ${database}` }, signal, async (connection) => {
    const tables = await ask<{ name: string }>(connection, "select table_name as name from information_schema.tables where table_schema = database() and table_type in ('BASE TABLE', 'SYSTEM VERSIONED')");
    for (const { name } of tables) await ask(connection, `analyze table ${quoteName(name)}`);
  });
}

/** The server is to leave nothing for its next start to do. */
function finish(address: Address, _password: string, signal: AbortSignal): Promise<void> {
  return within({ address, side: 'database-failed', doing: 'prepare the server to stop' }, signal, async (connection) => {
    await ask(connection, 'set global innodb_fast_shutdown = 0');
    // A long log was for filling. It would be searched, stored and copied with every load.
    for (const setting of ['innodb_log_file_size', 'innodb_redo_log_capacity']) await ask(connection, `set global ${setting} = ${STORED_LOG}`).catch(() => {});
    await ask(connection, 'flush tables');
  });
}

type Task = { readonly address: Address; readonly database?: string; readonly side: Side; readonly doing: string };

async function within<Result>({ address, database, side, doing }: Task, signal: AbortSignal, work: (connection: Connection) => Promise<Result>): Promise<Result> {
  const connection = await connect(address, database, side, signal);
  try {
    return await work(connection);
  } catch (error) {
    throw databaseFailure(error, doing, side, signal);
  } finally {
    connection.destroy();
  }
}
