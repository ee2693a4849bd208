import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { startMasking } from '../../src-main/features/fixtures/mask/compile-mask.ts';
import { maskRows as maskedRows, type RowMasking } from '../../src-main/features/fixtures/mask/mask-rows.ts';
import { MaskWorkers } from '../../src-main/features/fixtures/mask/mask-workers.ts';
import { keyOf } from '../../src-main/features/fixtures/rules/fixture-key.ts';
import type { RuleText } from '../../src-main/features/fixtures/rules/rule-schema.ts';
import { readRule } from '../../src-main/features/fixtures/rules/rule.ts';
import type { Column } from '../../src-main/ports/database.ts';
import { column, table } from '../features/fixtures/catalogues.ts';
import { alternately, type Measured, type Row } from './bench.ts';

/** The whole scale is 5,000,000 rows: BACKLOT_BENCH_ROWS. */
const ROWS = Number(process.env['BACKLOT_BENCH_ROWS'] ?? 500_000);
const ROUNDS = 3;

type Wanted = { readonly type: string; readonly value: string; readonly rule: RuleText; readonly more: Partial<Column> };

/** A customer of a shop: twelve columns with a rule each, and four that are kept. Values are PostgreSQL expressions over `n`. */
const COLUMNS: Readonly<Record<string, Wanted>> = {
  id: { type: 'bigint', value: 'n', rule: 'keep', more: { base: 'integer', type: 'bigint', nullable: false } },
  email: { type: 'text', value: "w1 || '.' || w2 || n || '@mail.example'", rule: { email: { domain: 'example.test' } }, more: {} },
  first_name: { type: 'varchar(40)', value: 'initcap(w1)', rule: { person: 'first' }, more: { type: 'character varying(40)', maxLength: 40 } },
  name: { type: 'text', value: "initcap(w1) || ' ' || initcap(w2) || n % 1000", rule: { person: 'full' }, more: {} },
  phone: { type: 'text', value: "'+49 170 ' || lpad((n * 7919 % 100000000)::text, 8, '0')", rule: { phone: {} }, more: {} },
  street: { type: 'text', value: "initcap(w2) || ' Street ' || n % 200", rule: { address: 'street' }, more: {} },
  company: { type: 'text', value: "initcap(w3) || ' and Sons'", rule: { company: {} }, more: {} },
  iban: { type: 'text', value: "'DE' || lpad((n % 97)::text, 2, '0') || '50010517' || lpad((n * 31)::text, 10, '0')", rule: { iban: {} }, more: {} },
  card: { type: 'text', value: "'4' || lpad((n * 104729)::text, 15, '0')", rule: { card: {} }, more: {} },
  birthday: { type: 'date', value: "date '1940-01-01' + (n % 25000)::int", rule: { date: { shift: '30d' } }, more: { base: 'date', type: 'date' } },
  balance: { type: 'numeric(12,2)', value: '(n * 37 % 1000000) / 100.0', rule: { number: { noise: '10%' } }, more: { base: 'decimal', type: 'numeric(12,2)' } },
  address: { type: 'inet', value: "('10.' || n % 250 || '.' || n / 250 % 250 || '.' || n % 199)::inet", rule: { ip: {} }, more: { base: 'inet', type: 'inet' } },
  token: { type: 'text', value: 'md5(n::text)', rule: 'pseudonym', more: {} },
  state: { type: 'text', value: "(array['new', 'active', 'blocked'])[1 + n % 3]", rule: 'keep', more: {} },
  created: { type: 'timestamp', value: "timestamp '2024-01-01' + n * interval '7 seconds'", rule: 'keep', more: { base: 'timestamp', type: 'timestamp without time zone' } },
  plan: { type: 'text', value: "repeat(md5(w1), 2) || ' plan'", rule: 'keep', more: {} },
};
const WORDS = ['w1', 'w2', 'w3'].map((word, index) => `substr(md5((n * ${index + 3} % 20000)::text), 1, 6 + (n % 4)::int) as ${word}`);

