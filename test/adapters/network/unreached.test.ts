import { connect } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { unreached } from '#adapters/network/unreached.ts';

const failureOf = async (options: { readonly host: string; readonly port: number } | { readonly path: string }) => once(connect(options), 'connect').then(() => expect.unreachable(), (error: Error) => unreached(error));

test('a connection that could not be made is told with its place', async () => {
  expect(await failureOf({ host: '127.0.0.1', port: 1 })).toBe('ECONNREFUSED at 127.0.0.1:1');
  expect(await failureOf({ host: 'localhost', port: 1 })).toMatch(/^ECONNREFUSED at (127\.0\.0\.1|\[::1\]):1$/);
  expect(await failureOf({ host: 'nobody.invalid', port: 1 })).toMatch(/^(ENOTFOUND|EAI_AGAIN) at nobody\.invalid$/);
  expect(await failureOf({ path: '/nowhere.sock' })).toBe('ENOENT at /nowhere.sock');
  expect(unreached(Object.assign(new Error('?'), { code: 'ETIMEDOUT' }))).toBe('ETIMEDOUT');
});
