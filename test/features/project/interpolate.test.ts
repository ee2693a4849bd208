import { describe, expect, test } from 'vitest';
import { readDotenv } from '#features/project/dotenv.ts';
import { interpolate, InterpolationFault } from '#features/project/interpolate.ts';
import fc from '../../support/properties.ts';

const VARIABLES = { A: 'a', EMPTY: '', NESTED: '${A}' };
const fill = (text: string) => interpolate(text, VARIABLES).text;

describe('variables in a value', () => {
  test.each([
    ['$A', 'a'],
    ['${A}', 'a'],
    ['x${A}y$A.z', 'xaya.z'],
    ['$$A $${A}', '$A ${A}'],
    ['${NO:-d}', 'd'],
    ['${NO-d}', 'd'],
    ['${EMPTY:-d}', 'd'],
    ['${EMPTY-d}', ''],
    ['${A:-d}', 'a'],
    ['${A:+yes}', 'yes'],
    ['${NO:+yes}', ''],
    ['${EMPTY+yes}', 'yes'],
    ['${NO:-${A}}', 'a'],
    ['${NO:-${NO:-x}y}', 'xy'],
    ['${NESTED}', '${A}'],
    ['5$ and $1', '5$ and $1'],
    ['${NO:-a:b-c}', 'a:b-c'],
  ])('%s becomes %j', (text, result) => {
    expect(fill(text)).toBe(result);
  });

  test('B15: a required one that is missing fails with its message, and bad writing fails', () => {
    expect(() => fill('${NO:?tell why}')).toThrow('The variable NO must be set: tell why');
    expect(() => fill('${EMPTY:?}')).toThrow('The variable EMPTY must be set');
    expect(fill('${EMPTY?}')).toBe('');
    for (const text of ['${', '${}', '${1}', '${A', '${A!}', '${A b}', `${'${A:-'.repeat(50)}${'}'.repeat(50)}`.replaceAll('A', 'NO')]) {
      expect(() => fill(text), text).toThrow(InterpolationFault);
    }
  });

  test('B15: unset ones are told, not passed over', () => {
    expect(interpolate('$NO ${NOR} ${A} ${constructor}', VARIABLES).unset).toEqual(['NO', 'NOR', 'constructor']);
  });

  test('text without a dollar sign stays, and an escaped dollar sign is one', () => {
    fc.assert(fc.property(fc.string(), (text) => fill(text.replaceAll('$', '$$$$')) === text));
  });
});

describe('a .env file', () => {
  test('gives what Compose reads from it', () => {
    expect(readDotenv('A=1\r\nexport B = two words # comment\nC="x\\ny # z"\nD=\'$raw\'\n# E=1\nF=\nG=a#b\nnonsense\n=x\n')).toEqual({
      A: '1', B: 'two words', C: 'x\ny # z', D: '$raw', F: '', G: 'a#b',
    });
  });
});
