import { expect, test } from 'vitest';
import { show } from '../../../src-main/shells/cli/views/down.ts';
import type { Screen } from '../../../src-main/shells/cli/screen.ts';

const screen = { paint: { bold: String, green: String }, symbols: { good: '✓' }, clean: String } as unknown as Screen;
const text = (sets: string[], removed: string[]) => show({ sets, removed, seconds: 0.5 }, screen);

test('where nothing was up, it says of what: another set may be', () => {
  expect([text([], []), text(['minimal'], [])]).toEqual(['✓ Nothing was up; data is kept\n', '✓ Nothing of minimal was up; data is kept\n']);
  expect(text(['minimal', 'full'], ['shop-db-1'])).toBe('✓ minimal, full are down in 0.5 s: removed shop-db-1; data is kept\n');
});
