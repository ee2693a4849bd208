import { execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { alternately, backlot, timed, withProject, type Row } from './bench.ts';

/** Megabytes of the database that is loaded, and rows of the table that is captured; the goals are meant at 1000 and 5000000. */
const MEGABYTES = Number(process.env['BACKLOT_BENCH_FIXTURE_MB'] ?? 150);
const ROWS = Number(process.env['BACKLOT_BENCH_FIXTURE_ROWS'] ?? 500_000);

const SOURCE = 'backlot-bench-source';
const DATABASE = 'backlot-bench-fixtures-db-1';
const execute = promisify(execFile);
const docker = async (...args: string[]) => (await execute('docker', args, { maxBuffer: 1 << 26 })).stdout.trim();
const ask = (container: string, user: string, sql: string, database = 'shop') => docker('exec', container, 'psql', '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-U', user, '-d', database, '-c', sql);

/** About 190 bytes a row with its indexes: half of it is text. */
export const fill = (megabytes: number) => `
  create table accounts (id bigint primary key, owner text not null, email text not null, balance numeric(12,2), note text, seen timestamptz);
  insert into accounts select n, 'Name ' || n, 'person' || n || '@real.example', n % 9999, md5(n::text), now() - n * interval '1 minute' from generate_series(1, ${Math.round(megabytes * 5300)}) n;
  create index accounts_by_email on accounts (email)`;

/** One wide table with what twelve rules are for. */
const people = (rows: number) => `
  create table people (id bigint primary key, first text, last text, full_name text, email text, phone text, street text, city text, birthday date, iban text, income numeric(12,2), ip inet, note text, kind text);
  insert into people select n, 'First' || n % 5000, 'Last' || n % 9000, 'First' || n % 5000 || ' Last' || n % 9000, 'person' || n || '@real.example', '+49 151 ' || 10000000 + n, 'Quellgasse ' || n % 800, 'City ' || n % 300,
    date '1960-01-01' + (n % 18000)::int, 'DE' || lpad((n % 97)::text, 2, '0') || lpad(n::text, 18, '0'), n % 90000, ('203.' || 100 + n % 150 || '.' || 100 + n / 150 % 150 || '.' || 100 + n / 22500 % 150)::inet, md5(n::text), 'k' || n % 5 from generate_series(1, ${rows}) n`;

export const RULES = {
  accounts: 'version: 1\nkey: { env: BACKLOT_BENCH_KEY }\ntables:\n  accounts: { id: keep, owner: { person: full }, email: { email: {} }, balance: keep, note: keep, seen: keep }\n',
  people:
    'version: 1\nkey: { env: BACKLOT_BENCH_KEY }\ntables:\n  people: { id: keep, first: { person: first }, last: { person: last }, full_name: { person: full }, email: { email: {} }, phone: { phone: {} }, street: { address: street }, city: { address: city }, birthday: { date: { shift: 30d } }, iban: { iban: {} }, income: { number: { noise: 10% } }, ip: { ip: {} }, note: { text: redact }, kind: keep }\n',
};

/** Four rows a page, not packed. */
const kept = (megabytes: number) => `
  create table blobs (id bigint primary key, data text not null);
  alter table blobs alter data set storage plain;
  insert into blobs select n, repeat(md5(n::text), 60) from generate_series(1, ${Math.round(megabytes * 490)}) n`;
const KEPT = 'version: 1\nkey: { env: BACKLOT_BENCH_KEY }\ntables:\n  blobs: { id: keep, data: keep }\n';

type More = { readonly services?: string; readonly declarations?: string; readonly files?: Readonly<Record<string, string>> };
type Bench = { readonly directory: string; readonly env: NodeJS.ProcessEnv; readonly url: string };

/** A source with these rows, and a project whose fixture is captured from it, with further services and declarations where they are given. */
export async function withSource<Result>(sql: string, rules: string, body: (bench: Bench) => Promise<Result>, { services = '', declarations = '', files = {} }: More = {}): Promise<Result> {
  await docker('run', '-d', '--name', SOURCE, '--label', 'dev.backlot.test=1', '--shm-size', '512m', '-e', 'POSTGRES_PASSWORD=bench', '-e', 'POSTGRES_USER=shop', '-e', 'POSTGRES_DB=shop', 'postgres:15', '-c', 'fsync=off', '-c', 'max_wal_size=8GB');
  try {
    while (!(await docker('exec', SOURCE, 'pg_isready', '-q', '-h', '127.0.0.1').then(() => true, () => false)));
    await ask(SOURCE, 'shop', `${sql}; analyze`);
    const address = await docker('inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', SOURCE);
    const project = {
      ...files,
      'compose.yaml': 'name: backlot-bench-fixtures\nservices:\n' + services + '  db:\n    image: postgres:15\n    shm_size: 512m\n    environment: { POSTGRES_USER: shop, POSTGRES_PASSWORD: bench, POSTGRES_DB: shop }\n',
      'backlot.yaml': 'version: 1\nname: backlot-bench-fixtures\ncompose: [compose.yaml]\nsets: { minimal: { services: all, addresses: own, fixture: bench } }\nfixtures: { bench: { services: { db: { engine: postgres, databases: [shop], source: { url: { env: BACKLOT_BENCH_URL } }, rules: rules.yaml } } } }\n' + declarations,
      'rules.yaml': rules,
    };
    return await withProject(project, async ({ directory, env }) => {
      const url = `postgresql://shop:bench@${address}:5432/shop`;
      const bench = { directory, url, env: { ...env, BACKLOT_BENCH_KEY: '0123456789abcdef0123456789abcdef', BACKLOT_BENCH_URL: url } };
      try {
        return await body(bench);
      } finally {
        await execute('node', [backlot, 'down', '--all', '-C', directory], { env }).catch(() => {});
        const volumes = (await docker('volume', 'ls', '-q', '--filter', 'label=dev.backlot.project=backlot-bench-fixtures')).split('\n').filter(Boolean);
        if (volumes.length > 0) await docker('volume', 'rm', '-f', ...volumes);
      }
    });
  } finally {
    await docker('rm', '-fv', SOURCE);
  }
}

const run = ({ directory, env }: Bench, ...words: string[]) => timed('node', [backlot, ...words, '-q', '-C', directory], { env });

/** Milliseconds of the command line with these words, and the most memory that its process had, in MB. */
async function measured({ directory, env }: Bench, ...words: string[]): Promise<{ milliseconds: number; megabytes: number }> {
  const began = performance.now();
  const child = spawn('node', [backlot, ...words, '-q', '-C', directory], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  let most = 0;
  const look = async () => {
    const status = await readFile(`/proc/${child.pid ?? 0}/status`, 'utf8').catch(() => '');
    most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000);
  };
  const timer = setInterval(() => void look(), 50);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(timer);
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}`);
  return { milliseconds: performance.now() - began, megabytes: most };
}

/** Resets in turn with what restores the same database into the same container. */
async function resets(megabytes: number, rounds: number): Promise<{ ours: number[]; peer: number[]; first: number[]; rows: number }> {
  return withSource(fill(megabytes), RULES.accounts, async (bench) => {
    await run(bench, 'fixture', 'capture', 'bench');
    await run(bench, 'up');
    const rows = Number(await ask(DATABASE, 'shop', 'select count(*) from accounts'));
    await docker('exec', DATABASE, 'pg_dump', '-U', 'shop', '-Fd', '-j2', '-f', '/tmp/dump', 'shop');
    const first: number[] = [];
    const ours = async () => {
      const took = await run(bench, 'fixture', 'reset');
      const began = performance.now();
      const found = Number(await ask(DATABASE, 'shop', 'select count(*) from accounts'));
      first.push(performance.now() - began);
      if (found !== rows) throw new Error(`${found} rows after the reset, and ${rows} before`);
      return took;
    };
    const peer = async () => {
      const took = await timed('docker', ['exec', DATABASE, 'sh', '-c', 'dropdb -U shop --if-exists peer && createdb -U shop peer && pg_restore -U shop -j2 -d peer /tmp/dump && psql -U shop -Atc "select count(*) from accounts" peer']);
      // What the server still has to write of this is no part of a reset.
      await ask(DATABASE, 'shop', 'vacuum analyze', 'peer');
      await ask(DATABASE, 'shop', 'checkpoint');
      return took;
    };
    const result = await alternately(rounds, ours, peer);
    await ask(DATABASE, 'shop', 'create extension if not exists amcheck');
    await docker('exec', DATABASE, 'pg_amcheck', '-U', 'shop', 'shop').catch((error: unknown) => Promise.reject(new Error(`pg_amcheck complains of a clone: ${String(error)}`)));
    return { ...result, first, rows };
  });
}

/** Seconds of resets of so much, of which every rule keeps all: how large data is matters here, not what is in it. */
async function keptResets(megabytes: number): Promise<number[]> {
  return withSource(kept(megabytes), KEPT, async (bench) => {
    await run(bench, 'fixture', 'capture', 'bench');
    await run(bench, 'up');
    const expected = await ask(DATABASE, 'shop', 'select count(*), pg_database_size(current_database()) / 1048576 from blobs');
    if (Number(expected.split('|')[1]) < megabytes * 0.9) throw new Error(`only ${expected} (rows, MB) instead of ${megabytes} MB`);
    const took: number[] = [];
    for (let round = 0; round < 5; round++) {
      // A reset that had nothing to undo would be no reset; when the disk gets what was changed is nobody's matter here.
      await ask(DATABASE, 'shop', 'delete from blobs where id % 1000 = 0');
      await docker('exec', DATABASE, 'sync');
      took.push(await run(bench, 'fixture', 'reset'));
      if ((await ask(DATABASE, 'shop', 'select count(*), pg_database_size(current_database()) / 1048576 from blobs')) !== expected) throw new Error('a reset did not bring all rows back');
    }
    return seconds(took);
  });
}

const seconds = (values: readonly number[]) => values.map((value) => value / 1000);
let captures: Promise<{ ours: number[]; peer: number[]; megabytes: number[] }> | undefined;

/** Captures in turn with the plain pipe of the same rows. Both rows of the table come from one run. */
function captured(): NonNullable<typeof captures> {
  captures ??= withSource(people(ROWS), RULES.people, async (bench) => {
    const megabytes: number[] = [];
    const ours = async () => {
      const { milliseconds, megabytes: most } = await measured(bench, 'fixture', 'capture', 'bench');
      megabytes.push(most);
      return milliseconds;
    };
    const peer = () => timed('docker', ['exec', SOURCE, 'sh', '-c', 'dropdb -U shop --if-exists peer && createdb -U shop peer && pg_dump -U shop shop | psql -X -q -U shop -v ON_ERROR_STOP=1 peer >/dev/null']);
    return { ...(await alternately(ROWS > 1_000_000 ? 1 : 2, ours, peer)), megabytes };
  });
  return captures;
}

export const fixtureRows: readonly Row[] = [
  {
    name: 'fixture: a reset until the database answers, against pg_restore -j2 into the same container',
    goal: 0.05,
    measure: async () => {
      const { ours, peer, first, rows } = await resets(MEGABYTES, 4);
      return { unit: 's', ours: seconds(ours), peer: { name: 'pg_restore -j2', values: seconds(peer) }, note: `${MEGABYTES} MB, ${rows} rows; the first count of them takes ${Math.min(...seconds(first)).toFixed(2)} to ${Math.max(...seconds(first)).toFixed(2)} s more, where files are copied when they are first opened; the goal is meant at 1000 MB (BACKLOT_BENCH_FIXTURE_MB)` };
    },
  },
  {
    name: 'fixture: a reset of 50 MB in all',
    goal: 1,
    measure: async () => ({ unit: 's', ours: seconds((await resets(50, 4)).ours) }),
  },
  {
    name: 'fixture: a capture with 12 rules, against pg_dump | psql of the same rows',
    goal: 1.5,
    measure: async () => {
      const { ours, peer } = await captured();
      return { unit: 's', ours: seconds(ours), peer: { name: 'pg_dump | psql', values: seconds(peer) }, note: `${ROWS} rows; the goal is meant at 5000000 (BACKLOT_BENCH_FIXTURE_ROWS), where what a capture costs in any case does not count` };
    },
  },
  {
    name: 'fixture: a reset of 4 GB, against one of 256 MB',
    goal: 1.5,
    measure: async () => {
      const ours = await keptResets(4096);
      return { unit: 's', ours, peer: { name: 'a reset of 256 MB', values: await keptResets(256) } };
    },
  },
  { name: 'fixture: the memory of a capture', goal: 200, measure: async () => ({ unit: 'MB', ours: (await captured()).megabytes, note: `${ROWS} rows` }) },
];
