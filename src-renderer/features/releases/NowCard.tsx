import type { ReactNode } from 'react';
import type { RevisionPath, TargetView } from '#contract/releases.ts';
import { ActionButton } from '../../shell/ActionParts.tsx';
import { revisionActions } from '../../shell/release-actions.ts';
import { CopyText } from '../../ui/CopyButton.tsx';
import { StateLabel } from '../../ui/StateIcon.tsx';
import { Ago } from '../../ui/Time.tsx';
import { ChangeLink } from './ChangeLink.tsx';
import { isWaiting, lookOfRelease, shortRevision } from './release-words.ts';
import style from './ReleasesPage.module.css';

type NowCardProps = { readonly target: TargetView; readonly directory: string; readonly revisions: readonly RevisionPath[] | undefined; readonly busy: boolean };

/** What runs on a target, since when, by whom and with what verdict; and what was promoted and waits. */
export function NowCard({ target, directory, revisions, busy }: NowCardProps) {
  const { current, promoted, kind } = target;
  const subjectOf = (revision: string) => revisions?.find((path) => path.revision === revision)?.subject;
  return (
    <div className={style.now}>
      <Cell title="Runs now">
        {current ? (
          <>
            <p className={style.revision}>
              <CopyText text={current.revision} shown={shortRevision(current.revision)} label="Copy the revision" />
              <StateLabel look={lookOfRelease(current)} />
            </p>
            <p className={style.subject}>{subjectOf(current.revision)}</p>
            <p className={style.soft}>
              since <Ago at={current.ended ?? current.started} />, by {current.who}
              {current.previous !== undefined && <>, {current.kind === 'rollback' ? 'back from' : 'over'} <code>{shortRevision(current.previous)}</code></>}
              {current.link !== undefined && (
                <>
                  , <ChangeLink link={current.link} />
                </>
              )}
            </p>
          </>
        ) : (
          <p className={style.soft}>{kind === 'none' ? 'Backlot does not deploy here: its tag is what others take.' : 'Nothing was released here yet.'}</p>
        )}
      </Cell>
      <Cell title="Promoted">
        {!promoted && <p className={style.soft}>Nothing was promoted yet.</p>}
        {promoted && !isWaiting(target) && <p className={style.soft}>The latest that was promoted is what runs.</p>}
        {promoted && isWaiting(target) && (
          <>
            <p className={style.revision}>
              <CopyText text={promoted.revision} shown={shortRevision(promoted.revision)} label="Copy the revision" />
              {kind !== 'none' && <ActionButton action={revisionActions(directory, target.name, promoted.revision).deploy} size="compact-xs" disabled={busy} />}
            </p>
            <p className={style.subject}>{subjectOf(promoted.revision)}</p>
            <p className={style.soft}>
              <Ago at={promoted.time} />, by {promoted.who}
            </p>
          </>
        )}
      </Cell>
    </div>
  );
}

function Cell({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className={style.cell} aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}
