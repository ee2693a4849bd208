/** What the layout needs of a service. */
export type GraphNode = { readonly name: string; readonly needs: readonly string[] };

export type PlacedNode = { readonly name: string; readonly x: number; readonly y: number };
export type PlacedEdge = { readonly from: string; readonly to: string; readonly path: string };
export type GraphLayout = { readonly nodes: readonly PlacedNode[]; readonly edges: readonly PlacedEdge[]; readonly width: number; readonly height: number };

export const NODE = { width: 172, height: 42 } as const;
const GAP = { x: 74, y: 14 } as const;
const SWEEPS = 4;

/** Places services in columns: each to the right of everything that it needs, near its neighbours, so that up runs from left to right. */
export function layOut(nodes: readonly GraphNode[]): GraphLayout {
  const known = new Set(nodes.map(({ name }) => name));
  const needs = new Map(nodes.map(({ name, needs: all }) => [name, all.filter((other) => known.has(other) && other !== name)]));
  const columns = ordered(inColumns(nodes, needs), needs);
  const tallest = Math.max(1, ...columns.map(({ length }) => length));
  const height = tallest * (NODE.height + GAP.y) - GAP.y;
  const placed = columns.flatMap((column, index) => {
    const top = (height - (column.length * (NODE.height + GAP.y) - GAP.y)) / 2;
    return column.map((name, position) => ({ name, x: index * (NODE.width + GAP.x), y: top + position * (NODE.height + GAP.y) }));
  });
  const at = new Map(placed.map((node) => [node.name, node]));
  const edges = [...needs].flatMap(([to, all]) => all.flatMap((from) => edgeBetween(at.get(from), at.get(to))));
  return { nodes: placed, edges, width: columns.length * (NODE.width + GAP.x) - GAP.x, height };
}

type Needs = ReadonlyMap<string, readonly string[]>;

function inColumns(nodes: readonly GraphNode[], needs: Needs): readonly (readonly string[])[] {
  const depths = new Map<string, number>();
  const depthOf = (name: string, seen: ReadonlySet<string>): number => {
    const before = depths.get(name);
    if (before !== undefined || seen.has(name)) return before ?? 0;
    const inner = new Set([...seen, name]);
    const depth = Math.max(-1, ...(needs.get(name) ?? []).map((other) => depthOf(other, inner))) + 1;
    depths.set(name, depth);
    return depth;
  };
  const columns: string[][] = [];
  for (const { name } of nodes) (columns[depthOf(name, new Set())] ??= []).push(name);
  return columns;
}

/** Sorts every column by the mean place of its neighbours, back and forth, so that fewer lines cross. */
function ordered(columns: readonly (readonly string[])[], needs: Needs): readonly (readonly string[])[] {
  const neighbours = new Map<string, string[]>();
  for (const [name, all] of needs) {
    for (const other of all) {
      neighbours.set(name, [...(neighbours.get(name) ?? []), other]);
      neighbours.set(other, [...(neighbours.get(other) ?? []), name]);
    }
  }
  let current = columns;
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const places = new Map(current.flatMap((column) => column.map((name, index) => [name, index - column.length / 2] as const)));
    const mean = (name: string) => {
      const all = (neighbours.get(name) ?? []).map((other) => places.get(other) ?? 0);
      return all.length === 0 ? (places.get(name) ?? 0) : all.reduce((sum, place) => sum + place, 0) / all.length;
    };
    current = current.map((column) => [...column].sort((one, other) => mean(one) - mean(other)));
  }
  return current;
}

function edgeBetween(from: PlacedNode | undefined, to: PlacedNode | undefined): readonly PlacedEdge[] {
  if (!from || !to) return [];
  const start = { x: from.x + NODE.width, y: from.y + NODE.height / 2 };
  const end = { x: to.x, y: to.y + NODE.height / 2 };
  const bend = Math.max(30, (end.x - start.x) / 2);
  return [{ from: from.name, to: to.name, path: `M${start.x} ${start.y}C${start.x + bend} ${start.y} ${end.x - bend} ${end.y} ${end.x} ${end.y}` }];
}
