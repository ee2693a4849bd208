import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, type KeyboardEvent } from 'react';
import type { ServiceRow } from './rows.ts';
import type { Series } from './series.ts';
import { ServiceLine } from './ServiceLine.tsx';
import style from './ServiceTable.module.css';

type ServiceTableProps = {
  readonly rows: readonly ServiceRow[];
  readonly series: ReadonlyMap<string, Series>;
  readonly chosen: string | undefined;
  readonly busy: boolean;
  onChoose(service: string | undefined): void;
};

const ROW_HEIGHT = 47;

/** The services of a set. Long lists are drawn only where they can be seen. */
export function ServiceTable({ rows, series, chosen, busy, onChoose }: ServiceTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_HEIGHT, overscan: 12, getItemKey: (index) => rows[index]?.name ?? index });

  const move = (event: KeyboardEvent) => {
    const step = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const from = rows.findIndex(({ name }) => name === (document.activeElement as HTMLElement | null)?.dataset['service']);
    const next = rows[Math.min(rows.length - 1, Math.max(0, from + step))];
    if (!next) return;
    event.preventDefault();
    virtual.scrollToIndex(rows.indexOf(next));
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-service="${CSS.escape(next.name)}"]`)?.focus());
  };

  return (
    <div className={style.frame}>
      <div ref={scroller} className={style.scroller} onKeyDown={move}>
        <div role="table" aria-label="Services" aria-rowcount={rows.length + 1} className={style.table}>
          <div role="rowgroup" className={style.head}>
            <div role="row" className={style.line}>
              {HEADINGS.map(([key, words]) => (
                <span key={key} role="columnheader" className={style[key]}>
                  {words}
                </span>
              ))}
            </div>
          </div>
          <div role="rowgroup" className={style.body} style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((item) => {
              const row = rows[item.index];
              return (
                row && (
                  <div key={item.key} ref={virtual.measureElement} data-index={item.index} className={style.place} style={{ transform: `translateY(${item.start}px)` }}>
                    <ServiceLine row={row} series={series.get(row.name)} chosen={row.name === chosen} busy={busy} position={item.index + 2} onChoose={onChoose} />
                  </div>
                )
              );
            })}
          </div>
        </div>
      </div>
    </div>
  );
}

const HEADINGS = [
  ['service', 'Service'],
  ['state', 'State'],
  ['address', 'Address'],
  ['names', 'Names'],
  ['cpu', 'CPU'],
  ['memory', 'Memory'],
  ['started', 'Started'],
  ['actions', <span key="actions" className="visually-hidden">Actions</span>],
] as const;
