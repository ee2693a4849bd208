import { describe, expect, test } from 'vitest';
import { BacklotError } from '#contract/errors.ts';
import { decodeSource } from '#core/yaml/decode-source.ts';
import { readYaml } from '#core/yaml/read-yaml.ts';
import fc from '../../support/properties.ts';

const NAME = { file: 'backlot.yaml', code: 'config-invalid' } as const;

function read(text: string) {
  return readYaml(text, NAME);
}

function faults(work: () => unknown): string[] {
  try {
    work();
  } catch (error) {
    if (!(error instanceof BacklotError)) throw error;
    return [error, ...(error.also ?? [])].map(({ message, where }) => `${where?.line}:${where?.column} ${message}`);
  }
  return [];
}

describe('a YAML text', () => {
  test('gives its values and where each of them stands', () => {
    const source = read('a: 1\nb:\n  - x\n  - {c: d}\n');
    expect(source.value).toEqual({ a: 1, b: ['x', { c: 'd' }] });
    expect(source.whereIs(['b', 1, 'c'])).toEqual({ file: 'backlot.yaml', line: 4, column: 9 });
    expect(source.whereIsKey(['b', 1, 'c'])).toEqual({ file: 'backlot.yaml', line: 4, column: 6 });
  });

  test('gives the nearest ancestor for what is not there', () => {
    expect(read('a:\n  b: 1\n').whereIs(['a', 'zz', 'y'])).toMatchObject({ line: 2, column: 3 });
  });

  test('has merge keys and aliases as Compose files do', () => {
    expect(read('a: &a {x: 1}\nb: {<<: *a, y: 2}\nc: *a\n').value).toEqual({ a: { x: 1 }, b: { x: 1, y: 2 }, c: { x: 1 } });
  });

  test('B4: tabs as indentation fail at their place', () => {
    expect(faults(() => read('a:\n\tb: 1\n'))).toEqual(['2:1 A tab stands where spaces belong']);
  });

  test('B5: a key that is there twice fails with both places', () => {
    expect(faults(() => read('x:\n  a: 1\n  b: 2\n  a: 3\n'))).toEqual(['4:3 The key "a" is here twice (first in line 2, column 3)']);
  });

  test.each([
    ['a: "x\nb: 1\n', '1:4 What opens here is never closed with "'],
    ["a: 'x\nb: 1\n", "1:4 What opens here is never closed with '"],
    ['a: [1, 2\nb: 3\n', '1:4 What opens here is never closed with ]'],
    ['a: {b: 1\nc: 3\n', '1:4 What opens here is never closed with }'],
  ])('B6: %j fails where it opens', (text, fault) => {
    expect(faults(() => read(text))).toContain(fault);
  });

  test('B9: an alias without anchor, and one inside of its own value, fail at the alias', () => {
    expect(faults(() => read('a: *x\n'))).toEqual(['1:4 There is no anchor &x before this alias']);
    expect(faults(() => read('a: &a [1, *a]\n'))).toEqual(['1:11 The alias *a stands inside the value that it repeats']);
  });

  test.each([
    ['a: 1\n<<:\n', '2:4'],
    ['a: 1\n<<: no map\n', '2:5'],
    ['a: &a 1\nb: {<<: *a}\n', '2:9'],
    ['a: &a {x: 1}\nb:\n  <<: [*a, 2]\n', '3:12'],
    ['? !tag <<\n', '1:8'],
  ])('a merge of what is no map fails at its place: %j', (text, place) => {
    expect(faults(() => read(text))).toEqual([`${place} What << merges is not a map`]);
  });

  test('a quoted << is a plain key, and a merge of what is not there says only that', () => {
    expect(read('"<<": 1\n').value).toEqual({ '<<': 1 });
    expect(faults(() => read('<<: *a\n'))).toEqual(['1:5 There is no anchor &a before this alias']);
  });

  test('B10: a second document fails where it begins', () => {
    expect(faults(() => read('a: 1\n---\nb: 2\n'))).toEqual(['2:1 A second document begins here']);
  });

  test('B14: __proto__ and constructor are plain keys without effect', () => {
    const { value } = read('__proto__: {polluted: 1}\nconstructor: {prototype: {polluted: 1}}\n');
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('a text that would bring a parser down', () => {
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', ...[...'bcdefghij'].map((letter, index) => `${letter}: &${letter} [${Array(9).fill(`*${'abcdefghi'[index]}`).join(',')}]`)].join('\n');

  test('B7: aliases that multiply fail within 100 ms', () => {
    read('a: 1\n');
    const began = process.cpuUsage();
    expect(faults(() => read(bomb))).toEqual([expect.stringMatching(/^2:8 The aliases of the file repeat each other too often$/)]);
    // Processor time, as the wall's counts what else this machine does.
    expect(process.cpuUsage(began).user / 1_000).toBeLessThan(100);
  });

  test('B7: many aliases that repeat little are no such text', () => {
    // As public Compose files of fifty services with shared defaults have them.
    const services = Array.from({ length: 60 }, (_, index) => `s${index}:\n  <<: *defaults\n  needs: *needs`);
    const { value } = read(['ready: &ready {condition: healthy}', 'needs: &needs', ...Array.from({ length: 30 }, (_, index) => `  n${index}: {<<: *ready}`), 'defaults: &defaults {needs: *needs}', ...services].join('\n'));
    expect(value).toMatchObject({ s59: { needs: { n29: { condition: 'healthy' } } } });
  });

  test.each([
    ['[', '['.repeat(1_000)],
    ['{a: ', '{a: '.repeat(1_000)],
    ['[ in quotes that only look so', `a: b\n  'c\nd: ${'['.repeat(5_000)}`],
    ['- ', '- '.repeat(2_000)],
    ['? ', '? '.repeat(2_000)],
    ['a: ', 'a: '.repeat(2_000)],
    ['lines that indent', Array.from({ length: 1_000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['100,000 [', '['.repeat(100_000)],
    ['850 [ eight times', `${'['.repeat(850)}\n`.repeat(8)],
    ['- and [ in turn', '- ['.repeat(500)],
  ])('B8: nested %s fails before it is parsed', (_name, text) => {
    const began = performance.now();
    expect(faults(() => read(text))).toEqual([expect.stringContaining('Nested deeper than 100 levels')]);
    expect(performance.now() - began).toBeLessThan(500);
  });

  test('B8: brackets in text, comments and block scalars do not count', () => {
    const brackets = '['.repeat(500);
    expect(read(`a: "${brackets}"\nb: '${brackets}'\n# ${brackets}\nc: |\n  ${brackets}\nd: x${brackets}\n`).value).toMatchObject({ a: brackets, c: `${brackets}\n` });
  });

  test('a list of a thousand entries is not deep', () => {
    expect(read(Array.from({ length: 1_000 }, (_, index) => `- {name: n${index}, list: [1, 2]}`).join('\n')).value).toHaveLength(1_000);
  });

  test('whatever the text, reading ends with a value or with a fault', () => {
    const piece = fc.constantFrom('[', ']', '{', '}', '- ', '? ', ': ', 'a', '"', "'", '\n', '  ', '\t', '&a ', '*a', '|', '>', '#', '!t ', '---', ',', '\u0000', '<<', '%', '@');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 300 }), (pieces) => {
        faults(() => read(pieces.join('')));
      }),
      { numRuns: 500 },
    );
  });
});

describe('the bytes of a file', () => {
  const decode = (bytes: Uint8Array) => decodeSource(bytes, NAME);

  test('B2: more than 1 MiB is refused', () => {
    expect(faults(() => decode(new Uint8Array(1024 * 1024 + 1)))).toEqual([expect.stringContaining('the most that is read is 1048576 (1 MiB)')]);
  });

  test('B3: a UTF-8 byte order mark is accepted', () => {
    expect(decode(Buffer.from('\ufeffa: ü\n'))).toBe('a: ü\n');
  });

  test('B3: UTF-16, zero bytes and broken UTF-8 fail with the byte and its place', () => {
    expect(faults(() => decode(Buffer.from('\ufeffa: 1', 'utf16le')))).toEqual(['1:1 The file is in UTF-16 (byte order mark at byte 0)']);
    expect(faults(() => decode(Buffer.from('a: 1\nb: \0')))).toEqual(['2:4 The file holds a zero byte (at byte 8)']);
    expect(faults(() => decode(Buffer.from([0x61, 0x3a, 0x0a, 0x62, 0xff, 0x63])))).toEqual(['2:2 The file is not valid UTF-8 (at byte 4)']);
    expect(faults(() => decode(Buffer.from([0x61, 0xe2, 0x82])))).toEqual([expect.stringContaining('not valid UTF-8')]);
  });

  test('any valid text comes back as it was', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }).filter((text) => !/^\ufeff|\0/.test(text)), (text) => decode(Buffer.from(text)) === text));
  });
});
