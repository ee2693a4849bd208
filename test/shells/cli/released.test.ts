import { expect, test } from 'vitest';
import { createScreen } from '../../../src-main/shells/cli/screen.ts';
import { show } from '../../../src-main/shells/cli/views/released.ts';

test('what a release was held against is shown with when that was measured', () => {
  const check = { verdict: 'pass' as const, samples: 12, value: 44, bound: 'at most 50% over the release before', previous: 40 };
  const kpi = [{ ...check, check: 'latency', previousIn: 'the same window' as const }, { ...check, check: 'orders', previousIn: 'before the roll' as const }, { check: 'errors', verdict: 'pass' as const, samples: 12, value: 0, bound: 'at most 5' }];
  const text = show({ release: 'rel-1', target: 'live', revision: '2'.repeat(40), image: 'shop', digest: 'sha256:2', verdict: 'pass', rolledBack: false, kpi, seconds: 30 }, createScreen({}, {}));
  expect(text).toContain('latency: 44 (at most 50% over the release before; against the former version in the same window: 40; 12 readings)');
  expect(text).toContain('orders: 44 (at most 50% over the release before; against the former version’s samples before the roll: 40; 12 readings)');
  expect(text).toContain('errors: 0 (at most 5; 12 readings)');
});
