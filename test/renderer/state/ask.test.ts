import { notificationsStore } from '@mantine/notifications';
import { beforeEach, expect, test } from 'vitest';
import type { Backlot } from '#contract/index.ts';
import { BacklotError } from '#contract/errors.ts';
import { useConnection } from '../../../src-renderer/state/connection.ts';
import { answerOperation, cancelOperation } from '../../../src-renderer/state/operations.ts';

const told = () => {
  const { notifications, queue } = notificationsStore.getState();
  return [...notifications, ...queue].map(({ title }) => title);
};
beforeEach(() => notificationsStore.setState({ ...notificationsStore.getState(), notifications: [], queue: [] }));

test('without a connection, a person who cancels or answers is told that it was not done', async () => {
  useConnection.setState({ state: { kind: 'lost', why: 'x', retryAt: 0 } });
  expect([await cancelOperation('op-1'), await answerOperation('op-1', 'rollback')]).toEqual([false, false]);
  expect(told()).toEqual(['That was not done: there is no connection to Backlot', 'That was not done: there is no connection to Backlot']);
});

test('what the core refuses is told, and what it takes is not', async () => {
  const operations = { cancel: async () => Promise.resolve({ cancelled: true }), answer: async () => Promise.reject(new BacklotError('not-running', 'It does not wait any more', { fix: 'See the record.' })) };
  useConnection.setState({ state: { kind: 'open', backlot: { operations } as unknown as Backlot } });
  expect([await cancelOperation('op-1'), await answerOperation('op-1', 'continue')]).toEqual([true, false]);
  expect(told()).toEqual(['It does not wait any more']);
});
