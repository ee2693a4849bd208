import { Button, Skeleton } from '@mantine/core';
import { FileDown, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { toFailure, type Failure } from '#contract/errors.ts';
import type { Check } from '#contract/system.ts';
import { commandLine } from '../../shell/command-lines.ts';
import { useBacklot } from '../../state/connection.ts';
import { useEnvironment } from '../../state/environment.tsx';
import { useCall } from '../../state/use-call.ts';
import { CopyButton, CopyText } from '../../ui/CopyButton.tsx';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { counted } from '../../ui/format.ts';
import { Page } from '../../ui/Page.tsx';
import type { Look } from '../../ui/phase.ts';
import { saveFile } from '../../ui/save-file.ts';
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
  const saving = useReport(directory);
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
          <Button leftSection={<FileDown size={13} />} onClick={saving.save} loading={saving.isSaving} title="Versions, these checks, the project, what is up, the last lines of what is not well, the latest work and runs, without secrets">
            Save a report
          </Button>
          <Button leftSection={<RefreshCw size={13} />} onClick={call.reload} loading={call.pending && checks !== undefined}>
            Check again
          </Button>
        </>
      }
    >
      {saving.failure && <FailureCard failure={saving.failure} />}
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

/** Has the core write a report, and saves it as `backlot bundle` does. */
function useReport(directory: string | undefined) {
  const backlot = useBacklot();
  const [isSaving, setSaving] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const save = async () => {
    if (!backlot) return;
    setSaving(true);
    setFailure(undefined);
    try {
      const { file, text } = await backlot.system.report({ ...(directory !== undefined && { directory }) });
      saveFile(file, [text], 'text/markdown');
    } catch (error) {
      setFailure(toFailure(error));
    } finally {
      setSaving(false);
    }
  };
  return { isSaving, failure, save: () => void save() };
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
