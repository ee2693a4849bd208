import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { ByteSearch, SEARCHED_AT_ONCE } from '#core/search/byte-search.ts';
import { findSuspects, searchLooked } from '#core/search/find-suspects.ts';
import { OriginalSet } from '#core/search/original-set.ts';
import { SpilledOriginals } from '#core/search/spilled-originals.ts';
import { newReport, searchStream } from '#core/search/stream-search.ts';
import fc from '../../support/properties.ts';

/** Every way in which a value may be written, each with what the value looks like then: a plain look for any of those is the naive search. */
const WRITINGS: readonly ((value: string) => Buffer)[] = [
  (value) => Buffer.from(value),
  (value) => Buffer.from(value.toUpperCase()),
  (value) => Buffer.from(value, 'utf16le'),
  (value) => Buffer.from(value, 'utf16le').swap16(),
  (value) => Buffer.from(Buffer.from(value).toString('hex')),
  (value) => Buffer.from(Buffer.from(value).toString('hex').toUpperCase()),
  ...[0, 1, 2].map((before) => (value: string) => Buffer.from(Buffer.from('x'.repeat(before) + value + 'x'.repeat((6 - ((before + value.length) % 3)) % 3)).toString('base64'))),
  (value) => Buffer.from([...value].map((letter) => `\\u00${letter.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')),
  (value) => Buffer.from([...value].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('')),
  (value) => Buffer.from([...value].map((letter) => `&#${letter.charCodeAt(0)};`).join('')),
  (value) => gzipSync(`before ${value} after`),
];

/** Where pieces of the search meet: what is looked at together, what is handed to the kernel together, and masks of 64 bytes. */
const BORDERS = [0, 64, 1 << 16, (1 << 16) * 3, SEARCHED_AT_ONCE - (1 << 11), SEARCHED_AT_ONCE];
const MARGIN = 400;
const SIZE = SEARCHED_AT_ONCE + (1 << 12);

const value = fc.string({ minLength: 7, maxLength: 30, unit: fc.constantFrom(...'aBcdEfg hij@.k') }).filter((text) => (text.match(/[a-z]/gi) ?? []).length >= 7 && text.trim() === text && !/ {2}/.test(text));
const planted = fc.array(fc.record({ value: fc.nat(9), writing: fc.nat(WRITINGS.length - 1), border: fc.constantFrom(...BORDERS), shift: fc.integer({ min: -90, max: 20 }) }), { minLength: 1, maxLength: 6 });
const scene = fc.record({ values: fc.uniqueArray(value, { minLength: 10, maxLength: 10, selector: (text) => text.toLowerCase() }), planted, noise: fc.constantFrom('\0', '#', 'lorem; ') });

type Scene = { readonly values: readonly string[]; readonly planted: readonly { readonly value: number; readonly writing: number; readonly border: number; readonly shift: number }[]; readonly noise: string };

function textOf({ values, planted, noise }: Scene): Buffer {
  const text = Buffer.alloc(SIZE, noise);
  for (const { value: index, writing, border, shift } of planted) {
    const written = WRITINGS[writing]?.(values[index] ?? '') ?? Buffer.alloc(0);
    written.copy(text, Math.max(MARGIN, border + shift));
  }
  return text;
}

/** Values that stand in a text in any of the writings. */
function naive({ values, planted, noise }: Scene, text: Buffer): string[] {
  const folded = Buffer.from(text.toString('latin1').toLowerCase(), 'latin1');
  const isThere = (value: string) =>
    WRITINGS.some((write, writing) => {
      const written = write(value);
      return writing <= 1 ? folded.includes(value.toLowerCase()) : text.includes(written);
    });
  // A writing over another one may leave a part of a value that is one by itself.
  const within = values.filter((value) => planted.some(({ value: index }) => values[index] !== value && (values[index] ?? '').toLowerCase().includes(value.toLowerCase())));
  return values.filter((value) => isThere(value) && !within.includes(value) && !noise.includes(value)).sort();
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += 65_521) yield bytes.subarray(from, from + 65_521);
}

async function searched(originals: OriginalSet, text: Uint8Array): Promise<Set<string>> {
  const report = newReport();
  await searchStream(new ByteSearch(originals), report, { name: 'file', source: pieces(text) });
  return new Set([...report.findings.keys()].map((found) => Buffer.from(originals.value(found)).toString()));
}

test('finds, in every writing and over every border, just what a naive search finds', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async (made) => {
      const text = textOf(made);
      const originals = new OriginalSet();
      for (const one of made.values) originals.add(one, 'people.name');
      const found = await searched(originals, text);
      expect([...found]).toEqual(expect.arrayContaining(naive(made, text)));
      // What is not planted is not found, unless two that are make it where they meet.
      const there = [text.toString('latin1'), ...made.planted.map(({ value: index }) => made.values[index] ?? '')].map((one) => one.toLowerCase());
      for (const one of found) expect(there.some((other) => other.includes(one.toLowerCase()))).toBe(true);
    }),
    { numRuns: 60 },
  );
}, 30_000);

