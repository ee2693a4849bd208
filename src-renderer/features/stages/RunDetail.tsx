import { useLocation } from 'wouter';
import type { OperationSummary } from '#contract/operations.ts';
import type { RunSummary } from '#contract/runs.ts';
import { ActionButton } from '../../shell/ActionParts.tsx';
import { commandLine } from '../../shell/command-lines.ts';
import { OperationFailure } from '../../shell/OperationFailure.tsx';
import { compareAction, rerunFailedAction } from '../../shell/run-actions.ts';
import { useDismissed } from '../../state/dismissed.ts';
import { useOperations, type OperationProgress } from '../../state/operations.ts';
import { CopyText } from '../../ui/CopyButton.tsx';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { duration } from '../../ui/format.ts';
import { StateLabel } from '../../ui/StateIcon.tsx';
import { Tag } from '../../ui/Tag.tsx';
import { Ago, Elapsed } from '../../ui/Time.tsx';
import { BuildSteps } from './BuildSteps.tsx';
import { HeldBar } from './HeldBar.tsx';
import { heldStages } from './held-stages.ts';
import { StagePanel } from './StagePanel.tsx';
import { lengthOf, lookOfRun, sumsOf, type StageRow } from './stage-rows.ts';
import style from './StagesPage.module.css';
import { useRunDetails } from './use-runs.ts';

type RunDetailProps = {
  readonly run: RunSummary | undefined;
  readonly runs: readonly RunSummary[];
  /** As the address names the run. */
  readonly address: string;
  readonly rows: readonly StageRow[];
  readonly open: StageRow | undefined;
  readonly part: string | undefined;
  readonly progress: OperationProgress;
  /** What goes on in the place of the latest run. */
  readonly operation: OperationSummary | undefined;
  readonly directory: string;
  /** The run that the address names and that nobody knows. */
  readonly unknown: string | undefined;
};

/** One run: what it ran on, how its image came to be, and the stage in view. */
export function RunDetail({ run, runs, address, rows, open, part, progress, operation, directory, unknown }: RunDetailProps) {
  const details = useRunDetails(run?.run, `${run?.state ?? ''} ${run?.stages.map(({ name }) => name).join() ?? ''}`);
  if (unknown !== undefined) return <FailureCard failure={{ code: 'run-unknown', message: `The run ${unknown} is not among the latest`, fix: 'Choose another at the left.' }} />;
  const building = progress.steps.length > 0 && (run === undefined ? operation !== undefined : run.state === 'running');
  return (
    <>
      {address === 'latest' && !operation && <LatestFailure directory={directory} />}
      {run && <RunHead run={run} runs={runs} rows={rows} directory={directory} />}
      {!run && operation && <p className={style.quiet}>{operation.method === 'runs.build' ? 'The image is being built.' : 'The run is about to begin.'}</p>}
      {run?.state === 'held' && <HeldBar run={run} stages={heldStages(progress)} directory={directory} />}
      {building && <BuildSteps steps={progress.steps} />}
      {details.error && <FailureCard failure={details.error} />}
      {open && <StagePanel key={open.name} row={open} run={run} address={address} details={details.value} part={part} directory={directory} />}
    </>
  );
}

function RunHead({ run, runs, rows, directory }: Pick<RunDetailProps, 'runs' | 'rows' | 'directory'> & { readonly run: RunSummary }) {
  const [, navigate] = useLocation();
  const hasFailed = run.stages.some(({ state }) => state === 'failed') && run.run === runs[0]?.run;
  const before = runs[runs.findIndex((one) => one.run === run.run) + 1];
  const goesOn = run.state === 'running';
  const { revision, branch, dirty } = run;
  return (
    <header className={style.head}>
      <div className={style.headTop}>
        <h2 className={style.title}>{branch ?? revision?.slice(0, 12) ?? run.run}</h2>
        <StateLabel look={lookOfRun(run.state)} />
        {dirty && <Tag title="The checkout differs from the revision">dirty</Tag>}
        <div className={style.buttons}>
          {hasFailed && !goesOn && <ActionButton action={rerunFailedAction({ directory, navigate })} />}
          {before && <ActionButton action={compareAction({ navigate }, before.run, run.run, 'Compare with the one before')} />}
        </div>
      </div>
      <div className={style.facts}>
        <span>{sumsOf(rows.filter(({ state }) => state !== undefined))}</span>
        <span>
          <Ago at={run.started} />, {run.ended === undefined ? goesOn ? <Elapsed since={Date.parse(run.started)} /> : 'not over' : `took ${duration(lengthOf(run, 0))}`}
        </span>
        {revision !== undefined && <CopyText text={revision} shown={revision.slice(0, 12) + (dirty ? '-dirty' : '')} label="Copy the revision" />}
        <span>{run.who}</span>
        <CopyText text={commandLine(['runs', 'show', run.run])} shown={`backlot runs show ${run.run}`} label="Copy as command" />
      </div>
    </header>
  );
}

/** Why the latest run or build ended before any stage could tell. */
function LatestFailure({ directory }: { readonly directory: string }) {
  const latest = useOperations(({ summaries }) => summaries?.find(({ method, directory: at }) => at === directory && (method === 'runs.start' || method === 'runs.build')));
  const { dismissed, dismiss } = useDismissed();
  if (latest?.state !== 'failed' || !latest.error || latest.error.code === 'stage-failed' || dismissed.includes(latest.id)) return null;
  return <OperationFailure id={latest.id} failure={latest.error} onDismiss={() => dismiss(latest.id)} />;
}
