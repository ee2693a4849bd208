import { describe, expect, test } from 'vitest';
import { Crc64 } from '#adapters/mongodb/crc64.ts';
import { readArchive } from '#adapters/mongodb/read-archive.ts';
import { writeArchive } from '#adapters/mongodb/write-archive.ts';
import { archiveOf, crc, description, documentOf, el, END, ending, header, MAGIC, pieces, segment } from './by-hand.ts';

const people = [1, 2, 3, 4, 5].map((id) => documentOf(el.int('_id', id), el.text('name', `Anna ${id}`)));
const orders = [documentOf(el.objectId('_id', '65a1b2c3d4e5f60718293a4b'), el.double('sum', 12.5))];
const SHOP = archiveOf({ shop: [{ name: 'people', metadata: '{"options":{}}', documents: people }, { name: 'orders', documents: orders }, { name: 'empty' }] });

type Read = { readonly prelude: unknown; readonly documents: Readonly<Record<string, Buffer[]>> };

async function read(bytes: Uint8Array, options: { readonly length?: number; readonly wants?: (database: string, collection: string) => boolean } = {}): Promise<Read> {
  const documents: Record<string, Buffer[]> = {};
  let prelude: unknown;
  for await (const part of readArchive(pieces(bytes, options.length ?? 64), { name: 'shop.archive', ...(options.wants && { wants: options.wants }) })) {
    if (part.kind === 'prelude') prelude = part.prelude;
    else (documents[`${part.database}.${part.collection}`] ??= []).push(...part.documents);
  }
  return { prelude, documents };
}

const failure = (bytes: Uint8Array) => read(bytes).then(() => 'was read', (error: unknown) => String(error));

describe('the checksum of archives', () => {
  test('is the published one of its kind', () => {
    const sum = new Crc64();
    expect(sum.value).toBe(0n);
    sum.update(Buffer.from('12345'));
    sum.update(Buffer.from('6789'));
    expect(sum.value).toBe(0x995dc9bbdf1939fan);
    expect(crc(Buffer.from('123456789'))).toBe(0x995dc9bbdf1939fan);
  });
});

