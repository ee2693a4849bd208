import { expect, test } from 'vitest';
import type { ServiceStats, StatsSample } from '#contract/stack.ts';
import { seriesOf } from '../../../src-renderer/features/services/series.ts';

const reading = (service: string, cpu: number, memory: number): ServiceStats => ({ service, cpu, memory, networkReceived: 1, networkSent: 2, blockRead: 3, blockWritten: 4 });
const sample = (...services: ServiceStats[]): StatsSample => ({ schema: 1, time: '2026-11-21T10:00:00.000Z', set: 'minimal', services });

test('replicas of a service are one line with a point for each sample, and what they use is added up', () => {
  const series = seriesOf([sample(reading('worker', 0.5, 10), reading('db', 1, 7), reading('gone', 1, 1)), sample(reading('worker', 0.5, 10), reading('db', 1, 7), reading('worker', 0.25, 20))]);
  expect([...series.keys()]).toEqual(['worker', 'db']);
  expect(series.get('worker')).toEqual({ cpu: [0.5, 0.75], memory: [10, 30], latest: { service: 'worker', cpu: 0.75, memory: 30, networkReceived: 2, networkSent: 4, blockRead: 6, blockWritten: 8 } });
  expect(series.get('db')?.cpu).toEqual([1, 1]);
});
