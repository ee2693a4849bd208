import { Skeleton } from '@mantine/core';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import type { SetView } from '#contract/project.ts';
import { Page } from '../../ui/Page.tsx';
import { ProjectGate } from '../welcome/ProjectGate.tsx';
import { LineDialog } from './LineDialog.tsx';
import { LogFooter } from './LogFooter.tsx';
import type { LogList } from './log-list.ts';
import type { LogEntry } from './log-ring.ts';
import { EVERYTHING, type LogFilter } from './log-filter.ts';
import { LogNotice } from './LogNotice.tsx';
import style from './LogsPage.module.css';
import { LogToolbar } from './LogToolbar.tsx';
import { LogViewport } from './LogViewport.tsx';
import { filterKey, useLogsChoice } from './logs-choice.ts';
import { logsCommand } from './logs-command.ts';
import { saveLines } from './save-lines.ts';
import { ServiceChips } from './ServiceChips.tsx';
import { useLogFilter, useLogs, useLogSummary, useMatchMoves } from './use-logs.ts';

/** The merged log of the set in view; with `service`, of that service alone. */
export function LogsPage({ service }: { readonly service: string | undefined }) {
  return (
    <ProjectGate skeleton={<Page title="Logs"><Skeleton height={320} /></Page>}>
      {({ directory }, setView) => <SetLogs key={filterKey(directory, setView.name)} directory={directory} setView={setView} service={service} />}
    </ProjectGate>
  );
}

type SetLogsProps = { readonly directory: string; readonly setView: SetView; readonly service: string | undefined };

function SetLogs({ directory, setView, service }: SetLogsProps) {
  const { name: set, members } = setView;
  const services = useMemo(() => members.map((member) => member.service), [members]);
  const { model, feed } = useLogs(directory, set);
  const { filter, change } = useIsolatingFilter({ directory, set, services, service });
  const { wrap, timestamps } = useLogsChoice();
  const summary = useLogSummary(model);
  const [list, setList] = useState<LogList>();
  const [, setMoves] = useState(0);
  const [opened, setOpened] = useState<LogEntry>();
  const options = useMemo(() => ({ wrap, timestamps, services }), [wrap, timestamps, services]);
  const applyFilter = useLogFilter(model, filter);
  const moveToMatch = useMatchMoves(list, summary.hits);

  const focusList = () => document.querySelector<HTMLElement>('[role="log"]')?.focus();
  return (
    <section className={style.page} aria-label="Logs">
      <h1 className="visually-hidden">Logs of {set}</h1>
      <div className={style.head}>
        <LogToolbar
          filter={filter}
          hits={filter.text === '' ? undefined : hitsText(summary.hits, summary.scanning, list)}
          command={logsCommand({ directory, set, services, filter })}
          onFilter={change}
          onMatch={(by) => (applyFilter(), moveToMatch(by))}
          onLeave={focusList}
          onClear={() => model.clear()}
          onExport={(form) => void saveLines(model, `${set}-logs`, form)}
        />
        <ServiceChips services={services} hidden={filter.hidden} onHidden={(hidden) => change({ hidden })} />
      </div>
      <LogViewport model={model} options={options} shown={summary.shown} onOpen={setOpened} onMoved={() => setMoves((count) => count + 1)} onList={setList} />
      <LogNotice feed={feed} summary={summary} filter={filter} onReset={() => change(EVERYTHING)} />
      <LogFooter feed={feed} summary={summary} following={list?.isFollowing ?? true} onFollow={(following) => (following ? list?.goTo('last') : list?.setFollowing(false))} />
      <LineDialog entry={opened} onClose={() => setOpened(undefined)} />
    </section>
  );
}

type IsolatingOptions = { readonly directory: string; readonly set: string; readonly services: readonly string[]; readonly service: string | undefined };

/** The environment's filter. A service in the address is shown alone, until the person chooses otherwise. */
function useIsolatingFilter({ directory, set, services, service }: IsolatingOptions) {
  const key = filterKey(directory, set);
  const filter = useLogsChoice(({ filters }) => filters[key] ?? EVERYTHING);
  const changeFilter = useLogsChoice((choice) => choice.changeFilter);
  const [, navigate] = useLocation();
  const isKnown = service !== undefined && services.includes(service);
  useEffect(() => {
    if (!isKnown) return;
    changeFilter(key, { hidden: services.filter((other) => other !== service) });
  }, [isKnown, service, services, key, changeFilter]);
  const change = useCallback(
    (changed: Partial<LogFilter>) => {
      changeFilter(key, changed);
      if (changed.hidden && service !== undefined) navigate('/logs', { replace: true });
    },
    [changeFilter, key, navigate, service],
  );
  return { filter, change };
}

function hitsText(hits: number, scanning: boolean, list: LogList | undefined): string {
  const count = hits.toLocaleString('en');
  const number = list?.cursor.hitNumber ?? 0;
  return `${number > 0 && number <= hits ? `${number.toLocaleString('en')} of ${count}` : `${count} ${hits === 1 ? 'match' : 'matches'}`}${scanning ? ' …' : ''}`;
}
