import type { RunSummary } from '#contract/runs.ts';
import { ActionButton } from '../../shell/ActionParts.tsx';
import { releaseAction } from '../../shell/run-actions.ts';
import { StateIcon } from '../../ui/StateIcon.tsx';
import { Remaining } from '../../ui/Time.tsx';
import { lookOfRun } from './stage-rows.ts';
import style from './StagesPage.module.css';

/** That a failed run's environment stays, for how long yet, and the way to let it go. */
export function HeldBar({ run, directory }: { readonly run: RunSummary; readonly directory: string }) {
  return (
    <section className={style.held} aria-label="The run is held">
      <StateIcon look={lookOfRun('held')} size={15} />
      <p>
        What the failed stage ran in stays up{' '}
        {run.heldUntil !== undefined && (
          <>
            for <b><Remaining until={Date.parse(run.heldUntil)} /></b>
          </>
        )}
        : look around in it, then let it go.
      </p>
      <ActionButton action={releaseAction({ directory }, run.run)} />
    </section>
  );
}