test('suspects, of more than memory holds, all that a naive search finds', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async (made) => {
      const text = textOf(made);
      const parts: Uint8Array[] = [];
      const spilled = new SpilledOriginals({ write: (bytes) => void parts.push(Buffer.from(bytes)), read: (into, from) => void into.set(Buffer.concat(parts).subarray(from, from + into.length)) }, 4);
      for (const one of made.values) spilled.add(one, 'people.name');
      const streams = async function* () {
        yield { name: 'file', source: pieces(text) };
      };
      // With more than two, another look is for other grams of theirs.
      for (const mostSuspects of [1 << 16, 2]) {
        const found: string[] = [];
        for await (const { set } of findSuspects(spilled, streams, new AbortController().signal, { mostSuspects })) found.push(...(await searched(set, text)));
        expect(found).toEqual(expect.arrayContaining(naive(made, text)));
      }
    }),
    { numRuns: 20 },
  );
}, 30_000);

/** Escapes of one letter, any of which a value may have beside letters as they are. */
const ESCAPES: readonly ((code: number) => string)[] = [
  (code) => String.fromCharCode(code),
  (code) => `\\u00${code.toString(16)}`,
  (code) => `\\x${code.toString(16)}`,
  (code) => `%${code.toString(16)}`,
  (code) => `=${code.toString(16).toUpperCase()}`,
  (code) => `&#${code};`,
  (code) => `&#x${code.toString(16)};`,
  (code) => `\\${code.toString(8).padStart(3, '0')}`,
];

const letters = fc.array(fc.record({ letter: fc.integer({ min: 0x61, max: 0x7a }), escape: fc.oneof({ weight: 60, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(ESCAPES.length - 1) }) }), { minLength: 8, maxLength: 64, size: 'max' });
/** Text, bytes that are none, and both with escapes by accident. */
const around = fc.array(fc.oneof(fc.constantFrom(0, 1, 7, 0x0a, 0x80, 0xff), fc.constantFrom(...Buffer.from('no text ')), fc.constantFrom(...Buffer.from('\\%=&\'4n')), fc.constant(0x2e)), { maxLength: 700 });

test('finds values of which some letters are escaped, in text and in bytes that are none', async () => {
  await fc.assert(
    fc.asyncProperty(letters, around, around, async (value, before, after) => {
      const original = value.map(({ letter }) => String.fromCharCode(letter)).join('');
      const written = value.map(({ letter, escape }) => ESCAPES[escape]?.(letter) ?? '').join('');
      const originals = new OriginalSet();
      originals.add(original, 'people.name');
      const text = Buffer.concat([Buffer.from(before), Buffer.from(`#${written}#`), Buffer.from(after)]);
      expect([...(await searched(originals, text))]).toEqual([original]);
    }),
    { numRuns: 1500 },
  );
}, 60_000);

