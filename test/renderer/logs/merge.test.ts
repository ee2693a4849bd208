import { describe, expect, test } from 'vitest';
import { compareTimes, countLater, mergeOrdered, MOST_MOVED, orderByTime } from '../../../src-renderer/features/logs/merge.ts';

const at = (...times: string[]) => times.map((time, index) => ({ time, index }));

describe('merging by time', () => {
  test('compares to the nanosecond', () => {
    expect(compareTimes('2026-11-21T09:00:00.000000001Z', '2026-11-21T09:00:00.000000002Z')).toBeLessThan(0);
    expect(compareTimes('2026-11-21T09:00:00.1Z', '2026-11-21T09:00:00.100000002Z')).toBeLessThan(0);
    expect(compareTimes('2026-11-21T10:00:00.5+01:00', '2026-11-21T09:00:00.500Z')).toBe(0);
  });

  test('leaves what is in order untouched', () => {
    const lines = at('1Z', '2Z', '2Z', '3Z');
    expect(orderByTime(lines)).toBe(lines);
  });

  test('keeps the order of lines of one moment', () => {
    expect(orderByTime(at('2Z', '1Z', '2Z', '1Z')).map(({ index }) => index)).toEqual([1, 3, 0, 2]);
  });

  test('finds how many lines a late one goes before', () => {
    const times = ['1Z', '3Z', '5Z', '7Z'];
    expect(countLater((position) => times[position], times.length, '4Z')).toBe(2);
    expect(countLater((position) => times[position], times.length, '9Z')).toBe(0);
    expect(countLater(() => '9Z', 100_000, '1Z')).toBe(MOST_MOVED);
  });

  test('puts the lines that were there first where times are equal', () => {
    const before = [{ time: '2Z', from: 'before' }, { time: '4Z', from: 'before' }];
    const after = [{ time: '1Z', from: 'after' }, { time: '2Z', from: 'after' }, { time: '5Z', from: 'after' }];
    expect(mergeOrdered(before, after).map(({ time, from }) => `${time} ${from}`)).toEqual(['1Z after', '2Z before', '2Z after', '4Z before', '5Z after']);
  });
});
