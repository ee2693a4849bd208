import { expect, test } from 'vitest';
import { GramIndex, newText } from '#core/search/gram-index.ts';
import fc from '../../support/properties.ts';

/** A place of a pattern in a text. */
type Match = readonly [pattern: string, start: number];

function indexOf(patterns: readonly string[]): (text: string) => Match[] {
  const all = patterns.map((pattern) => Buffer.from(pattern, 'latin1'));
  const starts = new Uint32Array(all.length + 1);
  all.forEach((bytes, index) => (starts[index + 1] = (starts[index] ?? 0) + bytes.length));
  const index = new GramIndex({ bytes: Buffer.concat(all), starts, count: all.length });
  return (text) => {
    const memory = newText(text.length);
    memory.bytes.set(Buffer.from(text, 'latin1'));
    const found: Match[] = [];
    index.search({ ...memory, length: text.length }, (pattern, start) => found.push([patterns[pattern] ?? '', start]));
    return sorted(found);
  };
}

function naive(patterns: readonly string[], text: string): Match[] {
  const found: Match[] = [];
  for (const pattern of patterns) for (let at = text.indexOf(pattern); at !== -1; at = text.indexOf(pattern, at + 1)) found.push([pattern, at]);
  return sorted(found);
}

const sorted = (matches: Match[]) => matches.sort(([one, first], [other, second]) => first - second || (one < other ? -1 : 1));

const word = fc.string({ unit: fc.constantFrom(...'abc01 \0'), minLength: 6, maxLength: 30 });
const scene = fc.record({ patterns: fc.uniqueArray(word, { minLength: 1, maxLength: 40 }), planted: fc.array(fc.tuple(fc.nat(39), fc.nat(6)), { maxLength: 12 }), before: fc.constantFrom(0, 1, 2, 3, 50, 8150, 16_300), filler: fc.constantFrom('#', 'a', 'b0', 'c ab01') });

test('finds the very places of all patterns that a naive search finds', () => {
  fc.assert(
    fc.property(scene, ({ patterns, planted, before, filler }) => {
      const text = filler.repeat(before).slice(0, before) + planted.map(([index, gap]) => filler.repeat(gap) + (patterns[index % patterns.length] ?? '')).join('') + filler.repeat(3);
      expect(indexOf(patterns)(text)).toEqual(naive(patterns, text));
    }),
    { numRuns: 400 },
  );
});

test('tells patterns apart that all have the same grams, more of them than it looks at at once', () => {
  const patterns = Array.from({ length: 1 << 13 }, (_, bits) => Array.from({ length: 13 }, (_, place) => ((bits >> place) & 1 ? '@' : '`')).join(''));
  const text = `x ${patterns[0] ?? ''} y ${patterns[4321] ?? ''} z`;
  expect(indexOf(patterns)(text)).toEqual(naive(patterns, text));
});
