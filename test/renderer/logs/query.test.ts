import { describe, expect, test } from 'vitest';
import { findRanges, matches, parseQuery } from '../../../src-renderer/features/logs/query.ts';

function pattern(input: string): RegExp {
  const query = parseQuery(input);
  if (query.kind !== 'pattern') throw new Error(`${input} is ${query.kind}`);
  return new RegExp(query.source, query.flags);
}

describe('the filter box', () => {
  test('empty asks for nothing', () => {
    expect(parseQuery('')).toEqual({ kind: 'none' });
  });

  test('takes text as text, whatever it would mean in an expression', () => {
    expect(matches(pattern('a.b(c)[d]*'), 'x a.b(c)[d]* y')).toBe(true);
    expect(matches(pattern('a.b'), 'axb')).toBe(false);
  });

  test('minds capitals only where there is one', () => {
    expect(matches(pattern('error'), 'ERROR')).toBe(true);
    expect(matches(pattern('Error'), 'ERROR')).toBe(false);
  });

  test('takes what stands between slashes as an expression', () => {
    expect(matches(pattern('/^GET \\d+$/'), 'GET 12')).toBe(true);
    expect(matches(pattern('/get/i'), 'GET')).toBe(true);
  });

  test('takes a path that is still being typed as text', () => {
    expect(matches(pattern('/api'), 'GET /api/x')).toBe(true);
  });

  test('says why an expression is none', () => {
    expect(parseQuery('/(/')).toEqual({ kind: 'invalid', why: 'Unterminated group' });
  });

  test('finds every match, once, and bounds their number', () => {
    expect(findRanges(pattern('ab'), 'ab-AB-b')).toEqual([0, 2, 3, 5]);
    expect(findRanges(pattern('/x*/'), 'axxb')).toEqual([1, 3]);
    expect(findRanges(pattern('a'), 'a'.repeat(10_000))).toHaveLength(200);
  });
});
