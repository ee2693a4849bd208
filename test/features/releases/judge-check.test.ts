import { describe, expect, test } from 'vitest';
import { boundsOf, type CheckFile } from '#features/releases/kpi/bounds.ts';
import { concludeCheck, judgeReadings, limitNow } from '#features/releases/kpi/judge-check.ts';
import { worst } from '#features/releases/kpi/watch.ts';

const values = (...all: readonly number[]) => all.map((value) => ({ value }));
const check = (more: Partial<CheckFile>): CheckFile => ({ name: 'x', ...more }) as CheckFile;
const state = (more: Partial<CheckFile>, samples: Parameters<typeof judgeReadings>[1], previous: Parameters<typeof judgeReadings>[2] = []) => judgeReadings(boundsOf(check(more)), samples, previous).state;
const error = { error: true, why: 'it answered 503' } as const;

describe('readings', () => {
  test('are a failure after three bad ones in a row, and not after one or two', () => {
    const bound = { command: 'x', max: 10 };
    expect(state(bound, values(5, 11, 12))).toBe('ok');
    expect(state(bound, values(11, 12, 5, 11, 12))).toBe('ok');
    expect(state(bound, values(5, 11, 12, 13))).toBe('over');
    expect(state({ command: 'x', min: 10 }, values(9, 9, 9))).toBe('over');
  });

  test('of times are held against the percentile, which one slow answer does not move', () => {
    const bound = { http: { url: 'http://x', p95: '300ms' } };
    expect(state(bound, values(20, 2000, 20))).toBe('ok');
    expect(state(bound, values(20, 310, 20, 320, 330))).toBe('over');
    expect(state(bound, values(...Array.from({ length: 200 }, (_, index) => (index % 50 === 0 ? 900 : 20))))).toBe('ok');
    expect(state({ http: { url: 'http://x', p50: '1s', p99: '2s' } }, values(100, 100, 2100, 2100, 2100))).toBe('over');
  });

  test('are shown against the number that they are held against now', () => {
    const now = (more: Partial<CheckFile>, previous: Parameters<typeof limitNow>[1] = []) => limitNow(boundsOf(check(more)), previous);
    expect(now({ command: 'x', max: 10 })).toEqual({ limit: 10, side: 'max' });
    expect(now({ command: 'x', min: '50%', over: 'previous' }, values(100, 110, 90))).toEqual({ limit: 50, side: 'min' });
    expect([now({ command: 'x', min: '50%', over: 'previous' }), now({ command: 'x' }), now({ http: { url: 'http://x' } })]).toEqual([{}, {}, {}]);
  });

  test('that are errors fail from three on, unless they are less than one in a hundred', () => {
    const bound = { http: { url: 'http://x' } };
    expect(state(bound, [error, error, { value: 1 }])).toBe('ok');
    expect(state(bound, [error, error, error])).toBe('over');
    expect(state(bound, [...values(...Array.from({ length: 400 }, () => 20)), error, { value: 20 }, error, { value: 20 }, error, { value: 20 }])).toBe('ok');
  });

  test('are held against those of the release before: rates by points, all else in parts of it', () => {
    const orders = { command: 'x', min: '50%', over: 'previous' } as const;
    expect(state(orders, values(60, 60, 60), values(100, 110, 90))).toBe('ok');
    expect(state(orders, values(40, 40, 40), values(100, 110, 90))).toBe('over');
    const errors = { haproxy: { backend: 'shop', metric: 'error-rate' }, max: '1%', over: 'previous' } as const;
    expect(state(errors, values(0.9, 0.9, 0.9), values(0, 0, 0))).toBe('ok');
    expect(state(errors, values(3, 3, 3), values(0.5, 0.5))).toBe('over');
    expect(state({ command: 'x', max: '10%', over: 'previous' }, values(111, 112, 113), values(100))).toBe('over');
    expect(state(orders, values(60, 60, 60))).toBe('unknown');
  });
});

describe('a verdict', () => {
  const conclude = (samples: Parameters<typeof judgeReadings>[1], fewest = 3) => concludeCheck('x', { bounds: boundsOf(check({ command: 'x', max: 10 })), samples, previous: [], fewest });

  test('is a pass only where enough was read', () => {
    expect(conclude(values(1, 2, 3))).toMatchObject({ verdict: 'pass', samples: 3, value: 3, bound: 'at most 10' });
    expect(conclude(values(1, 2))).toMatchObject({ verdict: 'inconclusive', why: 'only 2 of 3 readings' });
    expect(conclude([{ why: 'down' }, { why: 'down' }])).toMatchObject({ verdict: 'inconclusive', samples: 0, why: 'down' });
    expect(conclude([...values(1), { why: 'down' }, { why: 'down' }])).toMatchObject({ verdict: 'inconclusive', why: 'only 1 of 3 readings: down' });
    expect(conclude(values(11, 12, 13))).toMatchObject({ verdict: 'fail', why: '11, 12, 13: more than 10' });
  });

  test('is no pass where the source fell silent, or was so for most of the window; a time without traffic is no silence', () => {
    const down = { why: 'Prometheus does not answer' };
    expect(conclude([...values(1, 2, 3, 4), down, down, down])).toMatchObject({ verdict: 'inconclusive', why: 'the source fell silent: Prometheus does not answer' });
    expect(conclude([down, down, down, down, down, ...values(1, 2, 3)])).toMatchObject({ verdict: 'inconclusive', why: expect.stringContaining('only 3 of 8 looks') as string });
    expect(conclude([down, ...values(1, 2, 3)])).toMatchObject({ verdict: 'pass' });
    const idle = { idle: true, why: 'no requests' } as const;
    expect(conclude([...values(1, 2, 3), idle, idle, idle, idle])).toMatchObject({ verdict: 'pass' });
  });

  test('of several is the worst of them', () => {
    expect(worst([])).toBe('pass');
    expect(worst(['pass', 'inconclusive'])).toBe('inconclusive');
    expect(worst(['inconclusive', 'fail', 'pass'])).toBe('fail');
  });

  test('is no false alarm on a thousand healthy releases with noisy times', () => {
    let seed = 1;
    const random = () => ((seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647);
    // Mostly near 50 ms, one in two hundred beyond the bound.
    const latency = () => (random() < 0.005 ? 400 : 40 + 20 * random());
    const bounds = boundsOf(check({ http: { url: 'http://x', p95: '300ms' } }));
    let alarms = 0;
    for (let release = 0; release < 1000; release++) {
      const samples: { value: number }[] = [];
      for (let second = 0; second < 120; second++) {
        samples.push({ value: latency() });
        if (judgeReadings(bounds, samples, []).state !== 'over') continue;
        alarms += 1;
        break;
      }
    }
    expect(alarms).toBeLessThanOrEqual(1);
  });
});
