import { Radio, Skeleton, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Candidate, RevisionPath } from '#contract/releases.ts';
import { launch } from '../../shell/launch.ts';
import { releaseCommands, releasesPath } from '../../shell/release-actions.ts';
import { closeReleaseDialog } from '../../shell/release-dialog.ts';
import { useCall } from '../../state/use-call.ts';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { StateLabel } from '../../ui/StateIcon.tsx';
import { Tag } from '../../ui/Tag.tsx';
import { Ago } from '../../ui/Time.tsx';
import grid from '../../ui/Table.module.css';
import { ConfirmBar } from '../../shell/ConfirmBar.tsx';
import { chosenCandidate, lookOfCandidate } from './candidates.ts';
import style from './Dialogs.module.css';
import { shortRevision } from './release-words.ts';

type RollbackDialogProps = { readonly directory: string; readonly target: string; readonly to: string | undefined };

/** What a target can go back to, the last good release chosen, and what is in the way of each. */
export function RollbackDialog({ directory, target, to }: RollbackDialogProps) {
  const [, navigate] = useLocation();
  const [choice, setChoice] = useState<string>();
  const [reason, setReason] = useState('');
  const { value, error } = useCall(`candidates ${directory} ${target}`, (backlot, signal) => backlot.releases.candidates({ directory, target }, signal));
  const known = useCall(`revisions ${directory} ${target}`, (backlot, signal) => backlot.releases.revisions({ directory, target }, signal));
  const candidates = value?.candidates ?? [];
  const chosen = chosenCandidate(candidates, choice ?? to);
  const why = reason.trim() === '' ? undefined : reason.trim();
  const rollBack = () => {
    if (!chosen) return;
    closeReleaseDialog();
    navigate(releasesPath(target));
    void launch({ method: 'releases.rollback', directory, about: target, start: (core) => core.releases.rollback({ directory, target, asks: true, to: chosen.release, ...(why !== undefined && { reason: why }) }) });
  };
  if (!value && !error) return <Skeleton height={220} radius={11} aria-busy="true" />;
  return (
    <div className={style.dialog}>
      {error && <FailureCard failure={error} />}
      {value && candidates.length === 0 && <p className={style.words}>There is no earlier release of {target} to go back to. Deploy a good revision instead.</p>}
      {candidates.length > 0 && (
        <>
          {!chosen && <p className={style.words}>{shortRevision(to ?? 'The last good release')} cannot be gone back to{to === undefined ? ': its image is gone' : ''}. Choose another.</p>}
          <CandidateTable candidates={candidates} revisions={known.value?.revisions} chosen={chosen?.release} onChoose={setChoice} />
          {chosen && chosen.dataBetween.length > 0 && (
            <p className={style.warning}>
              Data was changed since then, by {chosen.dataBetween.map(shortRevision).join(', ')}: the older program has to cope with that.
            </p>
          )}
          <TextInput label="Why, for the record" placeholder="Such as: orders fail since the release" value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
          <p className={style.words}>It goes back with that release’s own way to deploy, and is watched like any other. Releases after it are marked faulty.</p>
        </>
      )}
      <ConfirmBar command={releaseCommands.rollback(directory, target, { to: chosen && !chosen.isDefault ? chosen.revision : undefined, reason: why })} label={chosen ? `Go back to ${shortRevision(chosen.revision)}` : 'Go back'} danger disabled={!chosen} onConfirm={rollBack} onLeave={closeReleaseDialog} />
    </div>
  );
}

type CandidateTableProps = { readonly candidates: readonly Candidate[]; readonly revisions: readonly RevisionPath[] | undefined; readonly chosen: string | undefined; onChoose(release: string): void };

function CandidateTable({ candidates, revisions, chosen, onChoose }: CandidateTableProps) {
  return (
    <div className={`${grid.frame} ${style.candidates}`}>
      <table className={`${grid.table} ${style.columns}`}>
        <thead>
          <tr>
            <th scope="col">Revision</th>
            <th scope="col">Verdict</th>
            <th scope="col">Released</th>
            <th scope="col">Image</th>
            <th scope="col">Data since</th>
          </tr>
        </thead>
        <tbody>
          {candidates.map((candidate) => {
            const { release, revision, released, who, available, dataBetween, isDefault } = candidate;
            const path = revisions?.find((one) => one.revision === revision);
            return (
              <tr key={release} data-chosen={release === chosen || undefined}>
                <th scope="row">
                  <Radio size="xs" name="candidate" value={release} checked={release === chosen} disabled={!available} onChange={() => onChoose(release)} label={<CandidateName revision={revision} isDefault={isDefault} />} />
                  <span className={style.subject}>{path?.subject}</span>
                </th>
                <td>
                  <StateLabel look={lookOfCandidate(candidate)} />
                </td>
                <td>
                  <Ago at={released} />
                  <span className={style.subject}>{who}</span>
                </td>
                <td>{available ? 'there' : <span className={style.gone}>gone</span>}</td>
                <td title={dataBetween.join('\n')}>{dataBetween.length === 0 ? <span className={grid.soft}>unchanged</span> : <span className={style.changed}>changed {dataBetween.length === 1 ? 'once' : `${dataBetween.length} times`}</span>}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function CandidateName({ revision, isDefault }: Pick<Candidate, 'revision' | 'isDefault'>) {
  return (
    <span className={style.candidate}>
      <code>{shortRevision(revision)}</code>
      {isDefault && <Tag tone="accent">last good</Tag>}
    </span>
  );
}
