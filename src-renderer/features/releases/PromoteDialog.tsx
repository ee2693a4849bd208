import { Button, Skeleton, TextInput } from '@mantine/core';
import { RotateCw } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { launch } from '../../shell/launch.ts';
import { releaseCommands, releasesPath } from '../../shell/release-actions.ts';
import { closeReleaseDialog } from '../../shell/release-dialog.ts';
import { useCall } from '../../state/use-call.ts';
import { CopyText } from '../../ui/CopyButton.tsx';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { counted } from '../../ui/format.ts';
import { ConfirmBar } from '../../shell/ConfirmBar.tsx';
import { Checklist } from './Checklist.tsx';
import style from './Dialogs.module.css';
import { shortRevision } from './release-words.ts';

type PromoteDialogProps = { readonly directory: string; readonly target: string };

/** So short a reason is none. */
const SHORTEST = 3;

/** What must hold before what is checked out is promoted, and whether it does. What does not can be overridden, with a reason. */
export function PromoteDialog({ directory, target }: PromoteDialogProps) {
  const [, navigate] = useLocation();
  const [reason, setReason] = useState('');
  const { value, error, pending, reload } = useCall(`check ${directory} ${target}`, (backlot, signal) => backlot.releases.check({ directory, target }, signal));
  const unmet = value?.conditions.filter(({ met }) => !met) ?? [];
  const hasImage = value?.conditions.find(({ id }) => id === 'image')?.met ?? true;
  const isMet = value !== undefined && unmet.length === 0;
  const override = isMet || reason.trim() === '' ? undefined : reason.trim();
  const isReady = isMet || (value !== undefined && hasImage && (override?.length ?? 0) >= SHORTEST);
  const promote = () => {
    closeReleaseDialog();
    navigate(releasesPath(target));
    void launch({ method: 'releases.promote', directory, about: target, start: (core) => core.releases.promote({ directory, target, ...(value && { revision: value.revision }), ...(override !== undefined && { override }) }) });
  };
  return (
    <div className={style.dialog}>
      {error && <FailureCard failure={error} />}
      {!value && !error && <Skeleton height={210} radius={11} aria-busy="true" />}
      {value && (
        <>
          <p className={style.lead} role="status">
            <CopyText text={value.revision} shown={shortRevision(value.revision)} label="Copy the revision" />
            <span>{isMet ? 'Everything that must hold does.' : `${counted(unmet.length, 'condition')} of ${value.conditions.length} ${unmet.length === 1 ? 'does' : 'do'} not hold.`}</span>
            <Button variant="subtle" leftSection={<RotateCw size={13} />} loading={pending} onClick={reload}>
              Check again
            </Button>
          </p>
          <Checklist conditions={value.conditions} />
          {!isMet && hasImage && (
            <TextInput label="Promote all the same, because" description="The reason is signed, recorded and told to everybody who is told of promotions." placeholder="Such as: the fix for the outage, agreed with Sam" value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
          )}
          {!hasImage && <p className={style.words}>Without an image there is nothing to promote: no reason overrides that.</p>}
        </>
      )}
      <ConfirmBar command={releaseCommands.promote(directory, target, override)} label={isMet ? 'Promote' : 'Override and promote'} danger={!isMet} disabled={!isReady} focus={isMet} onConfirm={promote} onLeave={closeReleaseDialog} />
    </div>
  );
}
