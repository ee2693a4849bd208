import { Skeleton } from '@mantine/core';
import type { Attestation, Evidence } from '#contract/releases.ts';
import { CloseBar } from '../../shell/ConfirmBar.tsx';
import { releaseCommands } from '../../shell/release-actions.ts';
import { closeReleaseDialog } from '../../shell/release-dialog.ts';
import { useCall } from '../../state/use-call.ts';
import { CopyText } from '../../ui/CopyButton.tsx';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { counted, duration } from '../../ui/format.ts';
import type { Look } from '../../ui/phase.ts';
import { StateIcon, StateLabel } from '../../ui/StateIcon.tsx';
import { Ago } from '../../ui/Time.tsx';
import grid from '../../ui/Table.module.css';
import { shortDigest } from '../fixtures/fixture-rows.ts';
import style from './Dialogs.module.css';

/** What is known to have passed on exactly one image, and whether that verifies. */
export function EvidenceDialog({ directory, reference }: { readonly directory: string; readonly reference: string }) {
  const { value, error } = useCall(`evidence ${directory} ${reference}`, (backlot, signal) => backlot.releases.evidence({ directory, reference }, signal));
  const command = releaseCommands.evidence(directory, reference);
  return (
    <div className={style.dialog}>
      {error && <FailureCard failure={error} />}
      {!value && !error && <Skeleton height={200} radius={11} aria-busy="true" />}
      {value && <Found evidence={value} />}
      <CloseBar command={command} onClose={closeReleaseDialog} />
    </div>
  );
}

function Found({ evidence }: { readonly evidence: Evidence }) {
  const { digest, revision, dirty, platforms, stages, attestations } = evidence;
  return (
    <>
      <p className={style.lead} role="status">
        <StateLabel look={lookOfEvidence(evidence)} />
        <CopyText text={digest} shown={shortDigest(digest)} label="Copy the digest" />
        <span className={grid.soft}>
          {revision === undefined ? 'of no known revision' : `of ${revision.slice(0, 12)}${dirty ? ', from a dirty checkout' : ''}`}, {platforms.join(', ') || 'no known platform'}
        </span>
      </p>
      {stages.length === 0 ? <p className={style.words}>Nothing is known to have passed on it.</p> : <StageTable stages={stages} />}
      {attestations.length > 0 && (
        <ul className={style.checklist} tabIndex={0} aria-label="Pieces of evidence">
          {attestations.map((one, index) => (
            <Piece key={one.digest ?? index} attestation={one} />
          ))}
        </ul>
      )}
    </>
  );
}

function StageTable({ stages }: Pick<Evidence, 'stages'>) {
  return (
    <div className={grid.frame}>
      <table className={grid.table}>
        <thead>
          <tr>
            <th scope="col">Stage</th>
            <th scope="col" data-number>
              Tests
            </th>
            <th scope="col" data-number>
              Took
            </th>
            <th scope="col">When</th>
            <th scope="col">By</th>
          </tr>
        </thead>
        <tbody>
          {stages.map(({ stage, on, tests, seconds, time, where, run }) => (
            <tr key={`${stage} ${on ?? ''}`} title={`run ${run}`}>
              <th scope="row" className={grid.strong}>
                {stage}
                {on !== undefined && <span className={grid.soft}> on {on}</span>}
              </th>
              <td data-number>{tests}</td>
              <td data-number>{duration(seconds * 1000)}</td>
              <td>
                <Ago at={time} />
              </td>
              <td>{where}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const STATES: Record<Attestation['state'], Look> = {
  trusted: { tone: 'ready', label: 'signed with a trusted key', shape: 'check' },
  foreign: { tone: 'warn', label: 'signed with a key that is not trusted here', shape: 'alert' },
  invalid: { tone: 'fail', label: 'does not count', shape: 'cross' },
  local: { tone: 'idle', label: 'known on this machine only, not signed', shape: 'ring' },
};

function Piece({ attestation: { state, digest, key, problem, stages } }: { readonly attestation: Attestation }) {
  return (
    <li>
      <StateIcon look={STATES[state]} size={14} />
      <span>
        <b>{digest === undefined ? 'Not in the registry' : shortDigest(digest)}</b>
        <span className={style.conditionText}>
          {STATES[state].label}
          {key !== undefined && `, ${key}`}: {counted(stages.length, 'stage')}
        </span>
        {problem !== undefined && <span className={style.fix}>{problem}</span>}
      </span>
    </li>
  );
}

function lookOfEvidence({ verified, attestations }: Evidence): Look {
  if (verified) return { tone: 'ready', label: 'verifies', shape: 'check' };
  if (attestations.some(({ state }) => state === 'invalid')) return { tone: 'fail', label: 'does not verify', shape: 'cross' };
  return { tone: 'idle', label: attestations.length === 0 ? 'no evidence' : 'not signed in the registry', shape: 'ring' };
}
