import { ActionIcon } from '@mantine/core';
import { Play } from 'lucide-react';
import { useMemo, useRef, type KeyboardEvent } from 'react';
import { Link, useLocation } from 'wouter';
import { atClick } from '../../shell/ActionParts.tsx';
import { runActions, stagePath } from '../../shell/run-actions.ts';
import { MiddleCut } from '../../ui/MiddleCut.tsx';
import { StateIcon } from '../../ui/StateIcon.tsx';
import { Elapsed } from '../../ui/Time.tsx';
import { layOut, type GraphSizes } from '../services/graph-layout.ts';
import { nextBox, type Direction } from '../services/graph-view.ts';
import style from './StageGraph.module.css';
import { factsOf, lookOfStage, timeOf, type StageRow } from './stage-rows.ts';

type StageGraphProps = { readonly rows: readonly StageRow[]; readonly chosen: string | undefined; /** As the address names it. */ readonly run: string; readonly directory: string; readonly busy: boolean };

const SIZES: GraphSizes = { node: { width: 206, height: 56 }, gap: { x: 62, y: 14 } };
const ARROWS: Readonly<Record<string, Direction>> = { ArrowLeft: 'left', ArrowRight: 'right', ArrowUp: 'up', ArrowDown: 'down' };

/** Which stage needs which, from left to right, each with its live state, its time and a button that runs it. */
export function StageGraph({ rows, chosen, run, directory, busy }: StageGraphProps) {
  const frame = useRef<HTMLDivElement>(null);
  const shape = JSON.stringify(rows.map(({ name, view }) => ({ name, needs: view?.needs ?? [] })));
  const layout = useMemo(() => layOut(JSON.parse(shape), SIZES), [shape]);
  const byName = new Map(rows.map((row) => [row.name, row]));
  const onKey = (event: KeyboardEvent) => {
    const direction = ARROWS[event.key];
    const here = event.target instanceof HTMLElement ? event.target.dataset['stage'] : undefined;
    const box = layout.nodes.find(({ name }) => name === here);
    if (!direction || !box) return;
    event.preventDefault();
    const next = nextBox(layout.nodes, box, direction);
    if (next) frame.current?.querySelector<HTMLElement>(`[data-stage="${CSS.escape(next.name)}"]`)?.focus();
  };
  return (
    <div ref={frame} className={style.frame} role="group" aria-label="Stages by what they need" onKeyDown={onKey}>
      <div className={style.canvas} style={{ width: layout.width, height: layout.height }}>
        <svg className={style.edges} width={layout.width} height={layout.height} aria-hidden="true">
          <defs>
            <marker id="stage-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">
              <path d="M1 1l6 3-6 3" />
            </marker>
          </defs>
          {layout.edges.map(({ from, to, path }) => (
            <path key={`${from} ${to}`} d={path} markerEnd="url(#stage-tip)" data-tone={byName.has(from) ? lookOfStage(byName.get(from) as StageRow).tone : undefined} />
          ))}
        </svg>
        <ul className={style.nodes}>
          {layout.nodes.map(({ name, x, y }) => {
            const row = byName.get(name);
            return (
              row && (
                <li key={name} style={{ left: x, top: y, ...SIZES.node }}>
                  <StageNode row={row} chosen={name === chosen} run={run} directory={directory} busy={busy} />
                </li>
              )
            );
          })}
        </ul>
      </div>
    </div>
  );
}

type StageNodeProps = Omit<StageGraphProps, 'rows' | 'chosen'> & { readonly row: StageRow; readonly chosen: boolean };

function StageNode({ row, chosen, run, directory, busy }: StageNodeProps) {
  const [, navigate] = useLocation();
  const look = lookOfStage(row);
  const time = timeOf(row);
  const { run: action } = runActions({ directory, navigate }, [row.name]);
  return (
    <>
      <Link href={stagePath(run, row.name)} className={style.node} data-stage={row.name} data-tone={look.tone} data-absent={row.state === undefined || undefined} aria-current={chosen || undefined} title={`${row.name}: ${look.label}`}>
        <span className={style.head}>
          <StateIcon look={look} size={14} />
          <b>
            <MiddleCut text={row.name} />
          </b>
          <span className="visually-hidden">: {look.label}</span>
          <span className={style.time}>{time && ('words' in time ? time.words : <Elapsed since={time.since} />)}</span>
        </span>
        <span className={style.facts}>{factsOf(row)}</span>
      </Link>
      {row.view && !row.view.against && (
        <ActionIcon className={style.run} size={24} aria-label={`Run ${row.name}`} title={`${action.command}\nwith what it needs`} disabled={busy} onClick={atClick(action)}>
          <Play size={13} />
        </ActionIcon>
      )}
    </>
  );
}
