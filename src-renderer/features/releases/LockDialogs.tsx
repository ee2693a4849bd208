import { NativeSelect, Skeleton, TextInput } from '@mantine/core';
import { useState } from 'react';
import { launch } from '../../shell/launch.ts';
import { releaseCommands } from '../../shell/release-actions.ts';
import { closeReleaseDialog } from '../../shell/release-dialog.ts';
import { useCall } from '../../state/use-call.ts';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { Ago } from '../../ui/Time.tsx';
import { ConfirmBar } from '../../shell/ConfirmBar.tsx';
import style from './Dialogs.module.css';

type LockDialogProps = { readonly directory: string; readonly target: string };

const TIMES = [
  { value: '15m', label: '15 minutes', seconds: 900 },
  { value: '1h', label: '1 hour', seconds: 3600 },
  { value: '4h', label: '4 hours', seconds: 14_400 },
  { value: '24h', label: '1 day', seconds: 86_400 },
  { value: '168h', label: '1 week', seconds: 604_800 },
];
const SHORTEST = 3;

/** Why nobody is to deploy to a target, and for how long. */
export function LockDialog({ directory, target }: LockDialogProps) {
  const [reason, setReason] = useState('');
  const [time, setTime] = useState('1h');
  const why = reason.trim();
  const lock = () => {
    const seconds = TIMES.find(({ value }) => value === time)?.seconds ?? 3600;
    closeReleaseDialog();
    void launch({ method: 'releases.lock', directory, about: target, start: (core) => core.releases.lock({ directory, target, reason: why, seconds }) });
  };
  return (
    <div className={style.dialog}>
      <TextInput data-autofocus label="Why, as others are told" placeholder="Such as: the database moves" value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
      <NativeSelect label="For how long" data={TIMES.map(({ value, label }) => ({ value, label }))} value={time} onChange={(event) => setTime(event.currentTarget.value)} />
      <p className={style.words}>Nobody promotes or deploys to {target} until then, from whatever machine. Anybody can unlock it.</p>
      <ConfirmBar command={releaseCommands.lock(directory, target, why === '' ? undefined : why, time)} label="Lock" focus={false} disabled={why.length < SHORTEST} onConfirm={lock} onLeave={closeReleaseDialog} />
    </div>
  );
}

/** Whose lock it is that would be taken away. */
export function UnlockDialog({ directory, target }: LockDialogProps) {
  const { value, error } = useCall(`targets ${directory}`, async (backlot, signal) => (await backlot.releases.targets({ directory }, signal)).targets);
  const lock = value?.find(({ name }) => name === target)?.lock;
  const unlock = () => {
    closeReleaseDialog();
    void launch({ method: 'releases.unlock', directory, about: target, start: (core) => core.releases.unlock({ directory, target }) });
  };
  return (
    <div className={style.dialog}>
      {error && <FailureCard failure={error} />}
      {!value && !error && <Skeleton height={44} radius={11} />}
      {value && !lock && <p className={style.words}>It is not locked.</p>}
      {lock && (
        <p className={style.words}>
          <b>{lock.owner}</b> locked it <Ago at={lock.since} />: {lock.reason}. Ask before you take that away: a release that goes on holds its target by such a lock too.
        </p>
      )}
      <ConfirmBar command={releaseCommands.unlock(directory, target)} label="Unlock" danger disabled={!lock} onConfirm={unlock} onLeave={closeReleaseDialog} />
    </div>
  );
}
