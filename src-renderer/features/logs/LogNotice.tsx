import { Button } from '@mantine/core';
import { FileText, SearchX, TimerOff } from 'lucide-react';
import { Empty } from '../../ui/Empty.tsx';
import { FailureCard } from '../../ui/FailureCard.tsx';
import type { FeedState } from './log-feed.ts';
import type { LogFilter } from './log-filter.ts';
import style from './LogsPage.module.css';
import type { LogSummary } from './use-logs.ts';

type LogNoticeProps = { readonly feed: FeedState; readonly summary: LogSummary; readonly filter: LogFilter; onReset(): void };

/** What lies over the list when there is nothing to list, or something is wrong. */
export function LogNotice({ feed, summary, filter, onReset }: LogNoticeProps) {
  if (feed.phase === 'failing') {
    return <div className={style.notice} data-place={summary.held > 0 ? 'below' : 'middle'}><FailureCard failure={feed.error} /></div>;
  }
  if (summary.stuck) {
    return (
      <div className={style.notice} data-place="below" role="alert">
        <TimerOff size={15} aria-hidden="true" /> This expression takes too long on these lines, so it is not applied. Write a simpler one.
      </div>
    );
  }
  if (summary.shown > 0 || summary.scanning) return null;
  return <div className={style.notice} data-place="middle">{summary.held > 0 ? <NoMatch filter={filter} held={summary.held} onReset={onReset} /> : <NoLines feed={feed} />}</div>;
}

function NoLines({ feed }: { readonly feed: FeedState }) {
  if (feed.phase === 'opening') return <p className={style.quiet} role="status">Waiting for the first lines …</p>;
  return <Empty icon={<FileText size={22} />} title="Nothing was logged yet" text="Lines show up here as soon as a service of the set writes one." />;
}

function NoMatch({ filter, held, onReset }: { readonly filter: LogFilter; readonly held: number; onReset(): void }) {
  const what = filter.text === '' ? 'what is switched on' : `“${filter.text}”`;
  return (
    <Empty icon={<SearchX size={22} />} title="No line matches" text={`None of ${held.toLocaleString('en')} lines matches ${what}.`}>
      <Button onClick={onReset}>Show every line</Button>
    </Empty>
  );
}
