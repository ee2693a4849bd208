import { Skeleton } from '@mantine/core';
import { ChevronRight } from 'lucide-react';
import { Link } from 'wouter';
import type { Release, RevisionPath } from '#contract/releases.ts';
import { releasesPath } from '../../shell/release-actions.ts';
import { duration } from '../../ui/format.ts';
import { StateIcon } from '../../ui/StateIcon.tsx';
import { Tag } from '../../ui/Tag.tsx';
import { Ago } from '../../ui/Time.tsx';
import style from './History.module.css';
import { ReleaseDetail } from './ReleaseDetail.tsx';
import { lengthOf, lookOfRelease, shortRevision, whyOf } from './release-words.ts';

type HistoryProps = {
  readonly releases: readonly Release[] | undefined;
  readonly failed: boolean;
  readonly revisions: readonly RevisionPath[] | undefined;
  readonly target: string;
  readonly directory: string;
  /** The release that is opened. */
  readonly open: string | undefined;
  /** The operation that goes on and is shown above. */
  readonly going: string | undefined;
};

/** What was released on a target, newest first: from what to what, by whom, with what verdict and why. */
export function History({ releases, failed, revisions, target, directory, open, going }: HistoryProps) {
  if (!releases) return failed ? null : <Skeleton height={140} radius={11} aria-busy="true" />;
  if (releases.length === 0) return <p className={style.none}>Nothing was released here yet.</p>;
  return (
    <ol className={style.list} aria-label="History">
      {releases.map((release) => {
        const isOpen = release.release === open;
        return (
          <li key={release.release}>
            <Link href={isOpen ? releasesPath(target) : releasesPath(target, release.release)} className={style.line} aria-expanded={isOpen} title={release.release}>
              <ReleaseLine release={release} subject={revisions?.find(({ revision }) => revision === release.revision)?.subject} />
            </Link>
            {isOpen && <ReleaseDetail release={release} directory={directory} live={going !== undefined && release.operation === going} />}
          </li>
        );
      })}
    </ol>
  );
}

function ReleaseLine({ release, subject }: { readonly release: Release; readonly subject: string | undefined }) {
  const { kind, revision, previous, who, started, content, problem } = release;
  const look = lookOfRelease(release);
  const why = whyOf(release) ?? subject;
  const length = lengthOf(release);
  return (
    <>
      <ChevronRight size={13} className={style.fold} aria-hidden="true" />
      <StateIcon look={look} size={14} />
      <span className={style.verdict}>{look.label}</span>
      <span className={style.what}>
        <span>
          {kind === 'rollback' ? 'back to' : 'deployed'} <code>{shortRevision(revision)}</code>
          {previous !== undefined && (
            <span className={style.soft}>
              {' '}
              {kind === 'rollback' ? 'from' : 'over'} <code>{shortRevision(previous)}</code>
            </span>
          )}
          {problem !== undefined && ' '}
          {problem !== undefined && (
            <Tag tone="warn" title={problem}>
              does not count
            </Tag>
          )}
          {content !== undefined && <span className={style.soft}>, {content} only</span>}
        </span>
        {why !== undefined && <span className={style.why}>{why}</span>}
      </span>
      <span className={style.who} title={who}>
        {who}
      </span>
      <span className={style.when}>
        <Ago at={started} />
        {length !== undefined && <span className={style.soft}>{duration(length)}</span>}
      </span>
    </>
  );
}
