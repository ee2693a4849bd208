import { Button } from '@mantine/core';
import { Undo2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { OperationSummary } from '#contract/operations.ts';
import { useCancel } from '../../state/use-cancel.ts';
import { useOperation } from '../../state/use-operation.ts';
import { lookOfOperation, type Look } from '../../ui/phase.ts';
import { StateLabel } from '../../ui/StateIcon.tsx';
import { duration } from '../../ui/format.ts';
import { Elapsed } from '../../ui/Time.tsx';
import { QuestionBar } from './QuestionBar.tsx';
import { RollBody } from './RollBody.tsx';
import { lookOfTarget } from './release-words.ts';
import style from './ReleasesPage.module.css';

type RollViewProps = { readonly operation: OperationSummary; readonly target: string; readonly close: ReactNode };

const WAITING: Look = { tone: 'warn', label: 'waits for an answer', shape: 'pause' };

/** A roll as it goes on: every instance from old to new, the watch, the log, and the way to stop it, which brings back what was before. */
export function RollView({ operation, target, close }: RollViewProps) {
  const { id, state, started, ended, method } = operation;
  const progress = useOperation(id);
  const { cancelling: aborted, cancel: abort } = useCancel(id);
  const goesOn = state === 'running' && !progress.result;
  const isQuiet = progress.events.every(({ type }) => type === 'started' || type === 'result');
  return (
    <section className={style.roll} aria-label={method === 'releases.rollback' ? `Way back on ${target}` : `Roll on ${target}`}>
      <header className={style.rollHead}>
        <h3>{method === 'releases.rollback' ? 'Way back' : 'Roll'}</h3>
        <StateLabel look={goesOn ? (progress.roll.question ? WAITING : lookOfTarget({}, operation)) : lookOfOperation(state === 'running' ? (progress.result?.ok ? 'done' : 'failed') : state)} />
        <span className={style.soft}>{goesOn ? <Elapsed since={Date.parse(started)} /> : ended !== undefined && `took ${duration(Date.parse(ended) - Date.parse(started))}`}</span>
        <span className={style.buttons}>
          {goesOn && (
            <Button leftSection={<Undo2 size={13} />} color="red" variant="filled" disabled={aborted} title="Stops, and brings back what was before" onClick={abort}>
              {aborted ? 'Rolling back' : 'Abort and roll back'}
            </Button>
          )}
          {close}
        </span>
      </header>
      {goesOn && progress.roll.question && <QuestionBar operation={id} question={progress.roll.question} />}
      {goesOn && isQuiet && <p className={style.soft}>It is about to begin.</p>}
      <RollBody progress={progress} />
    </section>
  );
}
