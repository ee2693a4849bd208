import { describe, expect, test } from 'vitest';
import { closeSet, findCycle } from '#features/project/close-set.ts';
import fc from '../../support/properties.ts';

type Needs = Record<string, { service: string; required: boolean }[]>;

const needs = (graph: Record<string, string[]>): Needs =>
  Object.fromEntries(Object.entries(graph).map(([name, list]) => [name, list.map((entry) => ({ service: entry.replace('?', ''), required: !entry.endsWith('?') }))]));

describe('a set', () => {
  test('has what its services need, in dependency order, with reasons', () => {
    const graph = needs({ web: ['api'], api: ['db', 'cache'], db: [], cache: [], mail: [] });
    expect(closeSet({ chosen: ['web', 'cache'], needs: graph, standInFor: {} })).toEqual({
      services: ['db', 'cache', 'api', 'web'],
      because: { web: 'chosen by the set', cache: 'chosen by the set; needed by api', api: 'needed by web', db: 'needed by api' },
    });
  });

  test('leaves out what is only wanted, but orders it', () => {
    const graph = needs({ api: ['metrics?', 'db'], metrics: [], db: [] });
    expect(closeSet({ chosen: ['api'], needs: graph, standInFor: {} }).services).toEqual(['db', 'api']);
    expect(closeSet({ chosen: ['api', 'metrics'], needs: graph, standInFor: {} }).services).toEqual(['metrics', 'db', 'api']);
  });

  test('takes a stand-in for those that it answers for', () => {
    const graph = needs({ api: ['node-1', 'node-2', 'node-3'], 'node-1': [], 'node-2': ['node-1'], 'node-3': [] });
    const closed = closeSet({ chosen: ['api', 'node-3'], needs: graph, standInFor: { 'node-2': 'node-1', 'node-3': 'node-1' } });
    expect(closed.services).toEqual(['node-1', 'api']);
    expect(closed.because['node-1']).toBe('stands in for node-3, node-2; needed by api');
  });

  test('of a chain of 20,000 services closes', () => {
    const graph = needs(Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`s${index}`, index === 19_999 ? [] : [`s${index + 1}`]])));
    const { services } = closeSet({ chosen: ['s0'], needs: graph, standInFor: {} });
    expect([services[0], services.at(-1), services.length]).toEqual(['s19999', 's0', 20_000]);
    expect(findCycle(graph)).toBeUndefined();
  });
});

/** Services that need only earlier ones: no cycle. */
const acyclic = fc.integer({ min: 1, max: 12 }).chain((size) =>
  fc.tuple(...Array.from({ length: size }, (_, index) => fc.subarray(Array.from({ length: index }, (_value, earlier) => earlier)))).map((lists): Needs =>
    Object.fromEntries(lists.map((list, index) => [`s${index}`, list.map((earlier) => ({ service: `s${earlier}`, required: earlier % 3 !== 0 }))])),
  ),
);

describe('whatever the graph', () => {
  test('the closure is closed, holds what was chosen, nothing without a reason, and every service after what it needs', () => {
    fc.assert(
      fc.property(acyclic, fc.nat(), (graph, seed) => {
        const names = Object.keys(graph);
        const chosen = names.filter((_, index) => (seed >> index) % 2 === 1);
        const { services, because } = closeSet({ chosen, needs: graph, standInFor: {} });
        expect(new Set(services).size).toBe(services.length);
        for (const name of chosen) expect(services).toContain(name);
        for (const name of services) {
          expect(because[name]).toMatch(/chosen|needed/);
          for (const need of graph[name] ?? []) {
            if (need.required) expect(services).toContain(need.service);
            if (services.includes(need.service)) expect(services.indexOf(need.service)).toBeLessThan(services.indexOf(name));
          }
        }
      }),
    );
  });

  test('no cycle is found where there is none, and one is found where one was closed', () => {
    fc.assert(
      fc.property(acyclic, (graph) => {
        expect(findCycle(graph)).toBeUndefined();
        const names = Object.keys(graph);
        const [first = '', last = ''] = [names[0], names.at(-1)];
        const closed: Needs = { ...graph, [last]: [...(graph[last] ?? []), { service: first, required: true }], [first]: [{ service: last, required: true }] };
        const cycle = findCycle(closed) ?? [];
        expect(cycle.length).toBeGreaterThan(1);
        expect(cycle[0]).toBe(cycle.at(-1));
        cycle.slice(1).forEach((name, index) => expect(closed[cycle[index] ?? '']?.map(({ service }) => service)).toContain(name));
      }),
    );
  });

  test('B16: a cycle reads a→b→a', () => {
    expect(findCycle(needs({ z: ['a'], a: ['b'], b: ['c', 'a'], c: [] }))).toEqual(['a', 'b', 'a']);
    expect(findCycle(needs({ a: ['a'] }))).toEqual(['a', 'a']);
  });
});
