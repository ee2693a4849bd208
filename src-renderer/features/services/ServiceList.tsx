import { SegmentedControl, TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import { useState } from 'react';
import { useServicesView, type ServicesView } from '../../state/services-view.ts';
import { Empty } from '../../ui/Empty.tsx';
import { matches, needsAttention, type ServiceRow } from './rows.ts';
import type { Series } from './series.ts';
import { DependencyGraph } from './DependencyGraph.tsx';
import style from './ServiceList.module.css';
import { ServiceTable } from './ServiceTable.tsx';

type ServiceListProps = {
  readonly rows: readonly ServiceRow[];
  readonly series: ReadonlyMap<string, Series>;
  readonly chosen: string | undefined;
  readonly busy: boolean;
  onChoose(service: string | undefined): void;
};

/** The services as a list or as a graph, narrowed by what is typed. */
export function ServiceList({ rows, series, chosen, busy, onChoose }: ServiceListProps) {
  const [text, setText] = useState('');
  const [scope, setScope] = useState('all');
  const { view, setView } = useServicesView();
  const attention = rows.filter(needsAttention);
  const onlyAttention = scope === 'attention' && attention.length > 0;
  const shown = (onlyAttention ? attention : rows).filter((row) => matches(row, text));
  return (
    <>
      <div className={style.bar}>
        <TextInput
          data-filter
          className={style.filter}
          aria-label="Filter the services"
          placeholder="Filter by name, image, state"
          leftSection={<Search size={13} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && (setText(''), event.currentTarget.blur())}
        />
        {attention.length > 0 && (
          <SegmentedControl
            aria-label="Which services"
            value={onlyAttention ? 'attention' : 'all'}
            onChange={setScope}
            data={[
              { value: 'all', label: `All ${rows.length}` },
              { value: 'attention', label: `Need attention ${attention.length}` },
            ]}
          />
        )}
        <SegmentedControl
          className={style.view}
          aria-label="View"
          value={view}
          onChange={(next) => setView(next as ServicesView)}
          data={[
            { value: 'list', label: 'List' },
            { value: 'graph', label: 'Graph' },
          ]}
        />
      </div>
      {shown.length === 0 && <Empty title="No service matches" text="Try fewer letters." />}
      {shown.length > 0 && view === 'list' && <ServiceTable rows={shown} series={series} chosen={chosen} busy={busy} onChoose={onChoose} />}
      {shown.length > 0 && view === 'graph' && <DependencyGraph rows={rows} shown={shown} series={series} chosen={chosen} onChoose={onChoose} />}
    </>
  );
}
