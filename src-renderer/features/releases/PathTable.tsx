import { Skeleton } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import type { RevisionPath, TargetView } from '#contract/releases.ts';
import { ActionButton } from '../../shell/ActionParts.tsx';
import { evidenceAction, releasesPath, revisionActions, targetActions } from '../../shell/release-actions.ts';
import { runActions } from '../../shell/run-actions.ts';
import { CopyText } from '../../ui/CopyButton.tsx';
import { StateIcon } from '../../ui/StateIcon.tsx';
import { Tag } from '../../ui/Tag.tsx';
import { Ago } from '../../ui/Time.tsx';
import { nextStep } from './path-steps.ts';
import style from './PathTable.module.css';
import { lookOfRelease, shortRevision } from './release-words.ts';

type PathTableProps = { readonly revisions: readonly RevisionPath[] | undefined; readonly failed: boolean; readonly target: TargetView; readonly directory: string; readonly busy: boolean };

/** One line for each revision: what it is, what passed on it, whether it was promoted, and what became of its release. */
export function PathTable({ revisions, failed, target, directory, busy }: PathTableProps) {
  if (!revisions) return failed ? null : <Skeleton height={180} radius={11} aria-busy="true" />;
  if (revisions.length === 0) return <p className={style.none}>No revision is known yet: commit, then run the stages.</p>;
  return (
    <div className={style.frame}>
      <table className={style.table}>
        <thead>
          <tr>
            <th scope="col">Revision</th>
            <th scope="col">Evidence</th>
            <th scope="col">Promoted</th>
            <th scope="col">Released</th>
            <th scope="col">
              <span className="visually-hidden">Next step</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {revisions.map((path) => (
            <tr key={path.revision} data-serves={path.serves.includes(target.name) || undefined}>
              <RevisionCell path={path} />
              <EvidenceCell path={path} target={target.name} directory={directory} />
              <PromotedCell path={path} />
              <ReleasedCell path={path} target={target.name} />
              <td className={style.step}>
                <NextStep path={path} target={target} directory={directory} busy={busy} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RevisionCell({ path: { revision, subject, author, checkedOut, dirty } }: { readonly path: RevisionPath }) {
  return (
    <th scope="row">
      <span className={style.words}>
        <span className={style.first}>
          <CopyText text={revision} shown={shortRevision(revision)} label="Copy the revision" />
          {checkedOut && <Tag tone={dirty ? 'warn' : 'accent'} title={dirty ? 'It is checked out, and the checkout differs from it' : 'It is checked out'}>{dirty ? 'here, dirty' : 'here'}</Tag>}
        </span>
        <span className={style.second} title={subject}>
          {subject ?? 'not in this checkout'}
          {author !== undefined && `, ${author}`}
        </span>
      </span>
    </th>
  );
}

type CellProps = { readonly path: RevisionPath; readonly target: string };

function EvidenceCell({ path: { evidence, image }, target, directory }: CellProps & { readonly directory: string }) {
  const met = evidence.filter((one) => one.met).length;
  const words = evidence.length === 0 ? 'none required' : `${met} of ${evidence.length} required`;
  const action = image === undefined ? undefined : evidenceAction(directory, target, image);
  return (
    <td>
      <span className={style.words}>
        <span className={style.first}>
          <StateIcon look={{ tone: met === evidence.length && image !== undefined ? 'ready' : 'idle', shape: met === evidence.length && image !== undefined ? 'check' : 'ring', label: words }} size={13} />
          {action ? (
            <button type="button" className={style.open} title={`${action.command}\nShow the evidence`} onClick={action.run}>
              {words}
            </button>
          ) : (
            <span>{words}</span>
          )}
        </span>
        <span className={style.second} title={evidence.map((one) => `${one.requirement}: ${one.met ? `passed, ${one.proof?.where ?? ''}` : 'no evidence'}`).join('\n')}>
          {image === undefined ? 'no image is known' : evidence.filter((one) => !one.met).length > 0 ? `lacks ${evidence.filter((one) => !one.met).map(({ requirement }) => requirement).join(', ')}` : evidence.map(({ requirement }) => requirement).join(', ')}
        </span>
      </span>
    </td>
  );
}

function PromotedCell({ path: { promoted } }: Pick<CellProps, 'path'>) {
  if (!promoted) return <td className={style.soft}>not yet</td>;
  return (
    <td>
      <span className={style.words}>
        <span className={style.first}>
          <StateIcon look={{ tone: promoted.override === undefined ? 'ready' : 'warn', shape: promoted.override === undefined ? 'check' : 'alert', label: '' }} size={13} />
          <Ago at={promoted.time} />
        </span>
        <span className={style.second} title={promoted.override === undefined ? promoted.who : `The gate was overridden by ${promoted.who}: ${promoted.override}`}>
          {promoted.override === undefined ? promoted.who : `overridden: ${promoted.override}`}
        </span>
      </span>
    </td>
  );
}

function ReleasedCell({ path: { released, serves }, target }: CellProps) {
  const others = serves.filter((name) => name !== target);
  const elsewhere = others.length > 0 && <span className={style.elsewhere} title={`It runs on ${others.join(', ')}`}>on {others.join(', ')}</span>;
  if (!released) return <td className={style.soft}>{elsewhere ? <span className={style.first}>{elsewhere}</span> : 'not yet'}</td>;
  const look = lookOfRelease(released);
  return (
    <td>
      <span className={style.words}>
        <span className={`${style.first} ${style.tags}`}>
          <StateIcon look={look} size={13} />
          <Link href={releasesPath(target, released.release)} className={style.open}>
            {look.label}
          </Link>
          {serves.includes(target) && <Tag tone="ready">runs now</Tag>}
          {elsewhere}
        </span>
        <span className={style.second} title={released.who}>
          <Ago at={released.ended ?? released.started} />, {released.who}
        </span>
      </span>
    </td>
  );
}

function NextStep({ path, target, directory, busy }: Omit<PathTableProps, 'revisions' | 'failed'> & { readonly path: RevisionPath }) {
  const [, navigate] = useLocation();
  const { deploy, rollback } = revisionActions(directory, target.name, path.revision);
  const step = nextStep(path, target);
  switch (step) {
    case 'run':
      return <ActionButton action={{ ...runActions({ directory, navigate }).run, label: 'Run stages' }} size="compact-xs" disabled={busy} />;
    case 'promote':
      return <ActionButton action={targetActions(directory, target.name).promote} size="compact-xs" disabled={busy} />;
    case 'deploy':
      return <ActionButton action={deploy} size="compact-xs" disabled={busy} />;
    case 'rollback':
      return <ActionButton action={rollback} size="compact-xs" disabled={busy} />;
    case undefined:
      return null;
    default:
      return step satisfies never;
  }
}
