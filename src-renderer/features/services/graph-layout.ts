/** What the layout needs of a service. */
export type GraphNode = { readonly name: string; readonly needs: readonly string[] };

type PlacedNode = { readonly name: string; readonly x: number; readonly y: number };
/** `middle` is where its label belongs. */
export type PlacedEdge = { readonly from: string; readonly to: string; readonly path: string; readonly middle: { readonly x: number; readonly y: number } };
export type GraphLayout = { readonly nodes: readonly PlacedNode[]; readonly edges: readonly PlacedEdge[]; readonly width: number; readonly height: number };

/** How large the boxes are, and how far from each other. */
export type GraphSizes = { readonly node: { readonly width: number; readonly height: number }; readonly gap: { readonly x: number; readonly y: number } };

/** From so many boxes on, each is one line high. */
const DENSE_FROM = 26;
const ROOMY: GraphSizes = { node: { width: 192, height: 50 }, gap: { x: 88, y: 16 } };
const DENSE: GraphSizes = { node: { width: 176, height: 34 }, gap: { x: 88, y: 12 } };
/** Boxes and the space between them grow so much at most, where there is room beside. */
const GROWTH = { node: 110, gap: 60 } as const;
const SMALLEST = { node: 146, gap: 50 } as const;
/** Services that nothing joins stand below the others, so many beside each other at least. */
const LONERS_BESIDE = 4;
/** Height of the lane that a line takes where it passes a column. */
const LANE = 8;
const SWEEPS = 6;

/** One place in a column: a service, or the lane of a line that passes by. */
type Slot = { readonly id: string; readonly service: string | undefined };
type Link = { readonly from: string; readonly to: string; readonly through: readonly string[] };

/** The sizes that suit so many boxes. */
export function sizesFor(count: number): GraphSizes {
  return count < DENSE_FROM ? ROOMY : DENSE;
}

/** The same sizes, fitted to the width there is: wider where there is room beside, so that names are cut less; narrower where there is too little. */
export function fitted(sizes: GraphSizes, { nodes, width }: GraphLayout, room: number): GraphSizes {
  const columns = new Set(nodes.map(({ x }) => x)).size;
  if (columns === 0) return sizes;
  const spare = (room - width) / columns;
  const { node, gap } = sizes;
  const most = spare > 0 ? GROWTH : { node: SMALLEST.node - node.width, gap: SMALLEST.gap - gap.x };
  const change = (limit: number, share: number) => (spare > 0 ? Math.min(limit, spare * share) : Math.max(limit, spare * share));
  return { node: { ...node, width: node.width + change(most.node, 0.6) }, gap: { ...gap, x: gap.x + change(most.gap, 0.4) } };
}

/** Places services in columns: each to the right of everything that it needs, near its neighbours, so that up runs from left to right. Those without neighbours stand in rows below. */
export function layOut(nodes: readonly GraphNode[], sizes: GraphSizes = sizesFor(nodes.length)): GraphLayout {
  const { node: NODE, gap: GAP } = sizes;
  const names = new Set(nodes.map(({ name }) => name));
  const joined = new Set(nodes.flatMap(({ name, needs }) => needs.filter((other) => names.has(other) && other !== name).flatMap((other) => [name, other])));
  const layers = layOutJoined(nodes.filter(({ name }) => joined.has(name)), sizes);
  const loners = nodes.filter(({ name }) => !joined.has(name));
  const step = { x: NODE.width + GAP.y, y: NODE.height + GAP.y };
  const beside = Math.max(1, Math.min(loners.length, Math.max(LONERS_BESIDE, Math.ceil(Math.sqrt(loners.length)), Math.floor((layers.width + GAP.y) / step.x))));
  const top = layers.height === 0 ? 0 : layers.height + GAP.x / 2;
  const placed = loners.map(({ name }, index) => ({ name, x: (index % beside) * step.x, y: top + Math.floor(index / beside) * step.y }));
  return {
    nodes: [...layers.nodes, ...placed],
    edges: layers.edges,
    width: Math.max(layers.width, loners.length === 0 ? 0 : beside * step.x - GAP.y),
    height: loners.length === 0 ? layers.height : top + Math.ceil(loners.length / beside) * step.y - GAP.y,
  };
}

