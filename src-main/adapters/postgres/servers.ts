import type { Address, DatabaseServers } from '#ports/database.ts';
import { connect } from './connect.ts';
import { databaseFailure } from './failures.ts';
import { openReader } from './reader.ts';
import { openWriter } from './writer.ts';

/** The database that every server has, and whose own tables are nobody's but by mistake. */
const MAINTENANCE = 'postgres';

const HAS_TABLES = `
  select exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_') as used`;

/** PostgreSQL servers, of any version that the image of the service has or is older than. */
export function createPostgresServers(): DatabaseServers {
  return { openReader, openWriter, listDatabases };
}

/** Databases of people: all but templates, and the server's own where it is unused. */
async function listDatabases(address: Address, signal: AbortSignal): Promise<string[]> {
  const client = await connect(address, MAINTENANCE, 'source-failed', signal);
  try {
    const { rows } = await client.query<{ name: string }>('select datname as name from pg_database where not datistemplate and datallowconn order by 1');
    const { rows: used } = await client.query<{ used: boolean }>(HAS_TABLES);
    return rows.map(({ name }) => name).filter((name) => name !== MAINTENANCE || used[0]?.used === true);
  } catch (error) {
    throw databaseFailure(error, 'ask which databases there are', 'source-failed');
  } finally {
    await client.end().catch(() => {});
  }
}
