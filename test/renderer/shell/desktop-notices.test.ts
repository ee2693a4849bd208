import { expect, test } from 'vitest';
import { noticeOf } from '../../../src-renderer/shell/desktop-notices.ts';

const run = { id: 'op-1', method: 'runs.start', directory: '/home/mira/shop', started: '2026-11-21T10:00:00.000Z' };
const at = (seconds: number) => new Date(Date.parse(run.started) + seconds * 1000).toISOString();

test('long work that has ended is told with its verdict and leads to it', () => {
  expect(noticeOf(run, { time: at(70), ok: true })).toEqual({ title: 'Run: passed (shop)', body: '', path: '/stages/latest' });
  const error = { code: 'stage-failed', message: 'browser: 2 of 6 tests failed' } as const;
  expect(noticeOf(run, { time: at(70), ok: false, error })).toMatchObject({ title: 'Run: failed (shop)', body: error.message });
  expect(noticeOf({ ...run, method: 'stack.up', set: 'minimal' }, { time: at(70), ok: true })).toMatchObject({ title: 'Up minimal: done (shop)', path: '/activity/op-1' });
});

test('what was short, and what somebody ended, is not told', () => {
  expect(noticeOf(run, { time: at(9), ok: true })).toBeUndefined();
  expect(noticeOf(run, { time: at(70), ok: false, error: { code: 'cancelled', message: 'cancelled' } })).toBeUndefined();
});
