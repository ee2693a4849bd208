import { describe, expect, test } from 'vitest';
import { DocumentRows, SHAPE } from '#adapters/mongodb/document-rows.ts';
import { openArchive, severalOf } from '#adapters/mongodb/reader.ts';
import { lineOf, rowsOf } from '#adapters/redis/row-lines.ts';
import { definitionsOf } from '#features/fixtures/capture/definitions.ts';
import type { Table } from '#ports/database.ts';
import { archiveOf, documentOf, el, pieces, type Collection } from './by-hand.ts';

const signal = new AbortController().signal;
const OBJECT_ID = '65a1b2c3d4e5f60718293a4b';

const EVERYTHING = documentOf(
  el.objectId('_id', OBJECT_ID), el.double('double', 1.1), el.double('minus nothing', -0), el.double('endless', -Infinity), el.text('text', 'Zoë\t"\\\n\u0001 😀'), el.text('empty', ''),
  el.document('nested', el.document('deeper', el.text('name', 'Anna'), el.int('10', 1), el.int('2', 2)), el.document('nothing in it')),
  el.array('list', el.text('0', 'a,b'), el.text('1', '{"c"}'), el.nothing('2'), el.array('3', el.text('0', 'NULL'), el.array('1')), el.document('4', el.text('name', 'x'))),
  el.binary('bytes', 0, Buffer.from([0, 1, 254, 255])), el.binary('uuid', 4, Buffer.from('00112233445566778899aabbccddeeff', 'hex')), el.binary('old uuid', 3, Buffer.alloc(16, 7)), el.binary('short uuid', 4, Buffer.from([1])), el.binary('old bytes', 2, Buffer.from([1, 0, 0, 0, 9])),
  el.undefined('undefined'), el.boolean('yes', true), el.boolean('no', false), el.date('date', 1_700_000_000_123n), el.date('before', -62_135_596_800_001n), el.date('year 1', -62_135_596_800_000n), el.date('far', 9_000_000_000_000_000n), el.nothing('null'),
  el.regex('regex', '^a.*"$', 'im'), el.pointer('pointer', 'shop.people', OBJECT_ID), el.code('code', 'return 1'), el.symbol('symbol', 'sym'), el.scopedCode('scoped', 'return x', el.int('x', 1)),
  el.int('int', -2_147_483_648), el.timestamp('timestamp', -2n), el.long('long', -9_223_372_036_854_775_808n), el.decimal('decimal', '01000000000000000000000000003e30'), el.decimal('not a number', '0000000000000000000000000000007c'),
  el.least('least'), el.greatest('greatest'), el.text('a.b', 'dot'), el.text('__proto__', 'proto'), el.text(SHAPE, 'mine'), el.text('naïve', 'name'), el.text('', 'no name'),
);

async function tableOf(documents: readonly Buffer[], more: Partial<Collection> = {}): Promise<Table> {
  const archive = archiveOf({ shop: [{ name: 'things', documents, ...more }] });
  const opened = await openArchive({ name: 'things', read: () => pieces(archive, 333) }, signal);
  const [table] = (await opened.reader('shop').catalogue(signal)).tables;
  if (!table) throw new Error('no table');
  return table;
}

/** A document through its row, as bytes of lines between them. */
async function through(document: Buffer, table: Table, change: (row: Record<string, string | null>) => Record<string, string | null> = (row) => row): Promise<Buffer> {
  const columns = table.columns.map(({ name }) => name);
  const rows = new DocumentRows(table.name, severalOf(table));
  const line = Buffer.from(lineOf(change({ ...rows.rowOf(document) }), columns), 'latin1');
  for await (const row of rowsOf(pieces(line, 5), columns)) return rows.documentOf(row);
  throw new Error('no row');
}

const column = (table: Table, name: string) => table.columns.find((one) => one.name === name);

