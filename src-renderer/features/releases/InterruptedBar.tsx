import { TriangleAlert } from 'lucide-react';
import type { TargetView } from '#contract/releases.ts';
import { Ago } from '../../ui/Time.tsx';
import { shortRevision } from './release-words.ts';
import style from './ReleasesPage.module.css';

/** That a release broke off with its Backlot, and what brings the target in order. */
export function InterruptedBar({ release: { revision, who, started }, target }: { readonly release: NonNullable<TargetView['interrupted']>; readonly target: string }) {
  return (
    <section className={style.lock} aria-label={`A release on ${target} was interrupted`}>
      <TriangleAlert size={15} aria-hidden="true" />
      <p>
        The release of <code>{shortRevision(revision)}</code> by <b>{who}</b> was interrupted: it may be half there. Deploy or roll back, which brings the target in order.
        <span className={style.soft}>
          begun <Ago at={started} />
        </span>
      </p>
    </section>
  );
}
