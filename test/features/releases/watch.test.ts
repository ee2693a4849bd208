import { describe, expect, test } from 'vitest';
import type { OperationNews } from '#contract/operations.ts';
import type { CheckFile } from '#features/releases/kpi/bounds.ts';
import { queryOf } from '#features/releases/kpi/check-query.ts';
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

describe('a check that names the version', () => {
  const place = { target: 'live', directory: '/', environment: { REVISION: 'new', PREVIOUS_REVISION: 'old' }, released: { revision: 'new', image: 'shop@sha256:2' }, former: { revision: 'old', image: 'shop@sha256:1' } };
  const asked = (more: object) => queryOf({ name: 'x', over: 'previous', ...more } as CheckFile, place);

  test('is asked of both where its bound is relative, and else of the released one alone', () => {
    expect(asked({ prometheus: { url: 'http://p', query: 'rate(x{v="{{REVISION}}", i="{{DIGEST}}"}[1m])' } })).toMatchObject({ query: 'rate(x{v="new", i="sha256:2"}[1m])', former: 'rate(x{v="old", i="sha256:1"}[1m])' });
    expect(asked({ http: { url: 'http://{{REVISION}}.shop/' } })).toMatchObject({ url: 'http://new.shop/', former: 'http://old.shop/' });
    expect(asked({ command: 'errors-of $REVISION' })).toMatchObject({ environment: { REVISION: 'new' }, former: { environment: { REVISION: 'old', IMAGE: 'shop@sha256:1', PREVIOUS_REVISION: 'old' } } });
    expect(asked({ command: ['errors-of', '{{IMAGE}}'], over: undefined })).toEqual({ kind: 'command', command: ['errors-of', 'shop@sha256:2'], directory: '/', environment: { ...place.environment, IMAGE: 'shop@sha256:2' } });
  });

  test('cannot be told apart where it does not', () => {
    for (const more of [{ prometheus: { url: 'http://p', query: 'sum(x)' } }, { http: { url: 'http://shop/' } }, { command: 'docker ps --format {{.ID}}; echo $PREVIOUS_REVISION' }]) expect(asked(more)).not.toHaveProperty('former');
  });
});

test('of the former version counts what it had while the new one had something too, and it is not asked once it has no traffic', async () => {
  const kpi = { window: '300ms', interval: '20ms', checks: [{ name: 'latency', command: 'x {{REVISION}}', max: '50%', over: 'previous' as const }] };
  const alone: boolean[] = [];
  let looks = 0;
  const read = async (_: AbortSignal, isAlone = false) => {
    alone.push(isAlone);
    looks += 1;
    // The new one begins after eight looks; until then the old one is slow.
    return Promise.resolve(looks <= 8 ? { why: 'none', before: { value: 80 } } : { value: 25, ...(!isAlone && { before: { value: 20 } }) });
  };
  const told: OperationNews[] = [];
  const watch = await Watch.open(kpi, { target: 'live', directory: '/', environment: {} }, { open: async () => Promise.resolve({ read }) }, { secret: async () => Promise.resolve(''), redact: (text) => text, tell: (news) => told.push(news) });
  await watch.measureBaseline(never);
  await watch.during(AbortSignal.timeout(250));
  const asked = alone.length;
  expect(await watch.follow(never)).toMatchObject({ verdict: 'pass', kpi: [{ value: 25, previous: 20, previousIn: 'the same window' }] });
  expect([...new Set(alone.slice(0, asked))]).toEqual([false]);
  expect([...new Set(alone.slice(asked))]).toEqual([true]);
  expect(told[0]).toMatchObject({ type: 'kpi', previous: 80, previousIn: 'before the roll' });
  expect(told.at(-1)).toMatchObject({ type: 'kpi', previous: 20, previousIn: 'the same window', limit: 30 });
});
