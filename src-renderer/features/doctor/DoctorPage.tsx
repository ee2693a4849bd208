import { Button, Skeleton } from '@mantine/core';
import { RefreshCw } from 'lucide-react';
import type { Check } from '#contract/system.ts';
import { commandLine } from '../../shell/command-lines.ts';
import { useEnvironment } from '../../state/environment.tsx';
import { useCall } from '../../state/use-call.ts';
import { CopyButton, CopyText } from '../../ui/CopyButton.tsx';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { counted } from '../../ui/format.ts';
import { Page } from '../../ui/Page.tsx';
import type { Look } from '../../ui/phase.ts';
import { StateIcon } from '../../ui/StateIcon.tsx';
import { ElapsedHere } from '../../ui/Time.tsx';
import style from './DoctorPage.module.css';

const LOOKS: Record<Check['status'], Look> = {
  fail: { tone: 'fail', label: 'fails', shape: 'cross' },
  warn: { tone: 'warn', label: 'warning', shape: 'alert' },
  ok: { tone: 'ready', label: 'fine', shape: 'check' },
};

const ORDER: readonly Check['status'][] = ['fail', 'warn', 'ok'];

/** Everything that Backlot needs of this machine, what is wrong first, each with its fix. */
export function DoctorPage() {
  const { directory } = useEnvironment();
  const call = useCall(`doctor ${directory ?? ''}`, (backlot, signal) => backlot.system.doctor({ ...(directory !== undefined && { directory }) }, signal));
  const checks = call.value?.checks;
  const faults = checks?.filter(({ status }) => status !== 'ok').length ?? 0;
  const detail = checks ? (faults === 0 ? `${counted(checks.length, 'check')}, all fine` : `${counted(checks.length, 'check')}, ${faults} to look at`) : 'Checking this machine';
  return (
    <Page
      title="Doctor"
      detail={
        <span role="status">
          {detail}
          {call.pending && !checks && (
            <span aria-hidden="true">
              {' '}
              <ElapsedHere />
            </span>
          )}
        </span>
      }
      actions={
        <>
          <CopyText text={commandLine(['doctor'], directory)} shown="backlot doctor" label="Copy as command" />
          <Button leftSection={<RefreshCw size={13} />} onClick={call.reload} loading={call.pending && checks !== undefined}>
            Check again
          </Button>
        </>
      }
    >
      {call.error && <FailureCard failure={call.error} />}
      {!checks && !call.error && Array.from({ length: 6 }, (_, index) => <Skeleton key={index} height={46} />)}
      {checks && (
        <ul className={style.checks}>
          {ORDER.flatMap((status) => checks.filter((check) => check.status === status)).map((check) => (
            <CheckLine key={check.id} check={check} />
          ))}
        </ul>
      )}
    </Page>
  );
}

function CheckLine({ check: { id, status, message, fix } }: { readonly check: Check }) {
  return (
    <li className={style.check}>
      <StateIcon look={LOOKS[status]} size={15} />
      <span className={style.id}>
        {id}
        <span className="visually-hidden">: {LOOKS[status].label}</span>
      </span>
      <div className={style.words}>
        <p>{message}</p>
        {fix && (
          <p className={style.fix}>
            <strong>Fix:</strong> {fix} <CopyButton text={fix} label={`Copy the fix of ${id}`} />
          </p>
        )}
      </div>
    </li>
  );
}
