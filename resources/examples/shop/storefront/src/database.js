import pg from 'pg';

/** Waits for nothing: a pool that connects when it is first asked. */
export function openDatabase(url) {
  const pool = new pg.Pool({ connectionString: url, max: 8, connectionTimeoutMillis: 2_000, statement_timeout: 5_000 });
  // A connection that the server ends while it is idle is opened again by the next query.
  pool.on('error', () => {});
  return pool;
}
