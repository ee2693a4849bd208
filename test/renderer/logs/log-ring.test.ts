import { describe, expect, test } from 'vitest';
import { LogRing, type LogEntry } from '../../../src-renderer/features/logs/log-ring.ts';

const entry = (text: string): LogEntry => ({ service: 'api', kind: 'stdout', time: '1Z', raw: text, text });
const all = (ring: LogRing) => Array.from({ length: ring.end - ring.first }, (_, index) => ring.at(ring.first + index)?.text);

describe('the ring of lines', () => {
  test('gives each line a position that stays', () => {
    const ring = new LogRing({ lines: 64, characters: 1e6 });
    for (let count = 0; count < 100; count++) ring.append(entry(String(count)));
    expect(ring.at(99)?.text).toBe('99');
    expect(ring.at(ring.first)?.text).toBe(String(ring.first));
    expect(ring.at(ring.first - 1)).toBeUndefined();
    expect(ring.at(100)).toBeUndefined();
  });

  test('never holds more lines than it may, and drops the oldest in blocks', () => {
    const ring = new LogRing({ lines: 64, characters: 1e6 });
    for (let count = 0; count < 1000; count++) {
      ring.append(entry('x'));
      expect(ring.end - ring.first).toBeLessThanOrEqual(64);
    }
    expect(ring.end - ring.first).toBeGreaterThan(60);
  });

  test('B35: never holds more characters than it may, except one line that is longer by itself', () => {
    const ring = new LogRing({ lines: 1000, characters: 10_000 });
    for (let count = 0; count < 500; count++) {
      ring.append(entry('x'.repeat(500)));
      expect(ring.characters).toBeLessThanOrEqual(10_000);
    }
    ring.append(entry('y'.repeat(20_000)));
    expect(all(ring)).toEqual(['y'.repeat(20_000)]);
  });

  test('gives back its latest lines, oldest first', () => {
    const ring = new LogRing({ lines: 64, characters: 1e6 });
    for (const text of ['a', 'b', 'c', 'd']) ring.append(entry(text));
    const before = ring.characters;
    expect(ring.truncate(2).map(({ text }) => text)).toEqual(['c', 'd']);
    expect(all(ring)).toEqual(['a', 'b']);
    for (const text of ['c', 'd']) ring.append(entry(text));
    expect(ring.characters).toBe(before);
  });

  test('is empty once cleared, and goes on counting', () => {
    const ring = new LogRing({ lines: 8, characters: 1e6 });
    for (const text of ['a', 'b']) ring.append(entry(text));
    ring.clear();
    expect(all(ring)).toEqual([]);
    expect(ring.characters).toBe(0);
    ring.append(entry('c'));
    expect(ring.at(2)?.text).toBe('c');
  });
});
