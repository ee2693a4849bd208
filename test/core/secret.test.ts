import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { BacklotError, toFailure } from '#contract/errors.ts';
import { Secret } from '#core/secret.ts';

const secret = new Secret('hunter2');

test('a secret gives its text to whom it is meant for', () => {
  expect(secret.reveal()).toBe('hunter2');
});

test('I9: a secret shows in no text, JSON, inspection, error or copy', () => {
  expect(`${secret}`).toBe('[secret]');
  expect('' + String(secret) + [secret].join()).toBe('[secret][secret]');
  expect(JSON.stringify({ password: secret })).toBe('{"password":"[secret]"}');
  expect(inspect({ password: secret }, { showHidden: true, depth: 9 })).toContain('[secret]');
  const printed = [
    inspect(secret), inspect({ secret }, { showHidden: true, getters: true }), format('%s %o %O %j', secret, secret, secret, secret),
    inspect(new Error(`login with ${secret}`, { cause: secret })), JSON.stringify(toFailure(new BacklotError('unauthorized', 'refused', { cause: secret }))),
    JSON.stringify(structuredClone(secret)), JSON.stringify({ ...secret }), Object.entries(secret).join(),
  ];
  for (const text of printed) expect(text).not.toContain('hunter2');
});
