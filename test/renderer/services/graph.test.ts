import { describe, expect, test } from 'vitest';
import { fitted, layOut, sizesFor, type GraphLayout, type GraphNode } from '../../../src-renderer/features/services/graph-layout.ts';
import { countClusters, graphItems, pressing } from '../../../src-renderer/features/services/graph-model.ts';
import { fit, nextBox, reveal, widthToFill, zoom } from '../../../src-renderer/features/services/graph-view.ts';
import { rowsOf } from '../../../src-renderer/features/services/rows.ts';
import { projectOf, service, status } from './project.ts';
import check from '../../support/properties.ts';

const at = (layout: GraphLayout, name: string) => layout.nodes.find((node) => node.name === name) ?? { x: NaN, y: NaN };

describe('the layout', () => {
  test('puts each service right of everything that it needs', () => {
    const layout = layOut([{ name: 'web', needs: ['api'] }, { name: 'api', needs: ['db', 'cache'] }, { name: 'db', needs: [] }, { name: 'cache', needs: [] }]);
    expect(at(layout, 'db').x).toBe(at(layout, 'cache').x);
    expect(at(layout, 'api').x).toBeGreaterThan(at(layout, 'db').x);
    expect(at(layout, 'web').x).toBeGreaterThan(at(layout, 'api').x);
    expect(layout.edges.map(({ from, to }) => `${from}>${to}`).sort()).toEqual(['api>web', 'cache>api', 'db>api']);
  });

  test('puts services without neighbours into rows below the others', () => {
    const layout = layOut([{ name: 'a', needs: [] }, { name: 'b', needs: ['a'] }, ...Array.from({ length: 9 }, (_, index) => ({ name: `lone-${index}`, needs: [] }))]);
    expect(at(layout, 'lone-0').y).toBeGreaterThan(at(layout, 'a').y);
    expect(new Set(layout.nodes.filter(({ name }) => name.startsWith('lone')).map(({ y }) => y)).size).toBeGreaterThan(1);
  });

  test('holds nothing as nothing, and an unknown or own need as none', () => {
    expect(layOut([])).toEqual({ nodes: [], edges: [], width: 0, height: 0 });
    expect(layOut([{ name: 'a', needs: ['gone', 'a'] }]).edges).toEqual([]);
  });

  test('whatever the graph, cycles included: every service has a place, no two overlap, all is inside', () => {
    const graph = check
      .integer({ min: 1, max: 24 })
      .chain((count) => check.array(check.array(check.integer({ min: 0, max: count - 1 }), { maxLength: 4 }), { minLength: count, maxLength: count }))
      .map((all) => all.map((needs, index): GraphNode => ({ name: `s${index}`, needs: [...new Set(needs)].map((other) => `s${other}`) })));
    check.assert(
      check.property(graph, (nodes) => {
        const { node } = sizesFor(nodes.length);
        const layout = layOut(nodes);
        expect(layout.nodes.map(({ name }) => name).sort()).toEqual(nodes.map(({ name }) => name).sort());
        for (const [index, one] of layout.nodes.entries()) {
          expect(one.x >= 0 && one.y >= 0 && one.x + node.width <= layout.width + 0.01 && one.y + node.height <= layout.height + 0.01).toBe(true);
          expect(layout.nodes.slice(index + 1).every((other) => Math.abs(one.x - other.x) >= node.width || Math.abs(one.y - other.y) >= node.height)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('100 services in five layers take less than 100 ms', () => {
    const nodes = Array.from({ length: 100 }, (_, index): GraphNode => ({ name: `s${index}`, needs: index < 20 ? [] : [`s${index - 20}`, `s${(index * 7) % 20}`] }));
    layOut(nodes);
    const began = performance.now();
    layOut(nodes);
    expect(performance.now() - began).toBeLessThan(100);
  });

  test('boxes grow where there is room beside, and shrink to a limit where there is too little', () => {
    const nodes = [{ name: 'a', needs: [] }, { name: 'b', needs: ['a'] }];
    const sizes = sizesFor(2);
    const layout = layOut(nodes, sizes);
    expect(fitted(sizes, layout, layout.width + 100).node.width).toBeGreaterThan(sizes.node.width);
    const narrow = fitted(sizes, layout, 10);
    expect(narrow.node.width).toBeLessThan(sizes.node.width);
    expect(narrow.node.width).toBeGreaterThan(100);
  });
});

describe('what is in view', () => {
  test('a small graph is shown whole, as it is, in the middle; a large one from its edge, never too small to read', () => {
    expect(fit({ width: 400, height: 200 }, { width: 1000, height: 600 })).toMatchObject({ scale: 1, x: 300 });
    expect(fit({ width: 9000, height: 9000 }, { width: 1000, height: 600 })).toMatchObject({ scale: 0.5, x: 28, y: 28 });
    expect(widthToFill({ width: 10, height: 10 }, { width: 1056, height: 600 })).toBe(1000);
  });

  test('zooming keeps what is under the pointer, and ends at its limits', () => {
    const view = zoom({ scale: 1, x: 0, y: 0 }, 1.5, { x: 100, y: 50 });
    expect([(100 - view.x) / view.scale, (50 - view.y) / view.scale]).toEqual([100, 50]);
    expect(zoom({ scale: 1, x: 0, y: 0 }, 100, { x: 0, y: 0 }).scale).toBe(1.6);
    expect(zoom({ scale: 1, x: 0, y: 0 }, 0.001, { x: 0, y: 0 }).scale).toBe(0.3);
  });

  test('a box out of view is brought in; one in view moves nothing', () => {
    const frame = { width: 500, height: 400 };
    expect(reveal({ scale: 1, x: 0, y: 0 }, { x: 100, y: 100, width: 50, height: 20 }, frame)).toEqual({ scale: 1, x: 0, y: 0 });
    expect(reveal({ scale: 1, x: 0, y: 0 }, { x: 900, y: 100, width: 50, height: 20 }, frame).x).toBe(500 - 28 - 950);
  });

  test('arrow keys lead to the nearest box in their direction, and nowhere beyond the edge', () => {
    const boxes = [{ name: 'a', x: 0, y: 0 }, { name: 'b', x: 200, y: 10 }, { name: 'c', x: 200, y: 300 }];
    const from = { x: 0, y: 0 };
    expect(nextBox(boxes, from, 'right')?.name).toBe('b');
    expect(nextBox(boxes, { x: 200, y: 10 }, 'down')?.name).toBe('c');
    expect(nextBox(boxes, from, 'left')).toBeUndefined();
  });
});

describe('clusters', () => {
  const nodes = ['kafka-node-1', 'kafka-node-2', 'kafka-node-3'];
  const { project, set } = projectOf([...nodes.map((name) => service(name, name === 'kafka-node-1' ? [] : ['kafka-node-1'])), service('init', ['kafka-node-1:started', 'kafka-node-2:healthy']), service('api-1', [], { image: 'api:1' }), service('api-2', [], { image: 'other:1' })]);
  const rows = rowsOf(project, set, { name: 'minimal', state: 'partial', services: [status('kafka-node-1', 'ready'), status('kafka-node-2', 'failed'), status('kafka-node-3', 'ready')] }, undefined);
  const none = new Set<string>();

  test('services that differ by their number only are one box with their count, the strictest condition and the most pressing state', () => {
    const items = graphItems(rows, { fold: true, opened: none });
    const [kafka, init] = items;
    expect([kafka?.label, kafka?.short, kafka?.rows.length, kafka?.needs]).toEqual(['kafka-node-{1..3}', 'kafka-node', 3, []]);
    expect(init?.needs).toEqual([{ id: kafka?.id, condition: 'healthy' }]);
    expect(kafka && pressing(kafka.rows).state).toBe('failed');
    expect(items).toHaveLength(4);
    expect(countClusters(rows)).toBe(1);
  });

  test('an opened cluster, or none folded, shows every service with its own needs', () => {
    const [{ id = '' } = {}] = graphItems(rows, { fold: true, opened: none });
    const opened = graphItems(rows, { fold: true, opened: new Set([id]) });
    expect(opened.map((item) => item.id)).toEqual(rows.map(({ name }) => name));
    expect(opened).toEqual(graphItems(rows, { fold: false, opened: none }));
    expect(opened.find((item) => item.id === 'init')?.needs).toEqual([{ id: 'kafka-node-1', condition: 'started' }, { id: 'kafka-node-2', condition: 'healthy' }]);
  });
});
