import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { lookOfPhase } from '../../ui/phase.ts';
import style from './DependencyGraph.module.css';
import { countClusters, FOLD_FROM, graphItems, pressing, type GraphItem } from './graph-model.ts';
import { fitted, layOut, sizesFor, type GraphNode as Shape, type PlacedEdge } from './graph-layout.ts';
import { GraphLegend } from './GraphLegend.tsx';
import { GraphNode } from './GraphNode.tsx';
import { GraphTools } from './GraphTools.tsx';
import { nextBox, reveal, widthToFill, zoom, type Direction } from './graph-view.ts';
import type { ServiceRow } from './rows.ts';
import type { Series } from './series.ts';
import { useFrameSize, useGraphView } from './use-graph-view.ts';

type DependencyGraphProps = {
  readonly rows: readonly ServiceRow[];
  readonly shown: readonly ServiceRow[];
  readonly series: ReadonlyMap<string, Series>;
  readonly chosen: string | undefined;
  onChoose(service: string | undefined): void;
};

const ARROWS: Readonly<Record<string, Direction>> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };
/** Below this scale a box has room for its name only. */
const COMPACT = 0.85;
const STEP = 1.2;
/** A lower box has one line. */
const ROOM_FOR_TWO = 44;
/** Between boxes that are nearer, a line has no room for its condition’s word. */
const ROOM_FOR_WORD = 76;

/** Which service waits for which, from left to right. The list says the same as a table. */
export function DependencyGraph({ rows, shown, series, chosen, onChoose }: DependencyGraphProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [fold, setFold] = useState(rows.length >= FOLD_FROM);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [focused, setFocused] = useState<string>();
  const items = useMemo(() => graphItems(rows, { fold, opened }), [rows, fold, opened]);
  const shape = JSON.stringify(items.map(({ id, needs }) => ({ name: id, needs: needs.map((need) => need.id) })));
  const size = useFrameSize(frame);
  const { layout, node, gap } = useMemo(() => layOutIn(JSON.parse(shape), size), [shape, size]);
  const { view, setView, fitAll } = useGraphView(frame, layout, size);
  const byId = new Map(items.map((item) => [item.id, item]));
  const visible = new Set(shown.map(({ name }) => name));
  const idOfChosen = items.find((item) => item.rows.some(({ name }) => name === chosen))?.id;
  const stop = layout.nodes.find(({ name }) => name === focused) ?? layout.nodes.find(({ name }) => name === idOfChosen) ?? layout.nodes[0];

  const goTo = (name: string | undefined) => frame.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(name ?? '')}"]`)?.focus({ preventScroll: true });
  const onFocus = (name: string) => {
    setFocused(name);
    const box = layout.nodes.find((node) => node.name === name);
    if (box) setView((before) => reveal(before, { ...box, ...node }, size));
  };
  const zoomBy = (factor: number) => setView((before) => zoom(before, factor, { x: size.width / 2, y: size.height / 2 }));
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = ARROWS[event.key];
    const act = direction ? () => stop && goTo(nextBox(layout.nodes, stop, direction)?.name) : { '+': () => zoomBy(STEP), '=': () => zoomBy(STEP), '-': () => zoomBy(1 / STEP), '0': fitAll }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const choose = ({ id, rows: [row, ...others] }: GraphItem) => {
    if (others.length > 0) return setOpened((before) => new Set([...before, id]));
    onChoose(row?.name === chosen ? undefined : row?.name);
  };

  return (
    <div ref={frame} className={style.frame} role="group" aria-label="Dependencies of the services" aria-describedby="graph-words" onKeyDown={onKey}>
      <p id="graph-words" className="visually-hidden">
        A graph of {items.length} boxes, in start order from left to right. Arrow keys lead from one to the next, Enter opens its panel. The List view says the same as a table.
      </p>
      <div className={style.canvas} data-compact={view.scale < COMPACT || undefined} data-dense={node.height < ROOM_FOR_TWO || undefined} style={{ width: layout.width, height: layout.height, transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})`, ['--unscale' as string]: 1 / view.scale }}>
        <svg className={style.edges} width={layout.width} height={layout.height} aria-hidden="true">
          <defs>
            <marker id="graph-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">
              <path d="M1 1l6 3-6 3" />
            </marker>
          </defs>
          {layout.edges.map((edge) => (
            <Edge key={`${edge.from} ${edge.to}`} edge={edge} byId={byId} near={[idOfChosen, focused].filter((id) => id !== undefined)} labelled={gap.x * view.scale >= ROOM_FOR_WORD} />
          ))}
        </svg>
        <ul className={style.nodes}>
          {layout.nodes.map(({ name, x, y }) => {
            const item = byId.get(name);
            return (
              item && (
                <li key={name} style={{ left: x, top: y, width: node.width, height: node.height }}>
                  <GraphNode item={item} series={series.get(name)} chosen={name === idOfChosen} faint={!item.rows.some((row) => visible.has(row.name))} reachable={name === stop?.name} onFocus={() => onFocus(name)} onChoose={() => choose(item)} />
                </li>
              )
            );
          })}
        </ul>
      </div>
      <GraphLegend items={items} />
      <GraphTools scale={view.scale} onZoom={zoomBy} onFit={fitAll} step={STEP} clusters={countClusters(rows)} folded={fold && opened.size === 0} onFold={(next) => (setFold(next), setOpened(new Set()))} />
    </div>
  );
}

type EdgeProps = { readonly edge: PlacedEdge; readonly byId: ReadonlyMap<string, GraphItem>; readonly near: readonly string[]; readonly labelled: boolean };

/** A line from what is needed to what needs it, drawn by its condition; near the chosen box, with the condition's word. */
function Edge({ edge: { from, to, path, middle }, byId, near, labelled }: EdgeProps) {
  const condition = byId.get(to)?.needs.find(({ id }) => id === from)?.condition;
  const needed = byId.get(from);
  const isNear = near.includes(from) || near.includes(to);
  const isOpen = needed === undefined || lookOfPhase(pressing(needed.rows).state).tone !== 'ready';
  return (
    <g data-near={isNear || undefined} data-open={isOpen || undefined} data-condition={condition}>
      <path d={path} markerEnd="url(#graph-tip)" />
      {isNear && labelled && (
        <text x={middle.x} y={middle.y}>
          {condition}
        </text>
      )}
    </g>
  );
}

/** The layout that fills the frame's width where its height allows. */
function layOutIn(nodes: readonly Shape[], frame: { readonly width: number; readonly height: number }) {
  const sizes = sizesFor(nodes.length);
  const first = layOut(nodes, sizes);
  const inFrame = fitted(sizes, first, widthToFill(first, frame));
  return { layout: layOut(nodes, inFrame), ...inFrame };
}
