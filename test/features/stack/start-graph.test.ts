import { expect, test } from 'vitest';
import type { Dependency } from '#contract/project.ts';
import { startByGraph, type Outcome } from '#features/stack/start-graph.ts';

const ready: Outcome = { state: 'ready' };
const needs = (service: string, condition: Dependency['condition'] = 'healthy', required = true): Dependency => ({ service, condition, required });

/** Runs a graph whose services become ready when told; records what happened in order. */
function scene(nodes: Readonly<Record<string, readonly Dependency[]>>) {
  const events: string[] = [];
  const controls = new Map<string, { started: () => void; end: (outcome: Outcome) => void; fail: (error: Error) => void }>();
  const outcomes = startByGraph(
    Object.entries(nodes).map(([service, dependsOn]) => ({ service, dependsOn })),
    {
      run: (service, started) => {
        events.push(`run ${service}`);
        return new Promise((end, fail) => controls.set(service, { started, end, fail }));
      },
      onWait: (service, why) => events.push(`${service} ${why}`),
    },
  );
  return { events, outcomes, control: (service: string) => controls.get(service) ?? expect.fail(`${service} does not run yet`) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a service runs as soon as what it needs is ready, and says what it waits for until then', async () => {
  const { events, control, outcomes } = scene({ db: [], cache: [], api: [needs('db'), needs('cache')] });
  await turn();
  expect(events).toEqual(['api waits for db to be ready, cache to be ready', 'run db', 'run cache']);
  control('db').end(ready);
  await turn();
  expect(events.at(-1)).toBe('api waits for cache to be ready');
  control('cache').end(ready);
  await turn();
  expect(events.at(-1)).toBe('run api');
  control('api').end(ready);
  expect([...(await outcomes).values()]).toEqual([ready, ready, ready]);
});

test('a dependency that only has to start does not hold its dependents longer', async () => {
  const { events, control, outcomes } = scene({ db: [], api: [needs('db', 'started')] });
  await turn();
  control('db').started();
  await turn();
  expect(events.at(-1)).toBe('run api');
  control('api').end(ready);
  control('db').end(ready);
  await outcomes;
});

test('a failed service fails its dependents, with the reason, and nobody else', async () => {
  const { control, outcomes } = scene({ db: [], other: [], api: [needs('db')], web: [needs('api', 'started')] });
  await turn();
  control('db').end({ state: 'failed', why: 'exited with 1', timedOut: false });
  control('other').end(ready);
  expect(Object.fromEntries(await outcomes)).toMatchObject({
    other: ready,
    api: { state: 'failed', why: 'not started, because db failed' },
    web: { state: 'failed', why: 'not started, because api failed' },
  });
});

test('an optional dependency that fails holds nobody back', async () => {
  const { control, outcomes } = scene({ extra: [], api: [needs('extra', 'healthy', false)] });
  await turn();
  control('extra').end({ state: 'failed', why: 'x', timedOut: false });
  await turn();
  control('api').end(ready);
  expect((await outcomes).get('api')).toEqual(ready);
});

test('work that must end as a whole rejects, after every other service has come to an end', async () => {
  const { control, outcomes } = scene({ db: [], api: [needs('db')] });
  await turn();
  control('db').fail(new Error('engine lost'));
  await expect(outcomes).rejects.toThrow('engine lost');
});
