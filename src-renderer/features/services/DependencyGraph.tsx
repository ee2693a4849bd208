import { useMemo } from 'react';
import { KindIcon } from '../../ui/KindIcon.tsx';
import { lookOfPhase } from '../../ui/phase.ts';
import { StateIcon } from '../../ui/StateIcon.tsx';
import style from './DependencyGraph.module.css';
import { layOut, NODE } from './graph-layout.ts';
import type { ServiceRow } from './rows.ts';

type DependencyGraphProps = {
  readonly rows: readonly ServiceRow[];
  readonly shown: readonly ServiceRow[];
  readonly chosen: string | undefined;
  onChoose(service: string | undefined): void;
};

/** Which service waits for which, from left to right. The list and the panel say the same in words. */
export function DependencyGraph({ rows, shown, chosen, onChoose }: DependencyGraphProps) {
  const shape = JSON.stringify(rows.map(({ name, dependsOn }) => ({ name, needs: dependsOn.map(({ service }) => service) })));
  const { nodes, edges, width, height } = useMemo(() => layOut(JSON.parse(shape)), [shape]);
  const byName = new Map(rows.map((row) => [row.name, row]));
  const visible = new Set(shown.map(({ name }) => name));
  return (
    <div className={style.frame}>
      <div className={style.canvas} style={{ width, height }}>
        <svg className={style.edges} width={width} height={height} aria-hidden="true">
          {edges.map(({ from, to, path }) => (
            <path key={`${from} ${to}`} d={path} data-near={from === chosen || to === chosen || undefined} data-open={lookOfPhase(byName.get(from)?.state ?? 'absent').tone !== 'ready' || undefined} />
          ))}
        </svg>
        <ul className={style.nodes} aria-label="Services in start order">
          {nodes.map(({ name, x, y }) => {
            const row = byName.get(name);
            if (!row) return null;
            const look = lookOfPhase(row.state);
            return (
              <li key={name} style={{ left: x, top: y, width: NODE.width, height: NODE.height }}>
                <button
                  type="button"
                  className={style.node}
                  data-tone={look.tone}
                  data-chosen={name === chosen || undefined}
                  data-faint={!visible.has(name) || undefined}
                  title={`${name}: ${look.label}`}
                  onClick={() => onChoose(name === chosen ? undefined : name)}
                >
                  <KindIcon kind={row.kind} size={22} />
                  <span className={style.name}>{name}</span>
                  <StateIcon look={look} size={13} />
                  <span className="visually-hidden">{look.label}</span>
                </button>
              </li>
            );
          })}
        </ul>
      </div>
    </div>
  );
}
