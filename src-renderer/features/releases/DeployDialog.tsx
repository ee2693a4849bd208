import { NativeSelect, Skeleton } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { launch } from '../../shell/launch.ts';
import { releaseCommands, releasesPath } from '../../shell/release-actions.ts';
import { closeReleaseDialog } from '../../shell/release-dialog.ts';
import { useCall } from '../../state/use-call.ts';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { ConfirmBar } from '../../shell/ConfirmBar.tsx';
import style from './Dialogs.module.css';
import { shortRevision } from './release-words.ts';

type DeployDialogProps = { readonly directory: string; readonly target: string; readonly revision: string | undefined };

const CHANGES = [
  { value: '', label: 'Program and data, or nobody knows' },
  { value: 'code', label: 'Only the program' },
  { value: 'data', label: 'Only data, such as a schema' },
];

/** Which promoted revision goes to a target, and what it replaces. */
export function DeployDialog({ directory, target, revision }: DeployDialogProps) {
  const [, navigate] = useLocation();
  const [chosen, setChosen] = useState(revision);
  const [only, setOnly] = useState('');
  const { value, error } = useCall(`revisions ${directory} ${target}`, (backlot, signal) => backlot.releases.revisions({ directory, target }, signal));
  const promoted = value?.revisions.filter((path) => path.promoted !== undefined).sort((one, other) => Date.parse(other.promoted?.time ?? '') - Date.parse(one.promoted?.time ?? ''));
  const [latest] = promoted ?? [];
  const going = promoted?.find((path) => path.revision === chosen) ?? latest;
  const now = value?.revisions.find(({ serves }) => serves.includes(target));
  const content = only === '' ? undefined : (only as 'code' | 'data');
  const which = going && going.revision !== latest?.revision ? going.revision : undefined;
  const deploy = () => {
    closeReleaseDialog();
    navigate(releasesPath(target));
    void launch({ method: 'releases.deploy', directory, about: target, start: (core) => core.releases.deploy({ directory, target, asks: true, ...(going && { revision: going.revision }), ...(content && { content }) }) });
  };
  return (
    <div className={style.dialog}>
      {error && <FailureCard failure={error} />}
      {!value && !error && <Skeleton height={120} radius={11} aria-busy="true" />}
      {promoted?.length === 0 && <p className={style.words}>Nothing was promoted to {target} yet: promote what passed first.</p>}
      {promoted && going && (
        <>
          <NativeSelect
            label="Promoted revision"
            value={going.revision}
            onChange={(event) => setChosen(event.currentTarget.value)}
            data={promoted.map((path) => ({ value: path.revision, label: [shortRevision(path.revision), path.subject, path.promoted && `promoted ${new Date(path.promoted.time).toLocaleString()}`].filter(Boolean).join(' · ') }))}
          />
          <NativeSelect label="What it changes" description="A way back over a release that changed data warns of it." data={CHANGES} value={only} onChange={(event) => setOnly(event.currentTarget.value)} />
          <p className={style.words}>
            {now === undefined ? 'Nothing runs there yet.' : now.revision === going.revision ? 'It is what runs there already: it is deployed once more.' : `It takes the place of ${shortRevision(now.revision)}${now.subject === undefined ? '' : `, ${now.subject}`}.`} It is watched, and what was there comes back where it fails.
          </p>
        </>
      )}
      <ConfirmBar command={releaseCommands.deploy(directory, target, { revision: which, only: content })} label="Deploy" disabled={!going} onConfirm={deploy} onLeave={closeReleaseDialog} />
    </div>
  );
}
