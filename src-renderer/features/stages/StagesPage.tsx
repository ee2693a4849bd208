import { Button, Menu, Skeleton } from '@mantine/core';
import { ChevronDown } from 'lucide-react';
import { useLocation } from 'wouter';
import type { OperationSummary } from '#contract/operations.ts';
import type { ProjectView } from '#contract/project.ts';
import type { RunSummary } from '#contract/runs.ts';
import { ActionButton, ActionItem, CopyCommandsMenu } from '../../shell/ActionParts.tsx';
import { CancelButton } from '../../shell/CancelButton.tsx';
import { commandLine } from '../../shell/command-lines.ts';
import { buildAction, runActions } from '../../shell/run-actions.ts';
import { useOperations } from '../../state/operations.ts';
import { useOperation } from '../../state/use-operation.ts';
import { CopyText } from '../../ui/CopyButton.tsx';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { counted } from '../../ui/format.ts';
import { Page } from '../../ui/Page.tsx';
import { ProjectGate } from '../welcome/ProjectGate.tsx';
import { NoStages } from './NoStages.tsx';
import { RunDetail } from './RunDetail.tsx';
import { RunHistory } from './RunHistory.tsx';
import { StageGraph } from './StageGraph.tsx';
import { isGoingOn, lookOfRun, stageRows, stageToOpen } from './stage-rows.ts';
import style from './StagesPage.module.css';
import { useRuns } from './use-runs.ts';

/** Where in the page: a run or the latest, a stage of it, and what of that is shown. */
type Address = { readonly run: string | undefined; readonly stage: string | undefined; readonly part: string | undefined };

/** The project's stages with their live state, and what became of each run. */
export function StagesPage(address: Address) {
  return <ProjectGate skeleton={<StagesSkeleton />}>{(project) => <ProjectStages key={project.directory} project={project} {...address} />}</ProjectGate>;
}

function ProjectStages({ project, run, stage, part }: Address & { readonly project: ProjectView }) {
  const { directory } = project;
  const running = useRunning(directory);
  const newest = useOperation(running?.id);
  const list = useRuns(directory, movesOf(newest.stages));
  const runs = list.value ?? [];
  const isLatest = run === undefined || run === 'latest';
  const begun = running && runs.find(({ operation }) => operation === running.id);
  const chosen = isLatest ? (running?.method === 'runs.start' ? begun : runs[0]) : runs.find((one) => one.run === run || one.run.startsWith(run));
  const operation = isLatest && running ? running.id : chosen && isMoving(chosen) ? chosen.operation : undefined;
  const progress = useOperation(operation);
  const rows = stageRows(project, chosen, progress);
  const open = rows.find(({ name }) => name === stage) ?? stageToOpen(rows);
  const isEmpty = project.stageViews.length === 0 && list.value?.length === 0;
  return (
    <Page title="Stages" detail={<span role="status">{list.value ? inShort(project, running, runs[0]) : list.error ? 'The runs are not known now' : 'Asking for the runs'}</span>} actions={!isEmpty && <PageActions project={project} running={running} />}>
      {list.error && <FailureCard failure={list.error} />}
      {isEmpty ? (
        <NoStages directory={directory} />
      ) : (
        <>
          <StageGraph rows={rows} chosen={open?.name} run={run ?? 'latest'} directory={directory} busy={false} />
          <div className={style.columns}>
            <RunHistory runs={list.value} project={project} chosen={chosen?.run} stage={open?.name} isLatest={isLatest} />
            <div className={style.main}>
              <RunDetail key={chosen?.run ?? 'none'} run={chosen} runs={runs} address={isLatest ? 'latest' : (chosen?.run ?? run ?? 'latest')} rows={rows} open={open} part={part} progress={progress} operation={isLatest ? running : undefined} directory={directory} unknown={!isLatest && list.value !== undefined && !chosen ? run : undefined} />
            </div>
          </div>
        </>
      )}
    </Page>
  );
}

const isMoving = ({ state }: RunSummary) => state === 'running' || state === 'held';

/** The run or build of the project that goes on now, of whatever shell. */
function useRunning(directory: string): OperationSummary | undefined {
  return useOperations(({ summaries }) => summaries?.find(({ method, state, directory: at }) => state === 'running' && at === directory && (method === 'runs.start' || method === 'runs.build')));
}

/** Changes when a stage begins, ends or is held: what is kept of the run is another then. */
function movesOf(stages: Readonly<Record<string, { readonly event: { readonly state: string } }>>): string {
  return Object.entries(stages).map(([name, { event }]) => `${name} ${isGoingOn({ state: event.state as never }) && event.state !== 'held' ? 'on' : event.state}`).join();
}

function PageActions({ project, running }: { readonly project: ProjectView; readonly running: OperationSummary | undefined }) {
  const [, navigate] = useLocation();
  const place = { directory: project.directory, navigate };
  const { run, hold, fresh } = runActions(place);
  const build = buildAction(place);
  const none = project.stageViews.every(({ against }) => against !== undefined);
  return (
    <>
      <CopyText text={commandLine(['run'], project.directory)} shown="backlot run" label="Copy as command" />
      {running && <CancelButton operation={running.id} />}
      <Button.Group>
        <ActionButton action={run} variant="filled" disabled={none} />
        <Menu position="bottom-end" width={270}>
          <Menu.Target>
            <Button variant="filled" px={8} aria-label="More ways to run">
              <ChevronDown size={14} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <ActionItem action={hold} disabled={none} />
            <ActionItem action={fresh} disabled={none} />
            <ActionItem action={build} />
            <Menu.Divider />
            <CopyCommandsMenu actions={[run, hold, fresh, build]} />
          </Menu.Dropdown>
        </Menu>
      </Button.Group>
    </>
  );
}

function inShort({ stageViews }: ProjectView, running: OperationSummary | undefined, latest: RunSummary | undefined): string {
  if (stageViews.length === 0) return 'CI’s own tests, on this machine';
  const stages = counted(stageViews.length, 'stage');
  if (running) return `${stages}, ${running.method === 'runs.build' ? 'the image is being built' : 'a run is going on'}`;
  return latest ? `${stages}, latest run ${lookOfRun(latest.state).label}` : `${stages}, none has run yet`;
}

/** The page's shape before the project is known. */
function StagesSkeleton() {
  return (
    <Page title="Stages" detail="Reading the project">
      <Skeleton height={150} radius={11} />
      <div className={style.columns} aria-busy="true">
        <Skeleton height={220} radius={11} />
        <Skeleton height={320} radius={11} />
      </div>
    </Page>
  );
}
