import { readdir, readFile } from 'node:fs/promises';
import { openDatabase } from './database.js';
import { log } from './log.js';
import { parseProducts } from './products.js';

const at = (path) => new URL(`../${path}`, import.meta.url);
const database = openDatabase(process.env.DATABASE_URL);
const client = await database.connect();

// Two of us at once wait for each other.
await client.query('SELECT pg_advisory_lock(14010)');
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

const products = parseProducts(await readFile(at('data/products.tsv'), 'utf8'));
const { rowCount } = await client.query(
  `INSERT INTO products (slug, name, category, maker, price_cents, description)
   SELECT slug, name, category, maker, "priceCents", description
   FROM json_to_recordset($1) AS seed (slug text, name text, category text, maker text, "priceCents" integer, description text)
   ON CONFLICT (slug) DO NOTHING`,
  [JSON.stringify(products)],
);
log('info', 'products are in place', { added: rowCount, all: products.length });
client.release();
await database.end();
