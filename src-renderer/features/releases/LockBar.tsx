import { Lock } from 'lucide-react';
import type { TargetLock } from '#contract/releases.ts';
import { ActionButton } from '../../shell/ActionParts.tsx';
import { targetActions } from '../../shell/release-actions.ts';
import { Ago, Remaining } from '../../ui/Time.tsx';
import style from './ReleasesPage.module.css';

/** Who keeps everybody from the target, why and for how long yet. */
export function LockBar({ lock: { owner, reason, since, until }, directory, target }: { readonly lock: TargetLock; readonly directory: string; readonly target: string }) {
  return (
    <section className={style.lock} aria-label={`${target} is locked`}>
      <Lock size={15} aria-hidden="true" />
      <p>
        <b>{owner}</b> has it locked: {reason}
        <span className={style.soft}>
          since <Ago at={since} />, for{' '}
          <span title={new Date(until).toLocaleString()}>
            <Remaining until={Date.parse(until)} />
          </span>{' '}
          yet
        </span>
      </p>
      <ActionButton action={targetActions(directory, target).unlock} />
    </section>
  );
}
