import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { alternately, backlot, timed, withProject, type Measured, type Row } from './bench.ts';

const run = promisify(execFile);

const ROWS = Number(process.env['BENCH_ROWS'] ?? 1_000_000);
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 3);
const PASSWORD = 'bench';
const CLIENT = `mariadb -uroot -p${PASSWORD}`;
const DUMP = `mariadb-dump -uroot -p${PASSWORD}`;

const TABLE = `create table people (id bigint not null auto_increment primary key, email varchar(120) not null, first varchar(40), last varchar(40), phone varchar(30), iban varchar(34), street varchar(80), city varchar(60), born date, note varchar(200), balance decimal(12,2), ip varchar(40), company varchar(60), seen datetime, unique key (email), key (last))`;
const FILL = `insert into people (email, first, last, phone, iban, street, city, born, note, balance, ip, company, seen)
  select concat('person', seq, '@mail.example'), concat('First', seq mod 4999), concat('Last', seq mod 9973), concat('+49 ', conv(left(md5(seq), 10), 16, 10)), concat('DE', lpad(conv(left(md5(seq + 1), 15), 16, 10), 20, '1')), concat('Allee ', seq mod 7919), concat('Dorf ', seq mod 997),
         date_add('1950-01-01', interval seq mod 20000 day), concat('some words about nothing ', md5(seq)), seq * 0.25, concat('2001:db8:', mid(md5(seq), 1, 4), ':', mid(md5(seq), 5, 4), ':', mid(md5(seq), 9, 4), '::', mid(md5(seq), 13, 3)), concat('Betrieb ', seq mod 3001), date_add('2020-01-01', interval seq second) from seq_1_to_${ROWS}`;
/** Twelve rules. */
const RULES = `version: 1
tables:
  people: { id: keep, email: { email: {} }, first: { person: first }, last: { person: last }, phone: { phone: {} }, iban: { iban: {} }, street: { address: street }, city: { address: city }, born: { date: { shift: 30d } }, note: { text: redact }, balance: { number: { noise: 10% } }, ip: { ip: {} }, company: { company: {} }, seen: keep }
`;

type Scene = { readonly directory: string; readonly env: NodeJS.ProcessEnv; readonly source: string; readonly target: string; readonly dump: string };

/** A source with rows in it, an empty server as the peer fills it, and a project whose fixture is of the source. */
async function withScene(body: (scene: Scene) => Promise<Measured>): Promise<Measured> {
  const name = `backlot-bench-${randomBytes(3).toString('hex')}`;
  const servers = [`${name}-source`, `${name}-target`] as const;
  try {
    for (const server of servers) await run('docker', ['run', '-d', '--name', server, '--label', 'dev.backlot.test=1', '-e', `MARIADB_ROOT_PASSWORD=${PASSWORD}`, '-e', 'MARIADB_DATABASE=bench', 'mariadb:10.11']);
    for (const server of servers) while (!(await inside(server, 'mariadb-admin ping --silent --protocol=tcp -h 127.0.0.1').then(() => true, () => false)));
    await inside(servers[0], `${CLIENT} bench -e "${TABLE}; ${FILL}"`);
    const address = (await run('docker', ['inspect', '-f', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}', servers[0]])).stdout.trim();
    const files = {
      'compose.yaml': `name: ${name}\nservices: { db: { image: "mariadb:10.11", stop_grace_period: 5s, environment: { MARIADB_ROOT_PASSWORD: ${PASSWORD}, MARIADB_DATABASE: bench } } }\n`,
      'backlot.yaml': `version: 1\nname: ${name}\ncompose: [compose.yaml]\nsets: { minimal: { services: all } }\nfixtures:\n  people:\n    keep: 1\n    services:\n      db: { engine: mariadb, source: { url: "mysql://root:${PASSWORD}@${address}:3306/bench" }, rules: rules.yaml }\n`,
      'rules.yaml': RULES,
    };
    return await withProject(files, async ({ directory, env }) => {
      const dump = join(directory, 'dump.sql');
      await writeFile(dump, (await run('docker', ['exec', servers[0], 'sh', '-c', `${DUMP} bench`], { maxBuffer: 1 << 30, encoding: 'buffer' })).stdout);
      return body({ directory, env, source: servers[0], target: servers[1], dump });
    });
  } finally {
    await run('docker', ['rm', '-fv', ...servers]).catch(() => {});
    const { stdout } = await run('docker', ['volume', 'ls', '-q', '--filter', `label=dev.backlot.project=${name}`]);
    for (const volume of stdout.split('\n').filter(Boolean)) await run('docker', ['volume', 'rm', '-f', volume]).catch(() => {});
  }
}

const inside = (container: string, command: string) => run('docker', ['exec', container, 'sh', '-c', command], { maxBuffer: 1 << 28 });
const empty = (target: string) => inside(target, `${CLIENT} -e "drop database if exists bench; create database bench"`);

function captured(): Promise<Measured> {
  return withScene(async ({ directory, env, source, target }) => {
    const { ours, peer } = await alternately(
      ROUNDS,
      async () => (await timed('node', [backlot, 'fixture', 'capture', 'people', '-C', directory, '--quiet'], { env })) / 1000,
      async () => {
        await empty(target);
        return (await timed('sh', ['-c', `docker exec ${source} ${DUMP} bench | docker exec -i ${target} ${CLIENT} bench`])) / 1000;
      },
    );
    return { unit: 's', ours, peer: { name: 'mariadb-dump | mariadb', values: peer }, note: `${ROWS.toLocaleString('en')} rows, 12 rules; ours searches every stored byte as well` };
  });
}

function loaded(): Promise<Measured> {
  return withScene(async ({ directory, env, target, dump }) => {
    await run('node', [backlot, 'fixture', 'capture', 'people', '-C', directory, '--quiet'], { env, maxBuffer: 1 << 28 });
    await run('node', [backlot, 'up', '-C', directory, '--fixture', 'people'], { env, maxBuffer: 1 << 28 });
    const { ours, peer } = await alternately(
      ROUNDS,
      async () => (await timed('node', [backlot, 'fixture', 'load', 'people', '-C', directory], { env })) / 1000,
      async () => {
        await empty(target);
        return (await timed('sh', ['-c', `docker exec -i ${target} ${CLIENT} bench < ${dump}`])) / 1000;
      },
    );
    return { unit: 's', ours, peer: { name: 'mariadb < dump', values: peer }, note: `${ROWS.toLocaleString('en')} rows, until the service is ready` };
  });
}

export const fixturesMariadbRows: readonly Row[] = [
  { name: 'fixtures-mariadb load', goal: 0.07, measure: loaded },
  { name: 'fixtures-mariadb capture', goal: 1.5, measure: captured },
];