/** Numbers, letters beyond ASCII and long values, which are written in ways of their own. */
const OTHERS = ['+49 151 234-56789', '0170 555 12 34', '4929 1234 5678 9012', '198.51.100.73', '36028797018963968', 'O"Brien & Söhne \\ Co', 'Łukasz Żółtowski', `${'a long letter of somebody, '.repeat(6)}which ends`];
const MORE_WRITINGS: readonly ((value: string) => Buffer)[] = [
  ...WRITINGS,
  (value) => Buffer.from(Buffer.from(`${'-'.repeat(50)}${value}${'-'.repeat(50)}`).toString('base64').replace(/.{76}/g, '$&\n')),
  (value) => Buffer.from(JSON.stringify({ name: value }).replace(/[\u0080-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)),
  (value) => Buffer.from(JSON.stringify(JSON.stringify({ name: value }))),
  (value) => Buffer.from(value.replace(/\D/g, '').replace(/(\d{3})/g, '$1 ')),
  (value) => Buffer.from(value.replace(/\D/g, '')),
  (value) => gzipSync(`before ${Buffer.from(value).toString('base64')} after ${value.replace(/\D/g, '')}`),
  (value) => Buffer.from(`\\x${gzipSync(`before ${value} after`).toString('hex')}\n`),
  (value) => Buffer.from(`${value}\\n${value}\\n`.repeat(40)),
];

const plantedMore = fc.array(fc.record({ value: fc.nat(17), writing: fc.nat(MORE_WRITINGS.length - 1), border: fc.constantFrom(...BORDERS), shift: fc.integer({ min: -900, max: 900 }) }), { minLength: 1, maxLength: 12 });

test('keeps of a look all that an exact search of the same streams finds: how often, where first, and what is only a part', async () => {
  let [found, parts] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fc.record({ scene, plantedMore, even: fc.boolean(), several: fc.boolean() }), async ({ scene: { values, noise }, plantedMore: planted, even, several }) => {
      const all = [...values, ...OTHERS];
      const text = Buffer.alloc(SIZE, noise);
      let end = MARGIN;
      for (const { value: index, writing, place } of planted.map((one) => ({ ...one, place: one.border + one.shift })).sort((one, other) => one.place - other.place)) {
        // What is cut within packed data may be anything.
        const bytes = MORE_WRITINGS[writing]?.(all[index] ?? '') ?? Buffer.alloc(0);
        const start = Math.max(end + 1, place);
        if (start + bytes.length < SIZE) end = start + bytes.copy(text, start);
      }
      const written: Uint8Array[] = [];
      const spilled = new SpilledOriginals({ write: (bytes) => void written.push(Buffer.from(bytes)), read: (into, from) => void into.set(Buffer.concat(written).subarray(from, from + into.length)) }, 4);
      for (const one of all) spilled.add(one, 'people.name');
      let opened = 0;
      const streams = async function* () {
        opened += 1;
        yield { name: 'one', source: pieces(text) };
        yield { name: 'other', source: pieces(text.subarray(0, 200_000)) };
      };
      const meansNothing = (value: Uint8Array) => (value.length % 2 === 0) === even;
      for await (const { set, looked } of findSuspects(spilled, streams, new AbortController().signal, several ? { mostLookedFor: 7 } : {})) {
        const search = new ByteSearch(set);
        const whole = newReport(meansNothing);
        for await (const stream of streams()) await searchStream(search, whole, stream);
        opened -= 1;
        const kept = looked && searchLooked(search, looked, meansNothing);
        expect(kept && { ...kept, findings: [...kept.findings].sort() }).toEqual({ ...whole, findings: [...whole.findings].sort() });
        found += whole.findings.size;
        parts += whole.parts;
      }
      // The long one is searched for by three pieces of it: with these they are twenty.
      expect(opened).toBe(several ? 3 : 1);
    }),
    { numRuns: 40 },
  );
  expect({ found: found > 40, parts: parts > 40 }).toEqual({ found: true, parts: true });
}, 30_000);
