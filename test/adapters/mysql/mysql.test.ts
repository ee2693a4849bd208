import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDockerEngine } from '#adapters/docker/docker-engine.ts';
import { createDataPrograms } from '#adapters/fixtures/data-programs.ts';
import { createMysqlServers } from '#adapters/mysql/servers.ts';
import { startServer, type DataServer } from '#features/fixtures/data-server.ts';
import { mysqlRecipe } from '#features/fixtures/mysql/recipe.ts';
import { LABELS } from '#ports/container-engine.ts';
import type { Table } from '#ports/database.ts';
import { SHOP_ROWS, SHOP_SCHEMA } from '../../features/fixtures/mysql/shop-schema.ts';
import { eventually } from '../../support/backlot.ts';

const IMAGE = 'mariadb:10.11';
const NASTY = 'mysql`; drop';

const engine = createDockerEngine({ choice: {}, environment: process.env, home: process.env['HOME'] ?? '/' });
const programs = createDataPrograms({ environment: process.env, commandLine: () => engine.commandLine() });
const servers = createMysqlServers();
const volume = `bt-${randomBytes(4).toString('hex')}`;
const labels = { [LABELS.role]: 'capture', 'dev.backlot.test': '1' };
const signal = new AbortController().signal;
setMaxListeners(0, signal);
let server: DataServer;
let start: () => Promise<DataServer>;

async function client(database: string, sql: string): Promise<string> {
  const program = programs.inContainer(server.container, ['mariadb', '-uroot', '-psecret', '--socket=/backlot/mysqld.sock', '--default-character-set=utf8mb4', '-N', '-B', `--database=${database}`], {}, signal);
  program.input.end(sql);
  let text = '';
  for await (const part of program.output) text += String(part);
  const { exitCode, errors } = await program.ended;
  if (exitCode !== 0) throw new Error(errors);
  return text.trim();
}

beforeAll(async () => {
  const facts = await engine.inspectImage(IMAGE, signal);
  if (!facts) throw new Error(`${IMAGE} is not there`);
  await engine.createVolume({ name: volume, labels }, signal);
  const recipe = mysqlRecipe({ service: 'db', image: IMAGE, facts, environment: { MARIADB_ROOT_PASSWORD: 'secret' }, mountPaths: [] }, 'fixture', '');
  start = () => startServer(recipe, { name: volume, volume, labels }, { engine, programs }, signal);
  server = await start();
  await client('mysql', `create database shop character set latin1; create database \`${NASTY.replaceAll('`', '``')}\`; create table \`${NASTY.replaceAll('`', '``')}\`.t (id int);`);
  await client('shop', SHOP_SCHEMA);
  await client('shop', SHOP_ROWS);
}, 120_000);

afterAll(async () => {
  await server?.remove();
  await engine.removeVolume(volume, signal);
  engine.close();
});

const stored = (table: Table) => table.columns.filter((column) => !column.generated).map((column) => column.name);

/** Reads the shop and writes it into an empty database. */
async function copyShop(to: string): Promise<void> {
  const reader = await servers.openReader(server.address, 'shop', signal);
  await servers.createDatabase(server.address, to, reader, signal);
  const writer = await servers.openWriter(server.address, to, signal);
  try {
    const { tables } = await reader.catalogue(signal);
    const { before, after } = await reader.structure(signal);
    await writer.execute(before, signal);
    await Promise.all(tables.map((table) => writer.write({ ...table, schema: to }, stored(table), reader.read(table, stored(table), undefined, signal), signal)));
    await writer.execute(after, signal);
    expect(await writer.checkConstraints(signal)).toEqual([]);
  } finally {
    await reader.close();
    await writer.close();
  }
}

async function tableOf(name: string): Promise<{ table: Table; reader: Awaited<ReturnType<typeof servers.openReader>> }> {
  const reader = await servers.openReader(server.address, 'shop', signal);
  const table = (await reader.catalogue(signal)).tables.find((other) => other.name === name);
  if (!table) throw new Error(`no ${name}`);
  return { table, reader };
}

