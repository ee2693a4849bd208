import { createHash } from 'node:crypto';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ByteSearch } from '#core/search/byte-search.ts';
import { OriginalSet } from '#core/search/original-set.ts';
import { newReport, searchStream } from '#core/search/stream-search.ts';
import fc from '../../support/properties.ts';

const ORIGINALS = ['alice.wonder@shop.example', 'Müller-Lüdenscheidt', 'O"Brien & Söhne', 'Łukasz Żółć', '+49 170 123-4567', 'DE89 3704 0044 0532 0130 00', 'Zyxwvu', 'Quillon'];

function setOf(values: readonly string[]): OriginalSet {
  const set = new OriginalSet();
  for (const value of values) set.add(value, 'shop.public.people.value');
  return set;
}

/** Searches bytes in pieces of a size and answers what was found, each as `value: writing`. */
async function find(values: readonly string[], bytes: Uint8Array, piece = 65_536) {
  const set = setOf(values);
  const report = newReport();
  await searchStream(new ByteSearch(set), report, { name: 'file', source: pieces(bytes, piece) });
  return { report, found: [...report.findings].map(([id, { first }]) => `${Buffer.from(set.value(id)).toString()}: ${first.encoding}${first.packed ? ', packed' : ''}`) };
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

/** Text that holds nothing of interest around a value. */
const around = (value: Uint8Array | string, before = 1000) => Buffer.concat([filler(before), Buffer.from(value as string), filler(1000)]);
const filler = (length: number) => Buffer.from(Array.from({ length }, (_, index) => 'lorem ipsum, 42\t'.charCodeAt(index % 16)));
const swapped = (value: string) => Buffer.from(value, 'utf16le').swap16();

describe('a search for originals in stored bytes', () => {
  test.each(['an account DE17203237154129000011 of somebody', 'an account\\n DE17203237154129000011 near an escape', 'a phone)+99920 323 71541298, stored with its length before it'])('takes a number in a longer one that means nothing for a part of it: %s', async (text) => {
    const search = new ByteSearch(setOf(['203 237 154 129']));
    const searched = async (meansNothing?: (value: Uint8Array) => boolean) => {
      const report = newReport(meansNothing);
      await searchStream(search, report, { name: 'file', source: pieces(around(text), 65_536) });
      return report;
    };
    expect((await searched()).findings.size).toBe(1);
    const { findings, parts } = await searched((value) => ['DE17203237154129000011', '+99920 323 71541298'].includes(Buffer.from(value).toString()));
    expect({ found: findings.size, isPart: parts > 0 }).toEqual({ found: 0, isPart: true });
  });

  test('tells the first of all places, also where an original overlaps itself', async () => {
    for (const shift of [0, 1, 2, 3]) {
      const report = newReport();
      await searchStream(new ByteSearch(setOf(['aaaaaaa'])), report, { name: 'file', source: pieces(around('a'.repeat(12), 100 + shift), 65_536) });
      expect([...report.findings.values()].map(({ times, first }) => [times, first.offset])).toEqual([[6, 100 + shift]]);
    }
  });

  test.each(ORIGINALS)('finds %s as it is, at each way of lying across words', async (value) => {
    for (let before = 0; before < 9; before++) expect((await find(ORIGINALS, around(value, before))).found).toEqual([`${value}: plain`]);
  });

  test.each([
    ['capital letters', ORIGINALS[0], (value: string) => value.toUpperCase(), 'plain'],
    ['capital letters with an umlaut', ORIGINALS[1], (value: string) => value.toUpperCase(), 'plain'],
    ['capital letters beyond Latin-1', ORIGINALS[3], (value: string) => value.toUpperCase(), 'plain'],
    ['accents that are letters of their own', ORIGINALS[3], (value: string) => value.normalize('NFD'), 'plain'],
    ['Latin-1', ORIGINALS[1], (value: string) => Buffer.from(value, 'latin1'), 'plain'],
    ['UTF-16', ORIGINALS[1], (value: string) => Buffer.from(value, 'utf16le'), 'utf-16'],
    ['UTF-16, high byte first', ORIGINALS[1], swapped, 'utf-16'],
    ['UTF-16 of letters beyond Latin-1', ORIGINALS[3], (value: string) => Buffer.from(value, 'utf16le'), 'plain'],
    ['UTF-16 of letters beyond Latin-1, high byte first', ORIGINALS[3], swapped, 'plain'],
    ['hexadecimal', ORIGINALS[0], (value: string) => `\\x${Buffer.from(value).toString('hex')}`, 'hex'],
    ['hexadecimal in capitals', ORIGINALS[6], (value: string) => Buffer.from(value).toString('hex').toUpperCase(), 'hex'],
    ['hexadecimal at an odd place', ORIGINALS[6], (value: string) => `f${Buffer.from(value).toString('hex')}0`, 'hex'],
    ['base64', ORIGINALS[0], (value: string) => Buffer.from(value).toString('base64'), 'base64'],
    ['base64 of a short one', ORIGINALS[6], (value: string) => Buffer.from(value).toString('base64'), 'base64'],
    ['base64 with one byte before', ORIGINALS[0], (value: string) => Buffer.from(`x${value}yy`).toString('base64'), 'base64'],
    ['base64 with two bytes before', ORIGINALS[6], (value: string) => Buffer.from(`xx${value}`).toString('base64url'), 'base64'],
    ['base64 over two lines', ORIGINALS[0], (value: string) => Buffer.from('-'.repeat(50) + value + '-'.repeat(50)).toString('base64').replace(/.{76}/g, '$&\n'), 'base64'],
    ['JSON', ORIGINALS[2], (value: string) => JSON.stringify({ name: value }), 'escaped'],
    ['JSON in ASCII', ORIGINALS[1], (value: string) => ascii(value), 'escaped'],
    ['JSON in ASCII in a row of text', ORIGINALS[1], (value: string) => ascii(value).replaceAll('\\', '\\\\'), 'escaped'],
    ['a URL', ORIGINALS[2], (value: string) => encodeURIComponent(value), 'escaped'],
    ['the query of a URL', ORIGINALS[2], (value: string) => `?a=1&by=${encodeURIComponent(value).replaceAll('%20', '+')}&c`, 'escaped'],
    ['HTML', ORIGINALS[2], (value: string) => value.replaceAll('&', '&amp;').replaceAll('"', '&#34;').replaceAll('ö', '&ouml;'), 'escaped'],
    ['a mail', ORIGINALS[1], (value: string) => value.replaceAll('ü', '=C3=BC'), 'escaped'],
    ['digits alone', ORIGINALS[4], () => '491701234567', 'digits'],
    ['other groups', ORIGINALS[4], () => '+49 (170) 12 34 56 7', 'digits'],
    ['no groups', ORIGINALS[5], (value: string) => value.replaceAll(' ', ''), 'digits'],
    ['gzip', ORIGINALS[0], (value: string) => gzipSync(`something before ${value} and after`), 'plain, packed'],
    ['gzip in hexadecimal', ORIGINALS[0], (value: string) => `\\\\x${gzipSync(`before ${value} after`).toString('hex')}\n`, 'plain, packed'],
    ['zip', ORIGINALS[0], (value: string) => zipped(Buffer.from(`something before ${value} and after`)), 'plain, packed'],
    ['zlib', ORIGINALS[0], (value: string) => deflateSync(`something before ${value} and after`), 'plain, packed'],
    ['zlib of little effort', ORIGINALS[0], (value: string) => deflateSync(`before ${value} after`, { level: 1 }), 'plain, packed'],
    ['zlib in hexadecimal', ORIGINALS[0], (value: string) => `\\\\x${deflateSync(`before ${value} after`, { level: 9 }).toString('hex')}\n`, 'plain, packed'],
    ['zlib in base64', ORIGINALS[0], (value: string) => `"${deflateSync(`before ${value} after`).toString('base64')}"`, 'plain, packed'],
    ["MySQL's COMPRESS()", ORIGINALS[0], (value: string) => compressed(value), 'plain, packed'],
    ["MySQL's COMPRESS() in hexadecimal", ORIGINALS[0], (value: string) => `0x${compressed(value).toString('hex')},`, 'plain, packed'],
    ["MySQL's COMPRESS() in base64", ORIGINALS[0], (value: string) => `"${compressed(value).toString('base64')}"`, 'plain, packed'],
    ['base64 in gzip', ORIGINALS[0], (value: string) => gzipSync(`before ${Buffer.from(value).toString('base64')} after`), 'base64, packed'],
  ] as const)('finds it in %s', async (_title, value = '', write, encoding) => {
    for (const before of [1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007]) expect((await find(ORIGINALS, around(write(value), before))).found).toEqual([`${value}: ${encoding}`]);
  });

  test('finds it across the borders of pieces and blocks, once', async () => {
    const block = 1 << 20;
    for (const value of [ORIGINALS[0] ?? '', Buffer.from(ORIGINALS[0] ?? '').toString('hex'), ascii(ORIGINALS[1] ?? '')]) {
      for (const before of [block - 5, block + 2043, block + 2048, 2 * block + 2040, 60_000]) {
        const { report } = await find(ORIGINALS, around(value, before), 7777);
        expect([...report.findings.values()].map(({ times }) => times), `${value} after ${before}`).toEqual([1]);
      }
    }
  });

  test('tells the offset in the stream, how often, and the column, never the value', async () => {
    const value = ORIGINALS[0] ?? '';
    const bytes = Buffer.concat([around(value, (1 << 20) + 4321), around(value)]);
    const { report } = await find(ORIGINALS, bytes);
    expect([...report.findings.values()]).toEqual([{ times: 2, mixed: 0, first: { stream: 'file', offset: (1 << 20) + 4321, encoding: 'plain', packed: false } }]);
    expect(report.bytes).toBe(bytes.length);
  });

  test('unpacks data of many blocks, and counts what it cannot unpack', async () => {
    const noise = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (Math.imul(index, 2654435761) >>> 24) & 0xff));
    const packed = gzipSync(Buffer.concat([noise, Buffer.from(ORIGINALS[0] ?? ''), noise]), { level: 0 });
    const bytes = Buffer.concat([filler(1000), packed, filler(1000), Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), filler(100)]);
    const { found, report } = await find(ORIGINALS, bytes);
    expect(found).toContain('alice.wonder@shop.example: plain');
    expect(report.unpacked).toBeGreaterThan(5_900_000);
    expect(report.closed).toEqual(new Map([['zstd', 1]]));
  });

  /** Bytes that nothing can pack, the same each time. */
  const noiseOf = (length: number) => Buffer.concat(Array.from({ length: Math.ceil(length / 32) }, (_, index) => createHash('sha256').update(String(index)).digest())).subarray(0, length);

  test.each(['hex', 'base64'] as const)('unpacks what is long and packed in %s, and counts what is too long for that', async (writing) => {
    const [noise, value = ''] = [noiseOf(45_000).toString('hex'), ORIGINALS[0]];
    for (const [kind, pack] of [['gzip', gzipSync], ['zlib', deflateSync]] as const) {
      const { found, report } = await find(ORIGINALS, Buffer.from(`"${pack(noise + value).toString(writing)}"`));
      expect([found, report.closed], kind).toEqual([[`${value}: plain, packed`], new Map()]);
      const longer = await find(ORIGINALS, Buffer.from(`"${pack(noiseOf(400_000).toString('hex')).toString(writing)}"`));
      expect(longer.report.closed, kind).toEqual(new Map([[kind, 1]]));
    }
  });

  test('unpacks what zlib packed in many blocks, and takes no text for it', async () => {
    const noise = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (Math.imul(index, 2654435761) >>> 24) & 0xff));
    const packed = deflateSync(Buffer.concat([noise, Buffer.from(ORIGINALS[0] ?? ''), noise]), { level: 1 });
    const { found, report } = await find(ORIGINALS, Buffer.concat([filler(1000), packed, filler(1000)]));
    expect(found).toContain('alice.wonder@shop.example: plain, packed');
    expect(report.closed).toEqual(new Map());
    const text = Buffer.from(`${'x'.repeat(2_000_000)}^ x^2 + x\x01 ${'x\x9cx\xdax\x5e'.repeat(1000)}`, 'latin1');
    expect((await find(ORIGINALS, text)).report).toMatchObject({ unpacked: 0, closed: new Map() });
  });

  test('leaves out and counts what is too short to say anything', () => {
    const set = setOf(['abc', '12345', '2024-01-02', 'Anna', '  Quillon  ', 'quillon']);
    expect({ size: set.size, tooShort: set.tooShort }).toEqual({ size: 1, tooShort: 4 });
  });

  test('searches a long value by pieces of it', async () => {
    const long = Array.from({ length: 60 }, (_, index) => `word${index} of a long letter`).join(' ');
    expect((await find([long], around(long.slice(40)))).found).toHaveLength(2);
  });

  test('misses none and invents none of many, wherever they lie', async () => {
    const text = fc.string({ minLength: 6, maxLength: 70, unit: fc.constantFrom(...'abcdeABC @.é0123') }).filter((value) => (value.match(/[a-z]/gi) ?? []).length >= 3);
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 30 }), fc.array(fc.tuple(fc.nat(29), fc.nat(40)), { maxLength: 10 }), fc.integer({ min: 1, max: 300 }), async (values, planted, piece) => {
        const parts = planted.map(([index, gap]) => '#'.repeat(gap) + (values[index % values.length] ?? ''));
        const set = setOf(values);
        const bytes = Buffer.from(parts.join(''));
        const report = newReport();
        await searchStream(new ByteSearch(set), report, { name: 'file', source: pieces(bytes, piece) });
        const folded = fold(bytes.toString());
        for (let id = 0; id < set.size; id++) {
          const expected = folded.includes(fold(Buffer.from(set.value(id)).toString()));
          if (expected) expect(report.findings.has(id)).toBe(true);
          else if (report.findings.has(id)) expect(report.findings.get(id)?.first.encoding).not.toBe('plain');
        }
      }),
      { numRuns: 300 },
    );
  });
});

const fold = (text: string) => text.toLowerCase();
const ascii = (value: string) => JSON.stringify(value).replace(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** As MySQL and MariaDB pack: the length of what is packed, then zlib. */
function compressed(value: string): Buffer {
  const text = Buffer.from(`before ${value} after`);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  return Buffer.concat([length, deflateSync(text)]);
}

function zipped(content: Uint8Array): Buffer {
  const packed = deflateRawSync(content);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(8, 8);
  header.writeUInt32LE(packed.length, 18);
  header.writeUInt16LE(5, 26);
  return Buffer.concat([header, Buffer.from('a.txt'), packed]);
}
