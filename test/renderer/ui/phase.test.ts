import { expect, test } from 'vitest';
import type { OperationSummary } from '#contract/operations.ts';
import { lookOfSetNow } from '../../../src-renderer/ui/phase.ts';

test('a set says what is being done to it, and what is up of it when nothing is', () => {
  const running = (method: string): OperationSummary => ({ id: 'op-1', method, state: 'running', started: '2026-01-01T00:00:00Z', owner: 'test' });
  const look = (method?: string) => lookOfSetNow('partial', method === undefined ? undefined : running(method));
  expect([look(), look('stack.up'), look('stack.down'), look('stack.restart'), look('fixtures.load')].map(({ tone, label }) => `${tone}: ${label}`)).toEqual(['warn: partly up', 'busy: starting', 'busy: stopping', 'busy: restarting', 'busy: changing']);
});
