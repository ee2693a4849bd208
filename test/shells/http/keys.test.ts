import { expect, test } from 'vitest';
import { createKeys } from '../../../src-main/shells/http/keys.ts';

test('a printed code is good until it is used, a handed over one for its time', () => {
  let now = 0;
  const keys = createKeys(() => now);
  const printed = keys.issueCode();
  const handedOver = keys.issueCode(60_000);
  const other = keys.issueCode(60_000);
  now = 60_000;
  expect(keys.exchange(handedOver)).toBeDefined();
  now = 60_001;
  expect(keys.exchange(other)).toBeUndefined();
  now = 1e12;
  expect(keys.exchange(printed)).toBeDefined();
  expect(keys.exchange(printed)).toBeUndefined();
});

test('the session that was unused for longest ends when there are too many', () => {
  const keys = createKeys();
  const [first = '', second = ''] = Array.from({ length: 64 }, () => keys.issueKey());
  keys.find(first);
  keys.issueKey();
  expect(keys.find(first)).toBeDefined();
  expect(keys.find(second)).toBeUndefined();
});

test('a session is known by a name that opens nothing', () => {
  const keys = createKeys();
  const session = keys.find(keys.issueKey());
  expect(session?.id).toMatch(/^[0-9a-f]{8}$/);
  expect(keys.find(session?.id)).toBeUndefined();
  expect(keys.find(undefined)).toBeUndefined();
  expect(keys.find('')).toBeUndefined();
});
