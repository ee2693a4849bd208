import { expect, test } from 'vitest';
import { ByteSearch } from '#core/search/byte-search.ts';
import { findSuspects, searchLooked } from '#core/search/find-suspects.ts';
import { SpilledOriginals, type Scratch } from '#core/search/spilled-originals.ts';
import { newReport, searchStream } from '#core/search/stream-search.ts';

const never = new AbortController().signal;

/** A scratch that is memory. */
function memoryScratch(): Scratch {
  const parts: Uint8Array[] = [];
  return { write: (bytes) => void parts.push(Buffer.from(bytes)), read: (into, from) => void into.set(Buffer.concat(parts).subarray(from, from + into.length)) };
}

function gathered(values: Iterable<string>, most: number): SpilledOriginals {
  const originals = new SpilledOriginals(memoryScratch(), most);
  for (const value of values) originals.add(value, 'shop.people.email');
  return originals;
}

const many = (count: number) => Array.from({ length: count }, (_, index) => (index % 3 === 0 ? `person${index}@real.example` : index % 3 === 1 ? `+49 151 ${10_000_000 + index}` : `q${index.toString(36).padStart(6, 'x')}`));

async function found(originals: SpilledOriginals, text: Uint8Array): Promise<string[]> {
  async function* streams() {
    yield { name: 'file', source: (async function* () { yield text; })() };
  }
  const all: string[] = [];
  for await (const { set: suspects } of findSuspects(originals, streams, never)) {
    const report = newReport();
    for await (const stream of streams()) await searchStream(new ByteSearch(suspects), report, stream);
    for (const original of report.findings.keys()) all.push(`${suspects.column(original)} ${Buffer.from(suspects.value(original)).toString()}`);
  }
  return all.sort();
}

test('finds, of more originals than memory holds, the very ones that are there, in every writing', async () => {
  const values = [...many(5000), 'Łukasz Żółtowski'];
  const [first = '', second = '', third = ''] = values;
  const planted = [first, (values[4999] ?? '').toUpperCase(), Buffer.from(values[2400] ?? '').toString('hex'), Buffer.from(values[3000] ?? '').toString('base64'), second.replaceAll(' ', '-'), third];
  const noise = many(9000).map((value) => value.replace('real', 'made').replace('+49 151', '+999 77').replace(/^q/, 'z'));
  const text = Buffer.concat([Buffer.from([...noise.slice(0, 4000), ...planted, ...noise.slice(4000)].join('\n')), Buffer.from('\0\0 Łukasz Żółtowski', 'utf16le')]);

  const expected = [first, values[4999], values[2400], values[3000], second, third, 'Łukasz Żółtowski'].map((value) => `shop.people.email ${value ?? ''}`).sort();
  await expect(found(gathered(values, 300), text)).resolves.toEqual(expected);
  // As one set in memory, without a first look.
  await expect(found(gathered(values, 1 << 20), text)).resolves.toEqual(expected);
});

test('finds nothing where nothing is, and still gives a set to search for', async () => {
  await expect(found(gathered(many(1000), 100), Buffer.from('nothing of anybody '.repeat(1000)))).resolves.toEqual([]);
});

test('counts and keeps what was spilled as what was not', () => {
  const originals = gathered(['abc', ...many(250)], 100);
  expect(originals.whole).toBeUndefined();
  expect(originals.size).toBe(250);
  expect(originals.tooShort).toBe(1);
  const read: string[] = [];
  for (const { originals: batch } of originals.batches()) for (let id = 0; id < batch.size; id++) read.push(Buffer.from(batch.value(id)).toString());
  expect(read).toEqual(many(250));
});

test('keeps no windows where they would be much of all, and says that everything has to be read again', async () => {
  const [value = '', ...others] = many(500);
  const text = Buffer.from(`${value}\n`.repeat(200_000));
  async function* streams() {
    yield { name: 'file', source: (async function* () { yield text; })() };
  }
  const kept = async (most?: number) => {
    for await (const { set, looked } of findSuspects(gathered([value, ...others], 100), streams, never, { mostKept: most ?? 1 << 26 })) return looked && searchLooked(new ByteSearch(set), looked, undefined);
    return undefined;
  };
  await expect(kept(0)).resolves.toBeUndefined();
  expect([...((await kept())?.findings.values() ?? [])].map(({ times }) => times)).toEqual([200_000]);
});

test('looks once more, for other grams, where more may be there than an exact search is for', async () => {
  const values = Array.from({ length: 1000 }, (_, number) => `${String(number % 20).padStart(8, '0')} two three four-${String(number).padStart(6, '0')}`);
  const text = Buffer.from([...values.map((value) => value.slice(8)), values[77]].join('\n'));
  let opened = 0;
  async function* streams() {
    opened += 1;
    yield { name: 'file', source: (async function* () { yield text; })() };
  }
  const sizes: number[] = [];
  for await (const { set } of findSuspects(gathered(values, 500), streams, never, { mostSuspects: 400 })) sizes.push(set.size);
  expect(opened).toBe(2);
  expect(sizes).toHaveLength(1);
  expect(sizes[0]).toBeLessThan(100);
});

test('leaves out, and counts, what may be there and proves nothing', async () => {
  const values = many(500);
  async function* streams() {
    yield { name: 'file', source: (async function* () { yield Buffer.from(`${values[0] ?? ''}, ${values[3] ?? ''} and ${values[6] ?? ''}`); })() };
  }
  const isExcused = (value: Uint8Array) => Buffer.from(value).toString() === values[3];
  for await (const { set, excused } of findSuspects(gathered(values, 100), streams, never, { isExcused })) {
    const suspects = Array.from({ length: set.size }, (_, id) => Buffer.from(set.value(id)).toString());
    expect(suspects).toEqual(expect.arrayContaining([values[0], values[6]]));
    expect(suspects).not.toContain(values[3]);
    expect(excused).toBe(1);
  }
});

test('tells dense values apart: addresses that share nearly all of their bytes with made-up ones, as text and as servers store them', async () => {
  const ends = (count: number) => Array.from({ length: count }, (_, number) => [100 + (number % 150), 100 + (Math.floor(number / 150) % 150), 100 + Math.floor(number / 22_500)]);
  const originals = gathered(ends(60_000).map((end) => [203, ...end].join('.')), 5000);
  const others = ends(120_000).map((end, number) => [110 + (number % 90), ...end]);
  const stored = others.map((other) => Buffer.from([0x28, 0, 0, 0, 2, 32, ...other]));
  const text = Buffer.concat([Buffer.from(others.map((other) => other.join('.')).join('\n')), ...stored, Buffer.from('\n203.101.102.100\n')]);
  async function* streams() {
    yield { name: 'file', source: (async function* () { yield text; })() };
  }
  for await (const { set, looked } of findSuspects(originals, streams, never, { mostKept: 0 })) {
    const suspects = Array.from({ length: set.size }, (_, id) => Buffer.from(set.value(id)).toString());
    expect(suspects).toContain('203.101.102.100');
    expect(suspects.length).toBeLessThan(20);
    expect(looked?.windows.areGivenUp).toBe(false);
  }
});
