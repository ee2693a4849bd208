import { expect, test } from 'vitest';
import { allowedByAll, allowedValues } from '#core/allowed-values.ts';

test.each<[string, string, readonly string[]]>([
  // As PostgreSQL writes them.
  ["(continent = 'Asia'::text)", 'continent', ['Asia']],
  ["((((continent = 'Asia'::text) OR (continent = 'North America'::text)) OR (continent = 'Africa'::text)))", 'continent', ['Asia', 'North America', 'Africa']],
  ["(upper((maritalstatus)::text) = ANY (ARRAY['M'::text, 'S'::text]))", 'maritalstatus', ['M', 'S']],
  ["((persontype IS NULL) OR (upper((persontype)::text) = ANY (ARRAY['SC'::text, 'VC'::text])))", 'persontype', ['SC', 'VC']],
  ["((status)::text = ANY ((ARRAY['it''s new'::character varying, 'old'::character varying(9)])::text[]))", 'status', ["it's new", 'old']],
  ["((\"Kind \"\"x\"\"\" = 'a'::bpchar) OR (\"Kind \"\"x\"\"\" IS NULL))", 'Kind "x"', ['a']],
  ['(payfrequency = ANY (ARRAY[1, 2]))', 'payfrequency', ['1', '2']],
  ["((VALUE)::text = ANY (ARRAY['YES'::text, 'NO'::text]))", 'VALUE', ['YES', 'NO']],
  ["(mood = ANY (ARRAY['glad'::public.citext, 'sad'::\"Own types\".\"Mood\"]))", 'mood', ['glad', 'sad']],
  // As MariaDB does.
  ["`continent` in ('Asia','Europe')", 'continent', ['Asia', 'Europe']],
  ["`a``b` = 'x' or `a``b` = _utf8mb4'y' or `a``b` is null", 'a`b', ['x', 'y']],
])('%s lists values', (check, column, values) => {
  expect(allowedValues(check, column)).toEqual(values);
});

test.each<[string, string]>([
  ["(status <> 'a'::text)", 'status'],
  ["(NOT (status = 'a'::text))", 'status'],
  ["((status = 'a'::text) AND (kind = 'b'::text))", 'status'],
  ["((status = 'a'::text) OR (kind = 'b'::text))", 'status'],
  ["(other = 'a'::text)", 'status'],
  ["(status ~ 'a|b'::text)", 'status'],
  ["(status = ANY (ARRAY['a'::text, other]))", 'status'],
  ["(length(status) = 3)", 'status'],
  ["((status)::text = ANY (ARRAY['a\\b'::text]))", 'status'],
  ['((creditrating >= 1) AND (creditrating <= 5))', 'creditrating'],
  ['json_valid(`status`)', 'status'],
  ['(status IS NULL)', 'status'],
  ["`status` not in ('a','b')", 'status'],
  ['', 'status'],
])('%s lists none', (check, column) => {
  expect(allowedValues(check, column)).toBeUndefined();
});

test('what several checks allow is what all of them list', () => {
  expect(allowedByAll(["(a = ANY (ARRAY['x'::text, 'y'::text]))", '(length(a) < 3)', "((a = 'y'::text) OR (a = 'z'::text))"], 'a')).toEqual(['y']);
  expect(allowedByAll(['(length(a) < 3)'], 'a')).toBeUndefined();
});
