/** What part of the graph is in view: its origin is shown at `x`, `y`, in pixels of the frame. */
export type GraphView = { readonly scale: number; readonly x: number; readonly y: number };

type Size = { readonly width: number; readonly height: number };
type Point = { readonly x: number; readonly y: number };

const SMALLEST = 0.3;
const LARGEST = 1.6;
/** Fitting stops here: below it, names no longer fit into their boxes. */
const SMALLEST_FIT = 0.5;
const MARGIN = 28;
/** Where the legend and the tools are. */
const FOOT = 26;

/** Shows the whole graph in the middle; one that is too large is shown from its left edge. */
export function fit(graph: Size, frame: Size): GraphView {
  const scale = Math.max(SMALLEST_FIT, Math.min(roomIn(frame).width / graph.width, roomIn(frame).height / graph.height, 1));
  const place = (room: number, length: number) => Math.max(MARGIN, (room - length * scale) / 2);
  return { scale, x: place(frame.width, graph.width), y: place(frame.height - FOOT, graph.height) };
}

/** The width that a graph may have without becoming smaller than its height makes it. */
export function widthToFill(graph: Size, frame: Size): number {
  const { width, height } = roomIn(frame);
  return width / Math.max(SMALLEST_FIT, Math.min(1, height / graph.height));
}

function roomIn({ width, height }: Size): Size {
  return { width: Math.max(1, width - 2 * MARGIN), height: Math.max(1, height - 2 * MARGIN - FOOT) };
}

/** The view scaled by `factor`, with what is at `point` of the frame staying there. */
export function zoom(view: GraphView, factor: number, point: Point): GraphView {
  const scale = Math.min(LARGEST, Math.max(SMALLEST, view.scale * factor));
  const grown = scale / view.scale;
  return { scale, x: point.x - (point.x - view.x) * grown, y: point.y - (point.y - view.y) * grown };
}

/** The view moved as little as is needed to show a box of the graph. */
export function reveal(view: GraphView, box: Point & Size, frame: Size): GraphView {
  const shift = (start: number, length: number, room: number) => {
    if (start < MARGIN) return MARGIN - start;
    return start + length > room - MARGIN ? room - MARGIN - start - length : 0;
  };
  const { scale } = view;
  return {
    scale,
    x: view.x + shift(view.x + box.x * scale, box.width * scale, frame.width),
    y: view.y + shift(view.y + box.y * scale, box.height * scale, frame.height),
  };
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The box that an arrow key leads to from another one: the nearest in that direction, those straight ahead first. */
export function nextBox<Box extends Point>(boxes: readonly Box[], from: Point, direction: Direction): Box | undefined {
  const isFlat = direction === 'left' || direction === 'right';
  const sign = direction === 'left' || direction === 'up' ? -1 : 1;
  const ranked = boxes.flatMap((box) => {
    const [ahead, aside] = isFlat ? [box.x - from.x, box.y - from.y] : [box.y - from.y, box.x - from.x];
    return ahead * sign > 0 ? [{ box, far: Math.abs(ahead) + 2 * Math.abs(aside) }] : [];
  });
  return ranked.sort((one, other) => one.far - other.far)[0]?.box;
}
