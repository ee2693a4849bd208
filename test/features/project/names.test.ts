import { describe, expect, test } from 'vitest';
import { assertName, expandPattern, findClashes, NameFault } from '#features/project/names.ts';
import fc from '../../support/properties.ts';

describe('a pattern of names', () => {
  test.each([
    ['pg-main', ['pg-main']],
    ['pg-main-node-{1..3}', ['pg-main-node-1', 'pg-main-node-2', 'pg-main-node-3']],
    ['node-{08..10}', ['node-08', 'node-09', 'node-10']],
    ['node-{3..1}', ['node-3', 'node-2', 'node-1']],
    ['pg-{reader,writer}', ['pg-reader', 'pg-writer']],
    ['{a,b}-{1..2}', ['a-1', 'a-2', 'b-1', 'b-2']],
    ['x-{a,b{1..2}}', ['x-a', 'x-b1', 'x-b2']],
    ['db.{eu,us}.example', ['db.eu.example', 'db.us.example']],
  ])('%s stands for %j', (pattern, names) => {
    expect(expandPattern(pattern)).toEqual(names);
  });

  test.each(['', 'a-{1..', 'a-1}', 'a-{1}', 'a-{}', '-a', 'a-', 'a..b', 'a b', 'a*', 'ä', 'x'.repeat(64), 'node-{1..100000}', '{1..200}-{1..200}', 'a-{-1..2}', '{{1..2}'])('%j is refused', (pattern) => {
    expect(() => expandPattern(pattern)).toThrow(NameFault);
  });

  test('a range has as many names as numbers, all different, all valid', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), (from, to) => {
        const names = expandPattern(`node-{${from}..${to}}`);
        expect(new Set(names).size).toBe(Math.abs(to - from) + 1);
        for (const name of names) assertName(name);
      }),
    );
  });

  test('lists beside each other multiply', () => {
    const word = fc.stringMatching(/^[a-z]{1,5}$/);
    const words = fc.uniqueArray(word, { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(words, words, (left, right) => {
        expect(expandPattern(`{${left.join(',')}}-{${right.join(',')}}`)).toEqual(left.flatMap((a) => right.map((b) => `${a}-${b}`)));
      }),
    );
  });

  test('any text is either expanded or refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('{', '}', ',', '.', '1', 'a', '-') }), (text) => {
        try {
          expandPattern(text);
        } catch (error) {
          expect(error).toBeInstanceOf(NameFault);
        }
      }),
    );
  });
});

describe('two owners of one name', () => {
  test('clash on a network that they share, whatever the case', () => {
    const claims = [
      { name: 'db', service: 'one', networks: ['back'] },
      { name: 'DB', service: 'two', networks: ['front', 'back'] },
    ];
    expect(findClashes(claims)).toEqual([{ name: 'DB', services: ['one', 'two'] }]);
  });

  test('do not clash on different networks, nor does one service with itself', () => {
    const claims = [
      { name: 'db', service: 'one', networks: ['back'] },
      { name: 'db', service: 'one', networks: ['back'] },
      { name: 'db', service: 'two', networks: ['front'] },
    ];
    expect(findClashes(claims)).toEqual([]);
  });
});
