import { expect, test } from 'vitest';
import { Watch } from '#features/releases/kpi/watch.ts';
import type { Sample } from '#ports/kpi-source.ts';

const never = new AbortController().signal;

/** A watch for 300 ms of one check that may have half as much again as the release before; `read` is what its source answers at each look. */
function watchOf(read: (look: number) => Sample): Promise<Watch> {
  let looks = 0;
  const kpi = { window: '300ms', interval: '50ms', checks: [{ name: 'latency', haproxy: { backend: 'shop', metric: 'response-time' }, max: '50%', over: 'previous' as const }] };
  return Watch.open(kpi, { target: 'live', directory: '/', environment: {} }, { open: async () => Promise.resolve({ read: async () => Promise.resolve(read(looks++)) }) }, { secret: async () => Promise.resolve(''), redact: (text) => text, tell: () => {} });
}

test('a release is held against what the one before has at the same time: where both get slower at once, it is not the release', async () => {
  const watch = await watchOf((look) => (look < 6 ? { value: 20 } : { value: 90, before: { value: 80 } }));
  await watch.measureBaseline(never);
  // The first two looks at both have nothing but what was before the roll to go by.
  expect(await watch.follow(never)).toMatchObject({ verdict: 'pass', kpi: [{ value: 90, previous: 80, previousIn: 'the same window' }] });
});

test('a release that is slower than the one beside it fails, and where there is none beside it, what was before the roll counts, and it says so', async () => {
  const beside = await watchOf((look) => (look < 6 ? { value: 80 } : { value: 90, before: { value: 20 } }));
  await beside.measureBaseline(never);
  expect(await beside.follow(never)).toMatchObject({ verdict: 'fail', kpi: [{ previous: 20, previousIn: 'the same window' }] });
  const alone = await watchOf((look) => ({ value: look < 6 ? 20 : 90, ...(look > 5 && { before: { idle: true } }) }));
  await alone.measureBaseline(never);
  expect(await alone.follow(never)).toMatchObject({ verdict: 'fail', kpi: [{ previous: 20, previousIn: 'before the roll' }] });
});
