import { expect, test } from 'vitest';
import type { ListedFixture } from '#contract/fixtures.ts';
import { PlainProgress } from '../../../src-main/shells/cli/progress.ts';
import { createScreen } from '../../../src-main/shells/cli/screen.ts';
import { show } from '../../../src-main/shells/cli/views/fixture.ts';

const screen = createScreen({}, {});
const digest = `sha256:${'a'.repeat(64)}`;

function shown(empty: number, filled: number): string {
  const table = (name: string, rows: number) => ({ service: 'db', table: `shop.${name}`, before: rows * 10, after: rows });
  const tables = [...Array.from({ length: empty }, (_, number) => table(`empty${number}`, 0)), ...Array.from({ length: filled }, (_, number) => table(`filled${number}`, number + 1))];
  const fixture: ListedFixture = { schema: 1, name: 'shop', digest, bytes: 1, created: '2026-01-01T00:00:00Z', services: [], tables, checks: [], coverage: { columns: 1, protected: 1 }, key: 'k', rules: digest, verified: true };
  return show(fixture, screen);
}

test('a few tables without a row are shown, many are only counted', () => {
  expect(shown(3, 1)).toMatch(/db shop\.empty2 +0 +0\ndb shop\.filled0 +10 +1\n$/);
  expect(shown(300, 2)).toMatch(/ROWS BEFORE +AFTER\ndb shop\.filled0 +10 +1\ndb shop\.filled1 +20 +2\n300 tables without a row\n$/);
  expect(shown(300, 0)).toMatch(/\n\n300 tables without a row\n$/);
});

test('a log has a line for each table with rows', () => {
  const lines: string[] = [];
  const progress = new PlainProgress({ write: (text: string) => (lines.push(text), Promise.resolve()) } as never, screen);
  for (const [about, done] of [['shop.orders', 20], ['shop.empty', 0]] as const) {
    for (const ended of [false, true]) progress.show({ type: 'progress', time: '2026-01-01T00:00:00Z', sequence: 1, phase: 'rows', about, done: ended ? done : 0, unit: 'rows', ...(ended && { ended }) });
  }
  expect(lines).toEqual(['shop.orders: rows: 20 rows (0.0 s)\n']);
});
