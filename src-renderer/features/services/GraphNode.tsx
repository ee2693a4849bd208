import { Layers2 } from 'lucide-react';
import { bytes } from '../../ui/format.ts';
import { KindIcon } from '../../ui/KindIcon.tsx';
import { MiddleCut } from '../../ui/MiddleCut.tsx';
import { lookOfPhase } from '../../ui/phase.ts';
import { StateIcon } from '../../ui/StateIcon.tsx';
import style from './DependencyGraph.module.css';
import { pressing, type GraphItem } from './graph-model.ts';
import { statesInWords, type ServiceRow } from './rows.ts';
import type { Series } from './series.ts';

type GraphNodeProps = {
  readonly item: GraphItem;
  readonly series: Series | undefined;
  readonly chosen: boolean;
  readonly faint: boolean;
  readonly reachable: boolean;
  onFocus(): void;
  onChoose(): void;
};

/** One box of the graph. Its state shows by colour and by the shape of its sign; a swapped service and a stand-in by their outline too. */
export function GraphNode({ item, series, chosen, faint, reachable, onFocus, onChoose }: GraphNodeProps) {
  const row = pressing(item.rows);
  const isCluster = item.rows.length > 1;
  const look = lookOfPhase(row.state);
  return (
    <button
      type="button"
      className={style.node}
      data-node={item.id}
      data-tone={look.tone}
      data-state={row.state}
      data-cluster={isCluster || undefined}
      data-standin={(!isCluster && row.standsFor.length > 0) || undefined}
      data-chosen={chosen || undefined}
      data-faint={faint || undefined}
      tabIndex={reachable ? 0 : -1}
      aria-expanded={isCluster ? false : chosen}
      title={`${item.label}: ${restInWords(item)}`}
      onFocus={onFocus}
      onClick={onChoose}
    >
      <KindIcon kind={row.kind} size={26} />
      <span className={style.words}>
        <span className={style.name}>
          <MiddleCut text={item.short} />
          {isCluster ? <small>×{item.rows.length}</small> : row.replicas.length > 0 && <small>×{row.replicas.length}</small>}
        </span>
        <span className="visually-hidden">: {restInWords(item)}</span>
        <span className={style.note} aria-hidden="true">
          <Note row={row} item={item} series={series} />
        </span>
      </span>
      <StateIcon look={look} size={14} />
    </button>
  );
}

function Note({ row, item, series }: { readonly row: ServiceRow; readonly item: GraphItem; readonly series: Series | undefined }) {
  const { rows } = item;
  if (rows.length > 1) {
    return (
      <>
        <Layers2 size={12} aria-hidden="true" /> {statesInWords(rows)}
      </>
    );
  }
  if (row.swappedTo.length > 0) return <>{row.why ?? `→ ${row.swappedTo.join(', ')}`}</>;
  const state = row.replicas.length > 0 ? statesInWords(row.replicas) : lookOfPhase(row.state).label;
  if (row.standsFor.length > 0) return <>{state} · stands for {row.standsFor.length === 1 ? row.standsFor[0] : row.standsFor.length}</>;
  return <>{row.state === 'ready' && series ? `${state} · ${bytes(series.latest.memory)}` : state}</>;
}

/** What the box and its lines say besides the name, for whoever does not see them. */
function restInWords({ label, rows, needs }: GraphItem): string {
  const row = pressing(rows);
  const parts = [
    rows.length > 1 ? `cluster ${label}, ${statesInWords(rows)}` : row.replicas.length > 0 ? statesInWords(row.replicas) : lookOfPhase(row.state).label,
    ...(row.swappedTo.length > 0 ? [`leads to ${row.swappedTo.join(', ')}${row.why === undefined ? '' : ` (${row.why})`}`] : []),
    ...(rows.length === 1 && row.standsFor.length > 0 ? [`stands for ${row.standsFor.join(', ')}`] : []),
    ...(needs.length > 0 ? [`needs ${needs.map(({ id, condition }) => `${id.split(' ')[0]} (${condition})`).join(', ')}`] : []),
  ];
  return parts.join('; ');
}