describe('reading an archive of mongodump', () => {
  test('collections whose parts stand in turns are read whole, however the pieces are cut', async () => {
    for (const length of [1, 2, 3, 7, 61, 4096]) {
      const { prelude, documents } = await read(SHOP, { length });
      expect(prelude).toEqual({ serverVersion: '7.0.14', toolVersion: '100.10.0', collections: [{ database: 'shop', collection: 'people', metadata: '{"options":{}}', type: '' }, { database: 'shop', collection: 'orders', metadata: '', type: '' }, { database: 'shop', collection: 'empty', metadata: '', type: '' }] });
      expect(documents['shop.people']?.map(String)).toEqual(people.map(String));
      expect(documents['shop.orders']?.map(String)).toEqual(orders.map(String));
    }
  });

  test('only what is wanted is handed on, and all is checked', async () => {
    const { documents } = await read(SHOP, { wants: (_database, collection) => collection === 'orders' });
    expect(Object.keys(documents)).toEqual(['shop.orders']);
    const flipped = Buffer.from(SHOP);
    flipped[flipped.indexOf('Anna 3') + 5] = 0x39;
    await expect(read(flipped, { wants: () => false })).rejects.toThrow(/checksum of shop.people/);
  });

  test('cut off at any byte it is refused', async () => {
    const ends = new Set<string>();
    for (let length = 0; length < SHOP.length; length++) ends.add((await failure(SHOP.subarray(0, length))).replace(/.*: /, ''));
    expect([...ends].sort()).toEqual(['its end is missing', 'shop.archive is no archive of mongodump'].sort());
  });

  test('any byte of a document that changed is seen', async () => {
    const from = SHOP.indexOf('Anna 1');
    for (let at = from - 20; at < from + 6; at++) {
      const changed = Buffer.from(SHOP);
      changed[at] = (changed[at] ?? 0) ^ 0x41;
      expect(await failure(changed), `byte ${at}`).toMatch(/corrupt|cut off/);
    }
  });

  test.each([
    ['another file', Buffer.from('PGDMP and more of it'), /no archive of mongodump/],
    ['BSON without an archive', documentOf(el.int('_id', 1)), /no archive of mongodump/],
    ['a prelude without an end', Buffer.concat([MAGIC, header()]), /cut off/],
    ['a block without a beginning', Buffer.concat([MAGIC, header(), END, END]), /has no beginning/],
    ['a length that no document has', Buffer.concat([MAGIC, header(), END, Buffer.from('03000000', 'hex')]), /is none/],
    ['a length beyond all documents', Buffer.concat([MAGIC, header(), END, Buffer.from('00000070', 'hex')]), /is none/],
    ['documents after the end of their collection', Buffer.concat([MAGIC, header(), description('a', { name: 'b' }), END, ending('a', 'b', 0n), segment('a', 'b', people)]), /goes on after its end/],
    ['documents within an end', Buffer.concat([MAGIC, header(), END, ending('a', 'b', 0n).subarray(0, -4), documentOf(), END]), /goes on after its end/],
    ['a collection without an end', Buffer.concat([MAGIC, header(), description('a', { name: 'b' }), END, segment('a', 'b', people)]), /cut off/],
    ['a collection that never comes', Buffer.concat([MAGIC, header(), description('a', { name: 'b' }), END]), /cut off/],
    ['a part of no collection', Buffer.concat([MAGIC, header(), END, documentOf(el.text('db', 'a')), END]), /belongs to no collection/],
  ])('%s is refused', async (_what, bytes, message) => {
    expect(await failure(bytes)).toMatch(message);
  });

  test('whoever stops early lets go of the source', async () => {
    let ended = false;
    const source = (async function* () {
      try {
        yield* pieces(SHOP, 32);
      } finally {
        ended = true;
      }
    })();
    for await (const part of readArchive(source, { name: 'shop' })) if (part.kind === 'documents') break;
    expect(ended).toBe(true);
  });

  test('an archive far larger than memory for it is read in little', async () => {
    const [one, count] = [documentOf(el.text('text', 'x'.repeat(500_000))), 400];
    const sum = crc(one.subarray(0, 0));
    const source = (async function* () {
      yield Buffer.concat([MAGIC, header(), description('a', { name: 'b' }), END]);
      yield segment('a', 'b', []).subarray(0, -4);
      for (let index = 0; index < count; index++) yield Buffer.from(one);
      yield Buffer.concat([END, ending('a', 'b', sum)]);
    })();
    let [documents, most] = [0, 0];
    const reading = async () => {
      for await (const part of readArchive(source, { name: 'large' })) {
        if (part.kind === 'documents') documents += part.documents.length;
        most = Math.max(most, part.kind === 'documents' ? part.documents.reduce((bytes, document) => bytes + document.length, 0) : 0);
      }
    };
    await expect(reading()).rejects.toThrow(/checksum/);
    expect(documents).toBe(count);
    expect(most).toBeLessThan(2 << 20);
  });
});

describe('writing an archive', () => {
  const write = async (collections: Parameters<typeof writeArchive>[1]) => {
    const parts: Uint8Array[] = [];
    for await (const part of writeArchive({ serverVersion: '7.0.14', toolVersion: '100.10.0' }, collections)) parts.push(part);
    return Buffer.concat(parts);
  };

  test('it has every byte of the published format', async () => {
    const written = await write([
      { database: 'shop', collection: 'people', metadata: '{"options":{}}', type: '', documents: (async function* () { yield people.slice(0, 3); yield []; yield people.slice(3); })() },
      { database: 'shop', collection: 'gold', metadata: '{}', type: 'view' },
    ]);
    const expected = Buffer.concat([
      MAGIC,
      documentOf(el.int('concurrent_collections', 1), el.text('version', '0.1'), el.text('server_version', '7.0.14'), el.text('tool_version', '100.10.0')),
      description('shop', { name: 'people', metadata: '{"options":{}}' }),
      description('shop', { name: 'gold', metadata: '{}', type: 'view' }),
      END,
      segment('shop', 'people', people),
      ending('shop', 'people', crc(Buffer.concat(people))),
      ending('shop', 'gold', 0n),
    ]);
    expect(written.toString('hex')).toBe(expected.toString('hex'));
  });
});