describe('documents as rows', () => {
  test('every type of BSON comes back byte for byte', async () => {
    const table = await tableOf([EVERYTHING]);
    expect((await through(EVERYTHING, table)).toString('hex')).toBe(EVERYTHING.toString('hex'));
  });

  test('paths are named as the server names them, and each has the type of its values', async () => {
    const table = await tableOf([EVERYTHING, documentOf(el.objectId('_id', OBJECT_ID), el.text('int', 'many'), el.double('long', 1), el.int('list', 5))]);
    const types = Object.fromEntries(table.columns.map(({ name, type, base, element }) => [name, `${type}, ${base}${element === undefined ? '' : ` of ${element}`}`]));
    expect(types).toMatchObject({
      _id: 'objectId, bytes', 'nested.deeper.name': 'string, text', 'nested.deeper.10': 'int, integer', list: 'array of int or string, array of text', 'list.name': 'array of string, array of text',
      uuid: 'uuid, uuid', bytes: 'binData, bytes', date: 'date, timestamp', regex: 'regex, other', int: 'int or string, text', long: 'bigint or double, float', decimal: 'decimal, decimal',
      'a\\.b': 'string, text', '\\(shape)': 'string, text', naïve: 'string, text', [SHAPE]: 'shape, other',
    });
    expect(types).not.toHaveProperty('null');
    expect([table.primaryKey, column(table, '_id')?.nullable, column(table, 'int')?.nullable, table.estimatedRows]).toEqual([['_id'], false, true, 2]);
  });

  test('what rules make is stored in the type it had, or the nearest that holds it', async () => {
    const document = documentOf(el.int('int', 5), el.int('large', 5), el.long('long', 5n), el.date('date', 0n), el.double('double', 1), el.boolean('yes', true), el.text('text', 'a'), el.array('list', el.text('0', 'a'), el.text('1', 'b')), el.array('same', el.int('0', 1), el.int('1', 2)), el.objectId('id', OBJECT_ID));
    const table = await tableOf([document]);
    const changed = await through(document, table, (row) => ({ ...row, int: '6', large: '3000000000', long: 'many', date: '2024-02-29 12:00:00', double: '2.5', yes: null, text: Buffer.from('Zoë').toString('latin1'), list: '{"x\\"y",NULL}', same: '7', id: '\\x00112233445566778899aabb' }));
    const expected = documentOf(el.int('int', 6), el.long('large', 3_000_000_000n), el.text('long', 'many'), el.date('date', 1_709_208_000_000n), el.double('double', 2.5), el.nothing('yes'), el.text('text', 'Zoë'), el.array('list', el.text('0', 'x"y'), el.nothing('1')), el.array('same', el.int('0', 7), el.int('1', 7)), el.objectId('id', '00112233445566778899aabb'));
    expect(changed.toString('hex')).toBe(expected.toString('hex'));
  });

  test('documents larger than the room they are put together in come back as well', async () => {
    const document = documentOf(el.text('_id', 'a'.repeat(70_000)), el.document('inner', el.array('parts', el.text('0', 'b'.repeat(300_000)), el.binary('1', 0, Buffer.alloc(200_000, 9)))));
    const rows = new DocumentRows('things', severalOf(await tableOf([document])));
    expect(rows.documentOf(rows.rowOf(document)).equals(document)).toBe(true);
  });

  test('a name that stands twice in a document keeps both values', async () => {
    const document = documentOf(el.text('a', 'one'), el.text('a', 'two'));
    const table = await tableOf([document]);
    expect(column(table, 'a')?.base).toBe('array');
    expect((await through(document, table)).toString('hex')).toBe(document.toString('hex'));
  });

  test('unique indexes keep their paths unique, those on whole documents as well', async () => {
    const metadata = JSON.stringify({ options: {}, indexes: [{ v: { $numberInt: '2' }, key: { _id: { $numberInt: '1' } }, name: '_id_' }, { key: { email: { $numberInt: '1' } }, name: 'email_1', unique: true }, { key: { address: { $numberInt: '1' }, kind: { $numberInt: '-1' } }, unique: true }, { key: { kind: { $numberInt: '1' } } }] });
    const table = await tableOf([documentOf(el.int('_id', 1), el.text('email', 'a@b.c'), el.document('address', el.text('city', 'Bonn'), el.text('zip', '1')), el.int('kind', 1))], { metadata });
    expect(table.unique).toEqual([['_id'], ['email'], ['address.city', 'address.zip', 'kind']]);
  });

  test.each([
    ['a text that goes beyond its document', documentOf(Buffer.concat([Buffer.from([2]), Buffer.from('a\0'), Buffer.from('ff000000', 'hex'), Buffer.from('x\0')]))],
    ['a type that BSON does not have', documentOf(Buffer.from([0x42, 0x61, 0]))],
    ['a name without an end', documentOf(Buffer.from([0x0a, 0x61]))],
    ['a document in it that is longer than it', documentOf(Buffer.concat([Buffer.from([3]), Buffer.from('a\0'), Buffer.from('30000000', 'hex'), Buffer.from([0])]))],
  ])('%s is refused', async (_what, document) => {
    await expect(tableOf([document])).rejects.toThrow(/A document of the source/);
  });

  test('names of fields that are values are refused before there are too many', async () => {
    const documents = Array.from({ length: 2001 }, (_, index) => documentOf(el.document('visits', el.int(`person${index}@real.example`, 1))));
    await expect(tableOf(documents)).rejects.toThrow(/more than 2000 paths/);
  });
});

describe('what an archive holds', () => {
  test('collections of the server itself are left out, views are told by their definitions, time series are refused', async () => {
    const one = [documentOf(el.int('_id', 1))];
    const archive = archiveOf({ shop: [{ name: 'people', documents: one, metadata: '{"options":{"storageEngine":{"wiredTiger":{}},"validator":{"a":1}},"indexes":[],"uuid":"x"}' }, { name: 'system.js', documents: one }, { name: 'gold', type: 'view', metadata: '{"options":{"viewOn":"people","pipeline":[]}}' }], admin: [{ name: 'system.users', documents: one }], config: [{ name: 'x', documents: one }], '': [{ name: 'oplog', documents: one }] });
    const opened = await openArchive({ name: 'all', read: () => pieces(archive, 100) }, signal);
    expect([opened.databases, opened.hasChanges, opened.version]).toEqual([['shop'], true, '7.0.14']);
    const reader = opened.reader('shop');
    expect((await reader.catalogue(signal)).tables.map(({ name }) => name)).toEqual(['people']);
    const { before, after } = await reader.structure(signal);
    expect(before).toBe('create collection `people` {"options":{"validator":{"a":1}},"indexes":[]}\n');
    expect(after).toContain('create view `gold` {"options":{"viewOn":"people","pipeline":[]}}\n');
    expect([...definitionsOf(before), ...definitionsOf(after)].flatMap(({ name }) => name ?? [])).toEqual(['collection people', 'view gold']);
    const series = archiveOf({ shop: [{ name: 'weather', type: 'timeseries' }] });
    await expect(openArchive({ name: 'all', read: () => pieces(series, 100) }, signal)).rejects.toThrow(/shop.weather is a time series/);
  });
});