function layOutJoined(nodes: readonly GraphNode[], sizes: GraphSizes): GraphLayout {
  const { node: NODE, gap: GAP } = sizes;
  if (nodes.length === 0) return { nodes: [], edges: [], width: 0, height: 0 };
  const depths = depthsOf(nodes);
  const { columns, links } = withLanes(nodes, depths);
  const ordered = sortColumns(columns, links);
  const heights = ordered.map((column) => column.reduce((sum, slot) => sum + heightOf(slot, sizes) + GAP.y, -GAP.y));
  const height = Math.max(NODE.height, ...heights);
  const centers = new Map<string, { readonly x: number; readonly y: number }>();
  ordered.forEach((column, index) => {
    let y = (height - (heights[index] ?? 0)) / 2;
    for (const slot of column) {
      centers.set(slot.id, { x: index * (NODE.width + GAP.x), y: y + heightOf(slot, sizes) / 2 });
      y += heightOf(slot, sizes) + GAP.y;
    }
  });
  const placed = nodes.flatMap(({ name }) => {
    const center = centers.get(name);
    return center ? [{ name, x: center.x, y: center.y - NODE.height / 2 }] : [];
  });
  return { nodes: placed, edges: links.map((link) => draw(link, centers, sizes)), width: ordered.length * (NODE.width + GAP.x) - GAP.x, height };
}

function heightOf({ service }: Slot, { node }: GraphSizes): number {
  return service === undefined ? LANE : node.height;
}

function depthsOf(nodes: readonly GraphNode[]): ReadonlyMap<string, number> {
  const needs = new Map(nodes.map((node) => [node.name, node.needs]));
  const depths = new Map<string, number>();
  const depthOf = (name: string, above: ReadonlySet<string>): number => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    const inner = new Set([...above, name]);
    const below = (needs.get(name) ?? []).filter((other) => needs.has(other) && !inner.has(other));
    const depth = Math.max(-1, ...below.map((other) => depthOf(other, inner))) + 1;
    depths.set(name, depth);
    return depth;
  };
  for (const { name } of nodes) depthOf(name, new Set());
  return depths;
}

/** The columns by depth, with a lane wherever a line passes a column between its ends. */
function withLanes(nodes: readonly GraphNode[], depths: ReadonlyMap<string, number>): { readonly columns: readonly (readonly Slot[])[]; readonly links: readonly Link[] } {
  const columns: Slot[][] = [];
  for (const { name } of nodes) (columns[depths.get(name) ?? 0] ??= []).push({ id: name, service: name });
  const links = nodes.flatMap(({ name: to, needs }) =>
    needs.flatMap((from) => {
      const start = depths.get(from);
      const end = depths.get(to) ?? 0;
      if (start === undefined || start >= end) return [];
      const through = Array.from({ length: end - start - 1 }, (_, step) => `${from} > ${to} ${step}`);
      through.forEach((id, step) => (columns[start + step + 1] ??= []).push({ id, service: undefined }));
      return [{ from, to, through }];
    }),
  );
  return { columns, links };
}

/** Sorts every column by the mean place of its neighbours, again and again, so that fewer lines cross. */
function sortColumns(columns: readonly (readonly Slot[])[], links: readonly Link[]): readonly (readonly Slot[])[] {
  const neighbours = new Map<string, string[]>();
  for (const { from, to, through } of links) {
    const stops = [from, ...through, to];
    stops.slice(1).forEach((stop, index) => {
      const before = stops[index] ?? from;
      neighbours.set(stop, [...(neighbours.get(stop) ?? []), before]);
      neighbours.set(before, [...(neighbours.get(before) ?? []), stop]);
    });
  }
  let current = columns;
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const places = new Map(current.flatMap((column) => column.map(({ id }, index) => [id, index - (column.length - 1) / 2] as const)));
    const mean = ({ id }: Slot) => {
      const all = (neighbours.get(id) ?? []).map((other) => places.get(other) ?? 0);
      return all.length === 0 ? (places.get(id) ?? 0) : all.reduce((sum, place) => sum + place, 0) / all.length;
    };
    current = current.map((column) => [...column].sort((one, other) => mean(one) - mean(other)));
  }
  return current;
}

function draw({ from, to, through }: Link, centers: ReadonlyMap<string, { readonly x: number; readonly y: number }>, { node: NODE, gap: GAP }: GraphSizes): PlacedEdge {
  const stops = [from, ...through, to].flatMap((id) => centers.get(id) ?? []);
  const pieces = stops.slice(1).map((next, index) => {
    const before = stops[index] ?? next;
    const [startX, endX, bend] = [before.x + NODE.width, next.x, GAP.x / 2];
    const across = index === 0 ? `M${startX} ${before.y}` : `H${startX}`;
    return `${across}C${startX + bend} ${before.y} ${endX - bend} ${next.y} ${endX} ${next.y}`;
  });
  const [before, last] = stops.slice(-2);
  const [startY, endY] = [before?.y ?? 0, last?.y ?? 0];
  const middle = { x: (last?.x ?? 0) - GAP.x * 0.6, y: startY + (endY - startY) * 0.3 };
  return { from, to, path: pieces.join(''), middle };
}
