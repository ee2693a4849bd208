import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDockerEngine } from '#adapters/docker/docker-engine.ts';
import { createDataPrograms } from '#adapters/fixtures/data-programs.ts';
import { createPostgresServers } from '#adapters/postgres/servers.ts';
import { startServer, type DataServer } from '#features/fixtures/data-server.ts';
import { postgresRecipe } from '#features/fixtures/postgres/recipe.ts';
import { LABELS } from '#ports/container-engine.ts';
import type { Table } from '#ports/database.ts';
import { SHOP_ROWS, SHOP_SCHEMA } from '../../features/fixtures/shop-schema.ts';

const IMAGE = 'postgres:15';
const NASTY = 'postgres; drop';

const engine = createDockerEngine({ choice: {}, environment: process.env, home: process.env['HOME'] ?? '/' });
const programs = createDataPrograms({ environment: process.env, commandLine: () => engine.commandLine() });
const servers = createPostgresServers();
const volume = `bt-${randomBytes(4).toString('hex')}`;
const labels = { [LABELS.role]: 'capture', 'dev.backlot.test': '1' };
const signal = new AbortController().signal;
let server: DataServer;

async function psql(database: string, sql: string): Promise<string> {
  const program = programs.inContainer(server.container, ['psql', '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-U', 'postgres', '-d', `dbname='${database}'`], {}, signal);
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
  const recipe = postgresRecipe({ service: 'db', image: IMAGE, facts, environment: { POSTGRES_PASSWORD: 'secret' }, mountPaths: [] }, 'fixture', '');
  server = await startServer(recipe, { name: volume, volume, labels }, { engine, programs }, signal);
  await psql('postgres', `create database shop; create database "${NASTY}"; create database copy template template0;`);
  await psql('shop', SHOP_SCHEMA);
  await psql('shop', SHOP_ROWS);
}, 120_000);

afterAll(async () => {
  await server?.remove();
  await engine.removeVolume(volume, signal);
  engine.close();
});

async function copyAll(from: string, to: string): Promise<void> {
  const reader = await servers.openReader(server.address, from, signal);
  const writer = await servers.openWriter(server.address, to, signal);
  try {
    const { tables } = await reader.catalogue(signal);
    const { before, after } = await reader.structure(signal);
    await writer.execute(before, signal);
    await Promise.all(tables.map((table) => writer.write(table, stored(table), reader.read(table, stored(table), undefined, signal), signal)));
    await writer.execute(after, signal);
    expect(await writer.checkConstraints(signal)).toEqual([]);
  } finally {
    await reader.close();
    await writer.close();
  }
}

const stored = (table: Table) => table.columns.filter((column) => !column.generated).map((column) => column.name);

