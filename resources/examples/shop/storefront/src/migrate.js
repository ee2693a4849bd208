import { readdir, readFile } from 'node:fs/promises';
import { openDatabase } from './database.js';
import { log } from './log.js';

const at = (path) => new URL(`../${path}`, import.meta.url);

/** The server's own database is always there; from it, ours is made. */
async function createDatabase(url) {
  const name = url.pathname.slice(1);
  const server = openDatabase(Object.assign(new URL(url), { pathname: '/postgres' }).href);
  const { rowCount } = await server.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
  if (rowCount === 0) {
    await server.query(`CREATE DATABASE "${name.replaceAll('"', '""')}"`);
    log('info', 'database created', { name });
  }
  await server.end();
}

const url = new URL(process.env.DATABASE_URL);
await createDatabase(url);
const database = openDatabase(url.href);
const client = await database.connect();

// Two of us at once wait for each other.
await client.query('SELECT pg_advisory_lock(14020)');
await client.query('CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())');
const { rows } = await client.query('SELECT name FROM migrations');
const applied = new Set(rows.map((row) => row.name));
for (const name of (await readdir(at('migrations'))).sort()) {
  if (applied.has(name)) continue;
  await client.query('BEGIN');
  await client.query(await readFile(at(`migrations/${name}`), 'utf8'));
  await client.query('INSERT INTO migrations (name) VALUES ($1)', [name]);
  await client.query('COMMIT');
  log('info', 'migration applied', { name });
}
log('info', 'orders are in place');
client.release();
await database.end();
