import type { Client } from 'pg';
import type { Address, DatabaseReader, DatabaseServers } from '#ports/database.ts';
import { connect, endSoon, type Side } from './connect.ts';
import { databaseFailure } from './failures.ts';
import { postgresKeys } from './key-sql.ts';
import { quoteName, quoteText } from './quote.ts';
import { openReader } from './reader.ts';
import { openWriter } from './writer.ts';

/** The database that every server has, and whose own tables are nobody's but by mistake. */
const MAINTENANCE = 'postgres';

const HAS_TABLES = `
  select exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_') as used`;

/** PostgreSQL servers, of any version that the image of the service has or is older than. */
export function createPostgresServers(): DatabaseServers {
  return { keys: postgresKeys, openReader, openWriter, listDatabases, createDatabase, settle, finish };
}

/** Databases of people: all but templates, and the server's own where it is unused. */
function listDatabases(address: Address, signal: AbortSignal): Promise<string[]> {
  return within({ address, database: MAINTENANCE, side: 'source-failed', doing: 'ask which databases there are' }, signal, async (client) => {
    const { rows } = await client.query<{ name: string }>('select datname as name from pg_database where not datistemplate and datallowconn order by 1');
    const { rows: used } = await client.query<{ used: boolean }>(HAS_TABLES);
    return rows.map(({ name }) => name).filter((name) => name !== MAINTENANCE || used[0]?.used === true);
  });
}

/** Bytes of any encoding but the usual one are kept under the one collation that every encoding has. */
function createDatabase(address: Address, database: string, { encoding = 'UTF8' }: Pick<DatabaseReader, 'encoding'>, signal: AbortSignal): Promise<void> {
  return within({ address, database: database === MAINTENANCE ? 'template1' : MAINTENANCE, side: 'database-failed', doing: `make the database ${database}` }, signal, async (client) => {
    const { rows } = await client.query<{ encoding: string }>('select pg_encoding_to_char(encoding) as encoding from pg_database where datname = $1', [database]);
    if (rows[0]?.encoding === encoding) return;
    if (rows[0]) await client.query(`drop database ${quoteName(database)}`);
    const like = encoding === 'UTF8' ? '' : ` template template0 encoding ${quoteText(encoding)} lc_collate 'C' lc_ctype 'C'`;
    await client.query(`create database ${quoteName(database)}${like}`);
  });
}

function settle(address: Address, database: string, signal: AbortSignal): Promise<void> {
  return within({ address, database, side: 'database-failed', doing: `gather statistics of ${database}` }, signal, async (client) => {
    await client.query('vacuum (freeze, analyze)');
  });
}

function finish(address: Address, password: string, signal: AbortSignal): Promise<void> {
  return within({ address, database: MAINTENANCE, side: 'database-failed', doing: 'give the roles their passwords' }, signal, async (client) => {
    const { rows } = await client.query<{ name: string }>("select rolname as name from pg_authid where rolcanlogin and rolpassword is null and rolname !~ '^pg_' and oid <> 10");
    for (const { name } of rows) await client.query(`alter role ${quoteName(name)} nosuperuser${password === '' ? '' : ` password ${quoteText(password)}`}`);
    await client.query('checkpoint');
  });
}

type Task = { readonly address: Address; readonly database: string; readonly side: Side; readonly doing: string };

async function within<Result>({ address, database, side, doing }: Task, signal: AbortSignal, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = await connect(address, database, side, signal);
  try {
    return await work(client);
  } catch (error) {
    throw databaseFailure(error, doing, side, signal);
  } finally {
    await endSoon(client);
  }
}
