import { describe, expect, test } from 'vitest';
import { cellsOf } from '../../../src-renderer/features/logs/cells.ts';
import { levelOf } from '../../../src-renderer/features/logs/level.ts';
import { showTime } from '../../../src-renderer/features/logs/log-time.ts';
import { Positions } from '../../../src-renderer/features/logs/positions.ts';
import { RowTops } from '../../../src-renderer/features/logs/row-tops.ts';
import { segmentsOf } from '../../../src-renderer/features/logs/segments.ts';

describe('rows of different heights', () => {
  test('know their tops and which of them covers a place', () => {
    const rows = new RowTops();
    for (const height of [20, 40, 20, 60]) rows.push(height);
    expect([0, 1, 2, 3, 4].map((index) => rows.topOf(index))).toEqual([0, 20, 60, 80, 140]);
    expect([0, 19, 20, 59, 60, 139, 500].map((top) => rows.indexAt(top))).toEqual([0, 0, 1, 1, 2, 3, 3]);
  });

  test('stay right when rows leave, are corrected and are taken back', () => {
    const rows = new RowTops();
    for (let count = 0; count < 5000; count++) {
      rows.push(20);
      if (count % 3 === 2) rows.dropFirst(2);
    }
    expect(rows.total).toBe(rows.count * 20);
    rows.set(1, 100);
    expect(rows.topOf(2)).toBe(120);
    expect(rows.total).toBe((rows.count + 4) * 20);
    rows.truncate(2);
    expect(rows.total).toBe(120);
  });
});

describe('positions', () => {
  test('are found by search, dropped at the start and taken back at the end', () => {
    const positions = new Positions();
    for (let position = 0; position < 20_000; position += 2) positions.push(position);
    expect(positions.indexOf(9)).toBe(5);
    expect(positions.has(8)).toBe(true);
    expect(positions.has(9)).toBe(false);
    expect(positions.dropBefore(12_001)).toBe(6001);
    expect(positions.at(0)).toBe(12_002);
    positions.truncate(12_007);
    expect(positions.count).toBe(3);
    expect(positions.at(-1)).toBeUndefined();
  });
});

describe('a row', () => {
  test('is cut where its colour changes and where it matches', () => {
    const red = { foreground: { kind: 'palette', index: 1 } } as const;
    const segments = segmentsOf('abcdef', [{ from: 1, style: red }, { from: 4, style: {} }], [3, 5]);
    expect(segments.map(({ text, style, marked }) => [text, style === red, marked])).toEqual([
      ['a', false, false], ['bc', true, false], ['d', true, true], ['e', false, true], ['f', false, false],
    ]);
  });

  test('needs two columns for wide letters and up to eight for a tab', () => {
    expect(cellsOf('abc')).toBe(3);
    expect(cellsOf('漢字')).toBe(4);
    expect(cellsOf('ab\tc')).toBe(9);
    expect(cellsOf('e\u0301')).toBe(1);
  });

  test('takes its level from words and numbers near its start', () => {
    expect(levelOf('2026-11-21 ERROR: x')).toBe('error');
    expect(levelOf('level=warn msg=x')).toBe('warning');
    expect(levelOf('{"level":30,"msg":"error in text"}')).toBe('info');
    expect(levelOf('LOG:  database system is ready')).toBe('info');
    expect(levelOf('terrors and mirrors')).toBe('unknown');
  });

  test('tells its time of day or how long ago it was', () => {
    const now = Date.parse('2026-11-21T09:05:00Z');
    expect(showTime('2026-11-21T09:04:18.123456789Z', 'relative', now)).toBe('41 s');
    expect(showTime('2026-11-21T08:00:00Z', 'relative', now)).toBe('1 h');
    expect(showTime('2026-11-21T09:04:18.123456789Z', 'absolute', now)).toMatch(/^\d\d:\d\d:18\.123$/);
    expect(showTime('not a time', 'absolute', now)).toBe('');
  });
});
