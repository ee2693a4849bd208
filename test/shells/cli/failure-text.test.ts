import { expect, test } from 'vitest';
import { showFailure } from '../../../src-main/shells/cli/failure-text.ts';
import { createScreen } from '../../../src-main/shells/cli/screen.ts';
import { show as showCaptured } from '../../../src-main/shells/cli/views/fixture-captured.ts';

const screen = createScreen({}, { LANG: 'C.UTF-8' });

test('what to do about an error stands last, or with its error where others have their own', () => {
  const failure = { code: 'rules-incomplete' as const, message: 'one', fix: 'mend one' };
  expect(showFailure({ ...failure, also: [{ message: 'two' }] }, screen)).toBe('✗ one\n✗ two\n  fix: mend one\n');
  expect(showFailure({ ...failure, also: [{ message: 'two', fix: 'mend two' }] }, screen)).toBe('✗ one\n  fix: mend one\n✗ two\n  mend two\n');
});

test('after a proposal, the next command has the name of the fixture', () => {
  expect(showCaptured({ proposed: ['rules.yaml'] }, screen, { given: { command: [], operands: ['shop'], options: {} } as never })).toContain('Then: backlot fixture capture shop\n');
});