const execute = promisify(execFile);

async function withRows<Result>(body: (rows: { readonly file: string; readonly bytes: number; dump(): Promise<number> }) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'backlot-bench-'));
  const name = `backlot-bench-${randomBytes(4).toString('hex')}`;
  const inside = (...command: string[]) => execute('docker', ['exec', '-u', 'postgres', name, ...command], { maxBuffer: 1 << 24 });
  try {
    await execute('docker', ['run', '-d', '--rm', '--name', name, '--label', 'dev.backlot.test=1', '-e', 'POSTGRES_PASSWORD=bench', 'postgres:15', '-c', 'fsync=off', '-c', 'autovacuum=off']);
    for (let tries = 0; await inside('pg_isready', '-q', '-h', '127.0.0.1').then(() => false, () => true); tries++) if (tries > 600) throw new Error('the server does not answer');
    const columns = Object.entries(COLUMNS);
    await inside('psql', '-qv', 'ON_ERROR_STOP=1', '-c', `create unlogged table people (${columns.map(([key, { type }]) => `${key} ${type}`).join(', ')})`);
    await inside('psql', '-qv', 'ON_ERROR_STOP=1', '-c', `insert into people select ${columns.map(([, { value }]) => value).join(', ')} from (select n, ${WORDS.join(', ')} from generate_series(1, ${ROWS}::bigint) n) as made`, '-c', 'vacuum analyze people');
    const file = join(folder, 'rows');
    const copy = spawn('docker', ['exec', '-u', 'postgres', name, 'psql', '-qc', 'copy people to stdout'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await pipeline(copy.stdout, createWriteStream(file));
    const dump = async () => Number((await inside('bash', '-c', 'TIMEFORMAT=%R; time pg_dump -a -t people > /dev/null')).stderr.trim());
    return await body({ file, bytes: (await stat(file)).size, dump });
  } finally {
    await execute('docker', ['rm', '-fv', name]).catch(() => {});
    await rm(folder, { recursive: true, force: true });
  }
}

async function compiled(): Promise<Omit<RowMasking, 'onRows'>> {
  const key = keyOf(randomBytes(32));
  const masking = await startMasking(key);
  const columns = Object.entries(COLUMNS).map(([name, { more, rule }]) => ({ column: column(name, more), rule: readRule(rule) }));
  const people = table('people', columns.map((part) => part.column));
  const rules = { columns: new Map(columns.map((part) => [part.column.name, part.rule])) };
  const workers = new MaskWorkers(key, { file: join(import.meta.dirname, '../../out/workers/mask.js') });
  await workers.started();
  return { table: people, rules, mask: masking.compile(people, rules), lane: { originals: masking.originals(() => {}), origin: { table: 'people', columns: [] }, take: () => {} }, workers };
}

/** Seconds of masking every row of a file, what is found again later gathered as in a capture. */
async function maskAll(file: string): Promise<number> {
  const parts = await compiled();
  let [rows, bytes] = [0, 0];
  const began = performance.now();
  for await (const piece of maskedRows(createReadStream(file, { highWaterMark: 1 << 16 }), { ...parts, onRows: (more) => (rows += more) })) bytes += piece.length;
  const took = (performance.now() - began) / 1000;
  await parts.workers.close();
  if (rows !== ROWS || bytes === 0) throw new Error(`only ${rows} of ${ROWS} rows were masked`);
  return took;
}

async function againstDump(): Promise<Measured> {
  return withRows(async ({ file, bytes, dump }) => {
    const { ours, peer } = await alternately(ROUNDS, () => maskAll(file), dump);
    return { unit: 's', ours, peer: { name: 'pg_dump to nowhere', values: peer }, note: `${ROWS} rows, ${Math.round(bytes / 1e6)} MB, 12 rules; ${Math.round(process.memoryUsage().rss / 1e6)} MB resident` };
  });
}

export const maskRows: readonly Row[] = [{ name: 'mask: twelve rules on one table', goal: 2, measure: againstDump }];