describe('MariaDB', () => {
  test('the databases of people are listed, whatever they are called', async () => {
    expect(await servers.listDatabases(server.address, signal)).toEqual([NASTY, 'shop']);
  });

  test('the catalogue has every table with its types, keys and partitions', async () => {
    const { table: customers, reader } = await tableOf('customers');
    const { tables } = await reader.catalogue(signal);
    await reader.close();
    expect(tables.map(({ name }) => name)).toEqual(['aria_log', 'customers', 'departments', 'empty_one', 'events', 'in_memory', "Line `items` \\ x'y\"", 'old_log', 'orders', 'staff', 'versioned']);
    const column = (name: string) => customers.columns.find((other) => other.name === name);
    expect(column('email')).toMatchObject({ type: 'varchar(120)', base: 'text', maxLength: 120, nullable: false, comment: 'Ask bert.secret@real.example', default: "'default.person@real.example'" });
    expect(column('feeling')).toMatchObject({ base: 'enum', values: ['glad', 'so-so', "it's bad", ''] });
    expect(column('profile')).toMatchObject({ base: 'json' });
    expect(column('secret')).toMatchObject({ base: 'bytes' });
    expect(column('active')).toMatchObject({ base: 'boolean' });
    expect(column('flags')).toMatchObject({ base: 'integer' });
    expect(column('label')).toMatchObject({ generated: true });
    expect(column('upper_email')).toMatchObject({ generated: true });
    expect(column('address')).toMatchObject({ base: 'inet' });
    expect(customers.primaryKey).toEqual(['id']);
    expect(customers.unique).toEqual([['id'], ['email']]);
    expect(customers.foreignKeys).toEqual([{ columns: ['recommended_by'], table: 'customers', references: ['id'] }]);
    expect(tables.find(({ name }) => name === 'events')).toMatchObject({ partitioned: true });
  });

  test('values that checks list are known', async () => {
    await client('mysql', 'create database listed');
    await client('listed', "create table things (id int, `Kind ``of` varchar(9) check (`Kind ``of` in ('new', 'old')), size text check (upper(size) = 'S' or size is null or upper(size) = 'M'), pay int check (pay in (1, 2)), note text check (length(note) < 9), other text, constraint pair check (other in ('a', 'b') or id > 3))");
    const reader = await servers.openReader(server.address, 'listed', signal);
    const { tables } = await reader.catalogue(signal);
    await reader.close();
    await client('mysql', 'drop database listed');
    const allowed = tables[0]?.columns.map(({ name, allowed: values }) => [name, values]);
    expect(allowed).toEqual([['id', undefined], ['Kind `of', ['new', 'old']], ['size', ['S', 'M']], ['pay', ['1', '2']], ['note', undefined], ['other', undefined]]);
  });

  test('a database that was read and written anew has the same rows of every type, and everything that works on them', async () => {
    await copyShop('copy');
    const [shop, copy] = await Promise.all(['shop', 'copy'].map(async (name) => servers.openWriter(server.address, name, signal)));
    const before = await shop?.checksums(signal);
    const after = await copy?.checksums(signal);
    await Promise.all([shop?.close(), copy?.close()]);
    const { in_memory: gone, versioned, ...others } = before ?? {};
    expect(after).toMatchObject(others);
    expect([gone?.rows, after?.['in_memory']?.rows]).toEqual([1, 0]);
    expect([versioned?.rows, after?.['versioned']?.rows]).toEqual([1, 1]);
    expect(before?.['customers']?.rows).toBe(500);
    for (const name of ['customers', 'orders']) expect(await client('copy', `select count(*) from (select * from copy.${name} except select * from shop.${name}) as other`)).toBe('0');
    expect(await client('copy', 'select nextval(order_numbers)')).toBe(await client('shop', 'select nextval(order_numbers)'));
    expect(await client('copy', "select n from a_first; select letters from with_initials where id = 9; call touch_all()")).toBe('166\nN.;');
    expect(await client('copy', 'insert into orders (customer, placed) values (1, now()); select line from old_log order by id desc limit 1')).toMatch(/^order 30\d\d$/);
    await expect(client('copy', 'insert into orders values (1, 9999, now(), null)')).rejects.toThrow(/foreign key/);
    await expect(client('copy', 'update customers set balance = -5000 where id = 1')).rejects.toThrow(/CONSTRAINT/);
    expect(await client('copy', "select default_collation_name from information_schema.schemata where schema_name = 'copy'")).toBe('latin1_swedish_ci');
    expect(await client('copy', "select count(*) from information_schema.columns where table_schema = 'copy' and column_comment like '%secret%'")).toBe('0');
    expect(await client('copy', "select count(*) from information_schema.tables where table_schema = 'copy' and table_comment like '%secret%'")).toBe('0');
    expect(await client('copy', "select count(*) from information_schema.events where event_schema = 'copy'")).toBe('1');
    await client('mysql', 'drop database copy');
  }, 60_000);

  test('what is read stays as it was when the reader was opened, on every connection', async () => {
    const { table: staff, reader } = await tableOf('staff');
    try {
      await client('shop', "insert into staff values (3, 1, 'Late')");
      const readings = await Promise.all(Array.from({ length: 6 }, () => text(reader.read(staff, ['id', 'name'], undefined, signal))));
      expect(readings).toEqual(Array.from({ length: 6 }, () => '1\tAda\n2\tBob\n'));
      expect(await text(reader.read(staff, ['name', { name: 'x', expression: 'upper(name)' }], 'id = 2', signal))).toBe('Bob\tBOB\n');
      expect(await reader.count(staff, undefined, signal)).toBe(2);
    } finally {
      await reader.close();
      await client('shop', 'delete from staff where id = 3');
    }
  });

  test('a reader that leaves early gives its connection back, still in the snapshot', async () => {
    await client('shop', 'create table many (id int, filler varchar(1000)); insert into many select seq, repeat("x", 1000) from seq_1_to_50000');
    const { table: many, reader } = await tableOf('many');
    try {
      await client('shop', 'delete from many where id > 10');
      for (let round = 0; round < 6; round++) for await (const _piece of reader.read(many, ['filler'], undefined, signal)) break;
      expect(await reader.count(many, undefined, signal)).toBe(50_000);
    } finally {
      await reader.close();
      await client('shop', 'drop table many');
    }
  });

  test('rows that do not fit, or are there twice, are refused without a value in the words', async () => {
    await client('shop', 'create table number (n int not null primary key, v varchar(20), unique key (v), check (n < 100))');
    const { table, reader } = await tableOf('number');
    await reader.close();
    for (const estimatedRows of [1, 1_000_000]) for (const rows of ['someone.secret@real.example\tx\n', '1\tsomeone.secret@real.example\n', '1\tsecret.one\n2\tsecret.one\n', '1000\tsecret.two\n', '1\n', '1\t2\tsecret.three\n']) {
      const writer = await servers.openWriter(server.address, 'shop', signal);
      const failure = await writer.write({ ...table, estimatedRows }, ['n', 'v'], pieces(rows), signal).then(() => writer.finishTables?.(signal)).catch((error: unknown) => error);
      await writer.close();
      expect(failure, rows).toMatchObject({ code: 'database-failed' });
      expect(JSON.stringify([String(failure), failure])).not.toContain('secret');
      await client('shop', 'truncate number; alter table number add unique key if not exists v (v)');
    }
    await client('shop', 'drop table number');
  });

  test('the empty text that a server not in strict mode keeps for a label that an enum does not have comes along, and no other', async () => {
    await client('shop', "create table moods (id int primary key, mood enum('it''s \\\\ fine', 'glad') not null, other enum('a', '') default null, more enum('x') default null)");
    await client('shop', "set sql_mode = ''; insert into moods values (1, 'nothing of it', '', null), (2, 'glad', null, ''), (3, 1, 'a', 'x'); create table moods_copy like moods");
    const { table, reader } = await tableOf('moods');
    const writer = await servers.openWriter(server.address, 'shop', signal);
    try {
      const copy = { ...table, name: 'moods_copy' };
      expect(await writer.write(copy, stored(table), reader.read(table, stored(table), undefined, signal), signal)).toBe(3);
      expect(await client('shop', 'select id, mood + 0, other + 0, more + 0 from moods_copy order by id')).toBe('1\t0\t2\tNULL\n2\t2\tNULL\t0\n3\t1\t1\t1');
      expect(await client('shop', "select count(*) from information_schema.triggers where event_object_table = 'moods_copy'")).toBe('0');
      await expect(writer.write(copy, stored(table), pieces('4\tnone of these\ta\tx\n'), signal)).rejects.toMatchObject({ code: 'database-failed', message: expect.stringContaining('mood') as string });
    } finally {
      await Promise.all([reader.close(), writer.close()]);
      await client('shop', 'drop table moods, moods_copy');
    }
  });

  test('many rows come whole, however long one is, and their table has the keys that it had', async () => {
    await client('shop', 'create table crowd (id int not null auto_increment primary key, mail varchar(60) not null, place varchar(60), note longtext, unique key (mail), key (place desc), key by_both (place(5), mail))');
    await client('shop', "insert into crowd select seq, concat(md5(seq), '@x.example'), concat('place ', seq mod 97), if(seq = 20000, repeat('long ', 1200000), md5(seq)) from seq_1_to_30000; analyze table crowd; create table crowd_copy like crowd");
    const { table, reader } = await tableOf('crowd');
    const writer = await servers.openWriter(server.address, 'shop', signal);
    try {
      const copy = { ...table, name: 'crowd_copy' };
      expect(await writer.write(copy, stored(table), reader.read(table, stored(table), undefined, signal), signal)).toBe(30_000);
      await writer.finishTables?.(signal);
      const { crowd, crowd_copy: copied } = await writer.checksums(signal);
      expect(copied).toEqual(crowd);
      const definition = async (name: string) => (await client('shop', `show create table ${name}`)).replaceAll(name, 'crowd');
      expect(await definition('crowd_copy')).toBe(await definition('crowd'));
    } finally {
      await Promise.all([reader.close(), writer.close()]);
      await client('shop', 'drop table crowd, crowd_copy');
    }
  });

  test('tables with generated columns have the same checksum on a server that was started anew', async () => {
    const generated = ['int as (qty + 1) stored', 'int as (qty + 1) virtual', 'decimal(12,2) as (qty * price) stored', 'varchar(40) as (note) stored', 'varchar(40) as (note) virtual unique'];
    const tables = generated.flatMap((made, kind) => [0, 1, 2, 3].map((copy) => `create table made_${kind}_${copy} (id int primary key, qty int not null, price decimal(10,2) not null, note varchar(50), made ${made});
      insert into made_${kind}_${copy} (id, qty, price, note) select seq, seq, seq * 1.1, if(seq mod 3, concat('note ', seq), null) from seq_1_to_1000;`));
    await client('mysql', 'create database made');
    await client('made', tables.join('\n'));
    const sums = async () => {
      const writer = await servers.openWriter(server.address, 'made', signal);
      return writer.checksums(signal).finally(() => writer.close());
    };
    const before = await sums();
    await client('made', 'flush tables');
    const flushed = await sums();
    await server.stop(signal);
    await server.remove();
    server = await start();
    expect([flushed, await sums()]).toEqual([before, before]);
    expect(before['made_0_0']?.rows).toBe(1000);
    await client('mysql', 'drop database made');
  }, 120_000);

  test('other rows of a table with generated columns have another checksum', async () => {
    await client('mysql', 'create database other');
    await client('other', 'create table t (id int, note varchar(20), more text character set utf16, ratio float, exact double, amount decimal(30,10), bytes varbinary(8), flags bit(12), at datetime(6), place point, twice int as (id * 2) stored, `we``ird, name` int)');
    const writer = await servers.openWriter(server.address, 'other', signal);
    const sums: string[] = [];
    try {
      const changes = [
        'do 1', ...Array.from({ length: 3 }, () => "insert into t (id, note, more, ratio, exact, amount, bytes, flags, at, place, `we``ird, name`) values (1, '', 'a', 0.1, 0.1, 1, x'00ff', 5, '2024-01-01 00:00:00.000001', point(1, 2), 1)"),
        ...["note = null", "note = ',' ", "note = '', more = ',a'", "more = 'A'", 'ratio = ratio + 1e-8', 'exact = exact + 2e-17', 'amount = amount + 1e-10', "bytes = x'00fe'", 'flags = 6', 'at = at + interval 1 microsecond', 'place = point(2, 1)', 'place = null', '`we``ird, name` = null', 'id = null'].map((change) => `update t set ${change} limit 1`),
      ];
      for (const change of changes) {
        await client('other', change);
        sums.push((await writer.checksums(signal))['t']?.checksum ?? '');
      }
    } finally {
      await writer.close();
      await client('mysql', 'drop database other');
    }
    expect([sums[0], new Set(sums).size]).toEqual(['0', sums.length]);
  });

  test('rows that fail before they are all there end the writing', async () => {
    const { table, reader } = await tableOf('empty_one');
    await reader.close();
    const writer = await servers.openWriter(server.address, 'shop', signal);
    const rows = async function* () {
      yield Buffer.from('1\n');
      throw new Error('masking failed');
    };
    await expect(writer.write(table, ['id'], rows(), signal)).rejects.toThrow('masking failed');
    await writer.close();
    await client('shop', 'truncate empty_one');
  });

  test('what a function of the source says of a value when it refuses it is not repeated', async () => {
    await client('shop', "delimiter ;;\ncreate function picky(mail varchar(100)) returns int deterministic begin declare words varchar(128) default concat('no mail: ', mail); signal sqlstate '45000' set message_text = words; return 1; end;;");
    const { table, reader } = await tableOf('customers');
    const failure: unknown = await reader.count(table, "picky('ada@real.example') = 1", signal).catch((error: unknown) => error);
    await reader.close();
    await client('shop', 'drop function picky');
    expect(failure).toMatchObject({ code: 'source-failed', message: 'Could not count the rows of customers: the server refuses it [45000]' });
    expect(JSON.stringify([String(failure), failure])).not.toContain('ada@');
  });

  test('a wrong password, a database that is not there and a server that is not there are said in words', async () => {
    await expect(servers.openReader(server.address, 'nothing', signal)).rejects.toMatchObject({ code: 'source-failed', message: expect.stringContaining('no database') });
    await expect(servers.openReader({ ...server.address, password: 'wrong' }, 'shop', signal)).rejects.toMatchObject({ code: 'source-failed', message: expect.stringContaining('refuses the user or password') });
    await expect(servers.openReader({ host: '127.0.0.1', port: 1, user: 'x', password: 'y' }, 'shop', signal)).rejects.toMatchObject({ code: 'source-failed', message: expect.stringContaining('not reached') });
  });

  test('a user who may not hold up writers, or may have few connections, reads all the same, and waits for who does', async () => {
    const person = async (name: string, limit: string) => {
      await client('mysql', `create user ${name} identified by 'pw' with max_user_connections ${limit}; grant select, show view on shop.* to ${name}`);
      return servers.openReader({ ...server.address, user: name, password: 'pw' }, 'shop', signal);
    };
    const connections = (name: string) => client('mysql', `select count(*) from information_schema.processlist where user = '${name}'`);
    const few = await person('few', '2');
    expect(await few.count((await tableOf('customers')).table, undefined, signal)).toBeGreaterThan(0);
    await few.close();
    await eventually(async () => expect(await connections('few')).toBe('0'));

    const reader = await person('plain', '0');
    const { table } = await tableOf('customers');
    await reader.catalogue(signal);
    const writing = client('shop', "lock tables customers write; select 'locked', sleep(3.5); unlock tables");
    await eventually(async () => expect(await client('mysql', "select count(*) from information_schema.processlist where info like '%sleep(3.5)%' and state = 'User sleep'")).toBe('1'));
    expect(await reader.count(table, undefined, signal)).toBeGreaterThan(0);
    await writing;
    await reader.close();
  });

  test('a server that goes away while it is opened to be written to is told in words', async () => {
    const { open } = server.address;
    if (!open) throw new Error('it is not reached by its socket here');
    const lost = () => {
      const stream = open();
      const write = stream.write.bind(stream);
      return Object.assign(stream, { write: (bytes: Uint8Array, ...more: never[]) => (String(bytes).includes('foreign_key_checks') ? Boolean(stream.destroy()) : write(bytes, ...more)) });
    };
    await expect(servers.openWriter({ ...server.address, open: lost }, 'shop', signal)).rejects.toMatchObject({ code: 'database-failed', message: 'Could not open the database shop: the server closed the connection' });
  });

  test('reading ends with its signal', async () => {
    const controller = new AbortController();
    const { table: orders, reader } = await tableOf('orders');
    const reading = (async () => {
      for await (const _piece of reader.read(orders, ['note'], 'sleep(1) = 0', controller.signal)) break;
    })();
    setImmediate(() => controller.abort());
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    await reader.close();
  });
});

async function* pieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of texts) yield Buffer.from(part);
}

async function text(rows: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of rows) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