describe('PostgreSQL', () => {
  test('the databases of people are listed, whatever they are called', async () => {
    expect(await servers.listDatabases(server.address, signal)).toEqual(['copy', NASTY, 'shop']);
  });

  test('the catalogue has every table with its types, keys and partitions in one', async () => {
    const reader = await servers.openReader(server.address, 'shop', signal);
    const { tables } = await reader.catalogue(signal);
    await reader.close();
    expect(tables.map(({ name }) => name)).toEqual(['Odd "Schema".Line "items" \\ x', 'customers', 'departments', 'events', 'orders', 'staff']);
    const customers = tables.find(({ name }) => name === 'customers');
    const column = (name: string) => customers?.columns.find((other) => other.name === name);
    expect(column('email')).toMatchObject({ type: 'email', base: 'text', nullable: false, comment: 'Ask bert.secret@real.example' });
    expect(column('name')).toMatchObject({ base: 'text', maxLength: 40, nullable: false });
    expect(column('feeling')).toMatchObject({ base: 'enum', values: ['glad', 'so-so', "it's bad"] });
    expect(column('tags')).toMatchObject({ base: 'array', element: 'text', type: 'text[]' });
    expect(column('balance')).toMatchObject({ base: 'decimal', type: 'numeric(12,2)' });
    expect(column('full_label')).toMatchObject({ generated: true });
    expect(column('id')).toMatchObject({ generated: false, base: 'integer' });
    expect(customers?.primaryKey).toEqual(['id']);
    expect(customers?.unique).toEqual([['id'], ['email'], ['email']]);
    expect(customers?.foreignKeys).toEqual([{ columns: ['recommended_by'], table: 'customers', references: ['id'] }]);
    expect(tables.find(({ name }) => name === 'events')).toMatchObject({ partitioned: true });
  });

  test('values that checks list are known, of domains as well', async () => {
    await psql('postgres', 'create database listed');
    await psql(
      'listed',
      `create domain answer as text check (value in ('yes', 'no'));
       create table things (id int, "Kind of" varchar(9) check ("Kind of" in ('it''s', 'old')), size text check (upper(size) = 'S' or size is null or upper(size) = 'M'), pay int check (pay in (1, 2)),
         answer answer, answers answer[], note text check (length(note) < 9), other text, constraint pair check (other in ('a', 'b') or id > 3));
       alter table things add check (note in ('c', 'd')) not valid;`,
    );
    const reader = await servers.openReader(server.address, 'listed', signal);
    const { tables } = await reader.catalogue(signal);
    await reader.close();
    const allowed = tables[0]?.columns.map(({ name, allowed: values }) => [name, values]);
    expect(allowed).toEqual([['id', undefined], ['Kind of', ["it's", 'old']], ['size', ['S', 'M']], ['pay', ['1', '2']], ['answer', ['yes', 'no']], ['answers', undefined], ['note', undefined], ['other', undefined]]);
  });

  test('keys that single partitions have, or that refer to them, are those of their tables', async () => {
    await psql('postgres', 'create database parted');
    await psql(
      'parted',
      `create table people (id int primary key, note text, code text unique);
       create unique index on people (code, id) include (note);
       create table payments (id int, day date, person int, "odd ""code" text, slip int, primary key (id, day)) partition by range (day);
       create table payments_1 partition of payments for values from ('2022-01-01') to ('2022-02-01');
       create table payments_2 (slip int, gone int, "odd ""code" text, person int, day date not null, id int not null);
       alter table payments_2 drop column gone;
       alter table payments attach partition payments_2 for values from ('2022-02-01') to ('2022-03-01');
       create table payments_3 partition of payments for values from ('2022-03-01') to ('2022-04-01') partition by range (day);
       create table payments_3a partition of payments_3 default;
       alter table payments_1 add foreign key (person) references people; create unique index on payments_1 (slip);
       alter table payments_2 add foreign key (person) references people; create unique index on payments_2 (slip);
       alter table payments_3a add foreign key ("odd ""code") references people (code);
       create table remarks (payment int, paid date, person int references people, slip int references payments_2 (slip), foreign key (payment, paid) references payments_2 (id, day));`,
    );
    const reader = await servers.openReader(server.address, 'parted', signal);
    const { tables } = await reader.catalogue(signal);
    await reader.close();
    await psql('postgres', 'drop database parted');
    const [payments, people, remarks] = tables;
    expect(tables.map(({ name }) => name)).toEqual(['payments', 'people', 'remarks']);
    expect(payments?.foreignKeys).toEqual([{ columns: ['person'], table: 'people', references: ['id'] }, { columns: ['odd "code'], table: 'people', references: ['code'] }]);
    expect(payments).toMatchObject({ primaryKey: ['id', 'day'], unique: [['id', 'day']], uniqueInParts: [[['id', 'day'], ['slip']]] });
    expect(people).toMatchObject({ primaryKey: ['id'], unique: [['id'], ['code'], ['code', 'id']] });
    expect(people).not.toHaveProperty('uniqueInParts');
    expect(remarks?.foreignKeys).toEqual([{ columns: ['person'], table: 'people', references: ['id'] }, { columns: ['slip'], table: 'payments', references: ['slip'] }, { columns: ['payment', 'paid'], table: 'payments', references: ['id', 'day'] }]);
  });

  test('a database that was read and written anew has the same rows, sequences, triggers, views and constraints', async () => {
    await copyAll('shop', 'copy');
    const [shop, copy] = await Promise.all(['shop', 'copy'].map(async (name) => servers.openWriter(server.address, name, signal)));
    const before = await shop?.checksums(signal);
    expect(await copy?.checksums(signal)).toEqual(before);
    expect(before?.['customers']?.rows).toBe(500);
    expect(before?.['events']?.rows).toBe(401);
    await Promise.all([shop?.close(), copy?.close()]);
    expect(await psql('copy', "select nextval('order_numbers')")).toBe('3000');
    expect(await psql('copy', 'insert into customers (email, name) values (\'x@y\', \'z\') returning id')).toBe('501');
    expect(await psql('copy', 'select sum(orders) from totals')).toBe('2000');
    expect(await psql('copy', "update customers set name = 'q' where id = 1 returning touched is not null")).toBe('t');
    await expect(psql('copy', 'insert into orders values (1, 9999, now())')).rejects.toThrow(/foreign key/);
    expect(await psql('copy', "select count(*) from pg_description where description like '%secret%'")).toBe('0');
  });

  test('tables without columns, and those whose columns are all generated, have their rows', async () => {
    await psql('postgres', 'create database bare; create database bare_copy template template0');
    await psql('bare', 'create table bare (); insert into bare default values; insert into bare default values; create table made (two int generated always as (1 + 1) stored); insert into made default values');
    await copyAll('bare', 'bare_copy');
    expect(await psql('bare_copy', "select (select count(*) from bare) || ' ' || (select sum(two) from made)")).toBe('2 2');
    await psql('postgres', 'drop database bare; drop database bare_copy');
  });

  test('what is read stays as it was when the reader was opened', async () => {
    const reader = await servers.openReader(server.address, 'shop', signal);
    try {
      const { tables } = await reader.catalogue(signal);
      const staff = tables.find(({ name }) => name === 'staff');
      if (!staff) throw new Error('no staff');
      await psql('shop', "insert into staff values (3, 1, 'Late')");
      expect(await reader.count(staff, undefined, signal)).toBe(2);
      expect(await text(reader.read(staff, ['id', 'name'], undefined, signal))).toBe('1\tAda\n2\tBob\n');
      expect(await text(reader.read(staff, ['name'], 'id = 2', signal))).toBe('Bob\n');
      await psql('shop', 'create table appeared (id int)');
      expect((await reader.structure(signal)).before).not.toContain('appeared');
      await expect(psql('shop', "set lock_timeout = '100ms'; alter table staff alter id type bigint")).rejects.toThrow(/lock timeout/);
    } finally {
      await reader.close();
      await psql('shop', 'drop table appeared');
      await psql('shop', 'delete from staff where id = 3');
    }
  });

  test('a source that changes before its tables are held ends it by name: it would look empty, or is gone', async () => {
    await psql('postgres', 'create database moving');
    await psql('moving', 'create table written (id int, name text); insert into written values (1, $$Ada$$); create table still (id int); create table gone (id int)');
    const open = async (change: string) => {
      const reader = await servers.openReader(server.address, 'moving', signal);
      try {
        await psql('moving', change);
        return await reader.catalogue(signal).then(() => 'opened', (error: unknown) => error);
      } finally {
        await reader.close();
      }
    };
    expect(await open('insert into written values (2); create table new (id int); alter table still add column late text')).toBe('opened');
    expect(await open('alter table written alter name type varchar(40)')).toMatchObject({ code: 'source-failed', message: 'The source changed while it was opened: written was written anew (by ALTER TABLE, TRUNCATE or the like)', fix: 'Capture again once that has ended.' });
    expect(await open('drop table gone')).toMatchObject({ code: 'source-failed', message: expect.stringContaining('does not exist') as string, fix: expect.stringContaining('capture again') as string });
    await psql('postgres', 'drop database moving');
  });

  test('rows that do not fit are refused without a value in the words', async () => {
    const reader = await servers.openReader(server.address, 'shop', signal);
    const writer = await servers.openWriter(server.address, 'shop', signal);
    const { tables } = await reader.catalogue(signal);
    const staff = tables.find(({ name }) => name === 'staff');
    await reader.close();
    if (!staff) throw new Error('no staff');
    await psql('shop', 'create table number (n int)');
    const rows = async function* () {
      yield Buffer.from('someone.secret@real.example\n');
    };
    const failure = await writer.write({ ...staff, name: 'number' }, ['n'], rows(), signal).catch((error: unknown) => error);
    await writer.close();
    await psql('shop', 'drop table number');
    expect(failure).toMatchObject({ code: 'database-failed' });
    expect(JSON.stringify([String(failure), failure])).not.toContain('someone');
  });

  test('a wrong password and a database that is not there are said in words', async () => {
    await expect(servers.openReader(server.address, 'nothing', signal)).rejects.toMatchObject({ code: 'source-failed', message: expect.stringContaining('no database') });
    const elsewhere = { host: '127.0.0.1', port: 1, user: 'x', password: 'y' };
    await expect(servers.openReader(elsewhere, 'shop', signal)).rejects.toMatchObject({ code: 'source-failed', message: expect.stringContaining('not reached') });
  });

  test('reading ends with its signal', async () => {
    const controller = new AbortController();
    const reader = await servers.openReader(server.address, 'shop', signal);
    const { tables } = await reader.catalogue(signal);
    const orders = tables.find(({ name }) => name === 'orders');
    if (!orders) throw new Error('no orders');
    const reading = (async () => {
      for await (const _piece of reader.read(orders, ['note'], 'pg_sleep(1) is not null', controller.signal)) break;
    })();
    controller.abort();
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
    await reader.close();
  });

  test('a database in another encoding is copied with the names and values that it has', async () => {
    await psql('postgres', "create database latin template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'");
    await psql('latin', "set client_encoding = 'UTF8'; create table \"prénoms\" (nom text not null default 'Zoë' check (nom <> 'Ñandú')); insert into \"prénoms\" values (default), ('Åsa')");
    await servers.createDatabase(server.address, 'latin_copy', { encoding: 'LATIN1' }, signal);
    await copyAll('latin', 'latin_copy');
    await psql('latin_copy', 'set client_encoding = UTF8; insert into "prénoms" values (default)');
    expect(await psql('latin_copy', 'set client_encoding = UTF8; select string_agg(nom, \',\' order by nom) from "prénoms"')).toBe('Zoë,Zoë,Åsa');
  });

  test('a server that goes away while it is opened to be written to is told in words', async () => {
    const { open } = server.address;
    if (!open) throw new Error('it is not reached by its socket here');
    const lostAt = (words: string) => () => {
      const stream = open();
      const write = stream.write.bind(stream);
      return Object.assign(stream, { write: (bytes: Uint8Array, ...more: never[]) => (String(bytes).includes(words) ? Boolean(stream.destroy()) : write(bytes, ...more)) });
    };
    await expect(servers.openWriter({ ...server.address, open: lostAt('server_version') }, 'shop', signal)).rejects.toMatchObject({ code: 'database-failed', message: 'Could not open the database shop: the server closed the connection' });
  });
});

async function text(rows: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of rows) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}
