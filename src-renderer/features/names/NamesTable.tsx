import { TextInput } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Search } from 'lucide-react';
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { Empty } from '../../ui/Empty.tsx';
import { counted } from '../../ui/format.ts';
import { matchesName, nameLines, type FoldedName } from './fold.ts';
import { NameLine } from './NameLine.tsx';
import style from './NamesTable.module.css';

type NamesTableProps = {
  readonly entries: readonly FoldedName[];
  /** What is in the filter at first. */
  readonly started: string;
};

const LINE_HEIGHT = 44;

/** Every name, one line for all its forms; a line opens to show them. Long lists are drawn only where they can be seen. */
export function NamesTable({ entries, started }: NamesTableProps) {
  const [text, setText] = useState(started);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const scroller = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => entries.filter((entry) => matchesName(entry, text)), [entries, text]);
  const lines = useMemo(() => nameLines(shown, opened), [shown, opened]);
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({ count: lines.length, getScrollElement: () => scroller.current, estimateSize: () => LINE_HEIGHT, overscan: 10, getItemKey: (index) => lines[index]?.key ?? index });

  const toggle = (key: string) => setOpened((before) => (before.has(key) ? new Set([...before].filter((other) => other !== key)) : new Set([...before, key])));
  const move = (event: KeyboardEvent) => {
    const step = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = lines.findIndex(({ key }) => key === (document.activeElement as HTMLElement | null)?.dataset['name']);
    const next = lines.slice(step > 0 ? at + 1 : 0, step > 0 ? undefined : Math.max(0, at)).filter(({ kind }) => kind === 'name').at(step > 0 ? 0 : -1);
    if (!next) return;
    event.preventDefault();
    virtual.scrollToIndex(lines.indexOf(next));
    requestAnimationFrame(() => scroller.current?.querySelector<HTMLElement>(`[data-name="${CSS.escape(next.key)}"]`)?.focus());
  };

  return (
    <>
      <div className={style.bar}>
        <TextInput
          data-filter
          className={style.filter}
          aria-label="Filter the names"
          placeholder="Filter by name, service, address"
          leftSection={<Search size={13} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && (setText(''), event.currentTarget.blur())}
        />
        <span className={style.count} role="status">
          {text.trim() === '' ? counted(entries.length, 'entry').replace(/entrys$/, 'entries') : `${shown.length} of ${entries.length}`}
        </span>
      </div>
      {shown.length === 0 ? (
        <Empty title={entries.length === 0 ? 'The set has no names' : 'No name matches'} text={entries.length === 0 ? 'Every service answers to its own name as soon as the set has services.' : 'Ask the box at the right why a name is not here.'} />
      ) : (
        <div className={style.frame}>
          <div ref={scroller} className={style.scroller} onKeyDown={move}>
            <div role="table" aria-label="Names" aria-rowcount={lines.length + 1}>
              <div role="rowgroup" className={style.head}>
                <div role="row" className={style.line}>
                  <span role="columnheader">Name</span>
                  <span role="columnheader">Service</span>
                  <span role="columnheader">In the network</span>
                  <span role="columnheader">From this machine</span>
                </div>
              </div>
              <div role="rowgroup" className={style.body} style={{ height: virtual.getTotalSize() }}>
                {virtual.getVirtualItems().map((item) => {
                  const line = lines[item.index];
                  return (
                    line && (
                      <div key={item.key} className={style.place} style={{ transform: `translateY(${item.start}px)`, height: LINE_HEIGHT }}>
                        <NameLine line={line} position={item.index + 2} onToggle={() => toggle(line.key)} />
                      </div>
                    )
                  );
                })}
              </div>
            </div>
          </div>
        </div>
      )}
    </>
  );
}
