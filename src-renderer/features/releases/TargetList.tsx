import { Lock } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import type { TargetView } from '#contract/releases.ts';
import { releasesPath } from '../../shell/release-actions.ts';
import { useOperations } from '../../state/operations.ts';
import { StateIcon } from '../../ui/StateIcon.tsx';
import { Ago } from '../../ui/Time.tsx';
import { isWaiting, lookOfTarget, operationsOn, shortRevision } from './release-words.ts';
import style from './ReleasesPage.module.css';

type TargetListProps = { readonly targets: readonly TargetView[]; readonly chosen: string | undefined; readonly directory: string };

/** Every target with what runs there and since when; the one that is opened beside it is marked. */
export function TargetList({ targets, chosen, directory }: TargetListProps) {
  const [, navigate] = useLocation();
  const move = (event: { readonly key: string; preventDefault(): void }) => {
    const step = { j: 1, k: -1 }[event.key];
    const next = step === undefined ? undefined : targets[targets.findIndex(({ name }) => name === chosen) + step];
    if (next) event.preventDefault(), navigate(releasesPath(next.name));
  };
  return (
    <ul className={style.list} aria-label="Targets" onKeyDown={move}>
      {targets.map((target) => (
        <li key={target.name}>
          <Link href={releasesPath(target.name)} className={style.line} aria-current={target.name === chosen || undefined} title={target.name}>
            <TargetLine target={target} directory={directory} />
          </Link>
        </li>
      ))}
    </ul>
  );
}

function TargetLine({ target, directory }: { readonly target: TargetView; readonly directory: string }) {
  const going = useOperations(({ summaries }) => operationsOn(target.name, directory, summaries).find(({ state }) => state === 'running'));
  const look = lookOfTarget(target, going);
  const { name, current, promoted, lock, problem } = target;
  return (
    <>
      <span className={style.lineHead}>
        <StateIcon look={look} size={13} />
        <b>{name}</b>
        <span className="visually-hidden">: {look.label}</span>
        {lock && (
          <span className={style.sign} title={`Locked by ${lock.owner}: ${lock.reason}`}>
            <Lock size={12} aria-hidden="true" />
            <span className="visually-hidden">locked</span>
          </span>
        )}
      </span>
      <span className={style.lineFacts}>
        {going && look.label}
        {!going && problem !== undefined && 'its registry does not tell'}
        {!going && problem === undefined && !current && look.label}
        {!going && current && (
          <>
            <code>{shortRevision(current.revision)}</code> · <Ago at={current.ended ?? current.started} />
          </>
        )}
      </span>
      {promoted && isWaiting(target) && <span className={style.lineFacts} title={`${promoted.revision} was promoted and is not released yet`}><code>{shortRevision(promoted.revision)}</code> · promoted</span>}
    </>
  );
}
