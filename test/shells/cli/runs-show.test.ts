import { expect, test } from 'vitest';
import { createScreen } from '../../../src-main/shells/cli/screen.ts';
import { show } from '../../../src-main/shells/cli/views/runs-show.ts';

test('a failed test is shown with the time in which to look in the logs: its own, else that of its stage', () => {
  const stage = { name: 'unit', state: 'failed' as const, seconds: 20, tests: 2, failures: 2, skipped: 0, cached: false, started: '2026-11-21T10:00:00.000Z', ended: '2026-11-21T10:00:20.000Z' };
  const failed = { stage: 'unit', suite: ['prices'], state: 'failed' as const };
  const tests = [{ ...failed, name: 'rounds', seconds: 1.5, message: 'not so', ended: '2026-11-21T10:00:07.250Z' }, { ...failed, name: 'adds' }];
  const text = show({ schema: 1, run: 'r', project: 'shop', directory: '/shop', state: 'failed', started: stage.started, operation: 'o', who: 'mira', stages: [stage], tests, artifacts: [], logs: {} }, createScreen({}, {}));
  expect(text).toContain('  unit › prices › rounds\n    not so\n    ran 10:00:05.750Z to 10:00:07.250Z\n');
  expect(text).toContain('  unit › prices › adds\n    ran within its stage, 10:00:00.000Z to 10:00:20.000Z\n');
});
