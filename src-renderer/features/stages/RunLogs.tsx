import { Skeleton, TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import { useMemo, useState } from 'react';
import { commandLine } from '../../shell/command-lines.ts';
import { CopyText } from '../../ui/CopyButton.tsx';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { LineDialog } from '../logs/LineDialog.tsx';
import { EVERYTHING, type LogFilter } from '../logs/log-filter.ts';
import type { LogEntry } from '../logs/log-ring.ts';
import { LogViewport } from '../logs/LogViewport.tsx';
import { ServiceChips } from '../logs/ServiceChips.tsx';
import { useLogFilter, useLogSummary } from '../logs/use-logs.ts';
import style from './RunLogs.module.css';
import { useRunLog, type TimeWindow } from './use-run-log.ts';

type RunLogsProps = { readonly run: string; readonly stage: string; readonly follow: boolean; /** Only lines of this time. */ readonly window?: TimeWindow | undefined; readonly low?: boolean };

/** What a stage and its services print, merged, as it comes or as it was kept. */
export function RunLogs({ run, stage, follow, window, low = false }: RunLogsProps) {
  const { model, services, phase, error } = useRunLog({ run, stage, follow, window });
  const summary = useLogSummary(model);
  const [filter, setFilter] = useState<LogFilter>(EVERYTHING);
  const [opened, setOpened] = useState<LogEntry>();
  useLogFilter(model, filter);
  const options = useMemo(() => ({ wrap: true, timestamps: 'absolute' as const, services }), [services]);
  const change = (changed: Partial<LogFilter>) => setFilter((before) => ({ ...before, ...changed }));
  const isEmpty = summary.held === 0;
  if (error) return <FailureCard failure={error} />;
  return (
    <div className={style.log} data-low={low || undefined}>
      <div className={style.tools}>
        {services.length > 1 && <ServiceChips services={services} hidden={filter.hidden} onHidden={(hidden) => change({ hidden })} />}
        <span className={style.phase} role="status">
          {words(phase, summary.shown)}
        </span>
        <TextInput data-filter aria-label="Filter the log" placeholder="Filter by text or /regex/" leftSection={<Search size={13} />} value={filter.text} onChange={(event) => change({ text: event.currentTarget.value })} onKeyDown={(event) => event.key === 'Escape' && (change({ text: '' }), event.currentTarget.blur())} />
      </div>
      {isEmpty && phase === 'opening' && <Skeleton m={14} height={80} w="auto" />}
      {isEmpty && phase !== 'opening' && <p className={style.quiet}>{phase === 'live' ? 'Nothing was printed yet.' : window ? 'Nobody printed anything in this time.' : 'Nothing was printed.'}</p>}
      <div className={style.viewport} data-empty={isEmpty || undefined}>
        <LogViewport model={model} options={options} shown={summary.shown} onOpen={setOpened} onMoved={() => {}} onList={() => {}} />
      </div>
      <LineDialog entry={opened} onClose={() => setOpened(undefined)} />
      {!window && (
        <div className={style.foot}>
          <CopyText text={commandLine(['runs', 'artifacts', run, 'DIR'])} shown={`backlot runs artifacts ${run} DIR`} label="Copy the command that copies logs and artifacts to a folder" />
        </div>
      )}
    </div>
  );
}

function words(phase: string, shown: number): string {
  const lines = `${shown.toLocaleString('en')} ${shown === 1 ? 'line' : 'lines'}`;
  return phase === 'opening' ? 'reading' : phase === 'live' ? `live, ${lines}` : lines;
}
