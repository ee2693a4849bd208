import { Skeleton } from '@mantine/core';
import { History } from 'lucide-react';
import { Link } from 'wouter';
import type { OperationSummary } from '#contract/operations.ts';
import { nameOfMethod } from '../../shell/outcomes.ts';
import { useOperations } from '../../state/operations.ts';
import { CopyText } from '../../ui/CopyButton.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { duration } from '../../ui/format.ts';
import { lookOfOperation } from '../../ui/phase.ts';
import { Page } from '../../ui/Page.tsx';
import { StateLabel } from '../../ui/StateIcon.tsx';
import { Ago, Elapsed } from '../../ui/Time.tsx';
import style from './ActivityPage.module.css';
import { OperationDetail } from './OperationDetail.tsx';

/** What Backlot does and did on this machine, from whatever shell; with `id`, one operation's events. */
export function ActivityPage({ id }: { readonly id: string | undefined }) {
  const summaries = useOperations((state) => state.summaries);
  const chosen = summaries?.find((operation) => operation.id === id);
  return (
    <div className={style.page} data-detail={id !== undefined || undefined}>
      <div className={style.column}>
        <Page title="Activity" detail="Operations of this page, the app and every command line on this machine">
          {!summaries && Array.from({ length: 5 }, (_, index) => <Skeleton key={index} height={52} />)}
          {summaries?.length === 0 && (
            <Empty icon={<History size={20} />} title="Nothing has run yet" text="Bring a set up, here or in a terminal; every operation is listed with its events.">
              <CopyText text="backlot up" label="Copy the command" />
            </Empty>
          )}
          {summaries && summaries.length > 0 && (
            <ul className={style.list}>
              {summaries.map((operation) => (
                <li key={operation.id}>
                  <OperationLine operation={operation} chosen={operation.id === id} />
                </li>
              ))}
            </ul>
          )}
        </Page>
      </div>
      {id !== undefined && <OperationDetail key={id} id={id} operation={chosen} />}
    </div>
  );
}

function OperationLine({ operation, chosen }: { readonly operation: OperationSummary; readonly chosen: boolean }) {
  const { id, method, variant, set, about, directory, state, started, ended, owner, error } = operation;
  return (
    <Link href={chosen ? '/activity' : `/activity/${id}`} className={style.line} aria-current={chosen || undefined}>
      <span className={style.what}>
        <b>{nameOfMethod(method, variant)}</b> {[about, about !== undefined && set !== undefined ? `in ${set}` : set].filter(Boolean).join(' ')}
        <span className={style.owner}>{[directory?.split('/').at(-1), owner].filter(Boolean).join(' · ')}</span>
      </span>
      <span className={style.state}>
        <StateLabel look={lookOfOperation(state)} />
        {error && <span className={style.owner} title={error.message}>{error.message}</span>}
      </span>
      <span className={style.time}>
        <Ago at={started} />
        <span className={style.owner}>{ended ? duration(Date.parse(ended) - Date.parse(started)) : state === 'running' && <Elapsed since={Date.parse(started)} />}</span>
      </span>
    </Link>
  );
}
