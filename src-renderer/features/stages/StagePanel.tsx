import { ActionIcon, Menu } from '@mantine/core';
import { Ellipsis } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import type { RunDetails, RunSummary } from '#contract/runs.ts';
import { ActionButton, ActionItem, CopyCommandsMenu } from '../../shell/ActionParts.tsx';
import { runActions, stagePath } from '../../shell/run-actions.ts';
import { StateLabel } from '../../ui/StateIcon.tsx';
import { Tag } from '../../ui/Tag.tsx';
import { Elapsed } from '../../ui/Time.tsx';
import { ArtifactList } from './ArtifactList.tsx';
import { FailureView } from './FailureView.tsx';
import { LiveScreen } from './LiveScreen.tsx';
import { RunLogs } from './RunLogs.tsx';
import { StageInputs } from './StageInputs.tsx';
import { isGoingOn, lookOfStage, timeOf, type StageRow } from './stage-rows.ts';
import style from './StagesPage.module.css';
import { TestTree } from './TestTree.tsx';

type StagePanelProps = { readonly row: StageRow; readonly run: RunSummary | undefined; readonly address: string; readonly details: RunDetails | undefined; readonly part: string | undefined; readonly directory: string };

const PARTS = { screen: 'Browser', failure: 'Failure', tests: 'Tests', logs: 'Log', artifacts: 'Artifacts', inputs: 'Inputs' } as const;
type Part = keyof typeof PARTS;

const AFTER_DEPLOY = 'It runs against what was deployed, after a deploy.';

/** One stage of a run: its tests, log, artifacts and inputs, and, where it failed, everything about that in one place. */
export function StagePanel({ row, run, address, details, part, directory }: StagePanelProps) {
  const { name, result, live } = row;
  const time = timeOf(row);
  const parts = partsOf(row);
  const shown = parts.find((one) => one === part) ?? parts[0];
  const why = result?.why ?? live?.event.why;
  return (
    <section className={style.card} aria-label={`Stage ${name}`}>
      <header className={style.cardHead}>
        <h3>{name}</h3>
        <StateLabel look={lookOfStage(row)} />
        {time && <span>{'words' in time ? time.words : <Elapsed since={time.since} />}</span>}
        {result?.cached && <Tag tone="accent">cached</Tag>}
        {result?.cachedFrom !== undefined && <Link href={stagePath(result.cachedFrom, name)}>from {result.cachedFrom}</Link>}
        {result?.flaky && <Tag tone="warn" title="It ended otherwise on the same inputs before">flaky</Tag>}
        <StageButtons row={row} directory={directory} />
      </header>
      {why !== undefined && shown !== 'failure' && <p className={style.why}>{why}</p>}
      {result?.sharedWith && <p className={style.why}>Its services were there for {result.sharedWith.join(', ')} as well.</p>}
      {result?.problems && result.problems.length > 0 && (
        <ul className={style.problems} aria-label="Problems beside the verdict">
          {result.problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
      {shown === undefined || !run ? (
        <p className={style.quiet}>{idleWords(row, run)}</p>
      ) : (
        <>
          <nav className={style.tabs} aria-label={`Parts of ${name}`}>
            {parts.map((one) => (
              <Link key={one} href={stagePath(address, name, one)} aria-current={one === shown ? 'page' : undefined}>
                {PARTS[one]} <Count part={one} row={row} details={details} />
              </Link>
            ))}
          </nav>
          <div className={style.body}>{content(shown, { row, run, details })}</div>
        </>
      )}
    </section>
  );
}

/** What there is to see of a stage, what matters most first. */
function partsOf({ state, result, view }: StageRow): readonly Part[] {
  if (state === undefined || state === 'waiting' || state === 'skipped') return [];
  if (state === 'held' && !result) return ['failure', 'tests', 'logs'];
  if ((state === 'failed' || state === 'held') && result) return ['failure', 'tests', 'logs', 'artifacts', 'inputs'];
  if (!result) return view?.browser !== undefined && (state === 'running' || state === 'collecting') ? ['screen', 'tests', 'logs'] : ['logs', 'tests'];
  return result.tests > 0 ? ['tests', 'logs', 'artifacts', 'inputs'] : ['logs', 'tests', 'artifacts', 'inputs'];
}

function idleWords({ state, view, live }: StageRow, run: RunSummary | undefined): string {
  if (state === undefined && !run) return view?.against ? AFTER_DEPLOY : 'No stage has run yet.';
  if (state === undefined) return view?.against ? AFTER_DEPLOY : 'It did not run in this one. Run it by its button.';
  if (state === 'waiting') return live?.event.why ?? 'It has not begun yet.';
  return state === 'skipped' ? 'It did not run.' : 'The run is about to begin.';
}

function content(part: Part, { row, run, details }: { readonly row: StageRow; readonly run: RunSummary; readonly details: RunDetails | undefined }): ReactNode {
  const logRun = row.result?.cachedFrom ?? run.run;
  // What is held has ended: only its environment stays.
  const goesOn = isGoingOn(row) && !row.result;
  switch (part) {
    case 'screen':
      return <LiveScreen run={run.run} stage={row.name} />;
    case 'failure':
      return <FailureView row={row} run={run} details={details} />;
    case 'tests':
      return <TestTree tests={row.result ? details?.tests.filter(({ stage }) => stage === row.name) : row.live?.tests} goesOn={goesOn} />;
    case 'logs':
      return <RunLogs key={`${logRun} ${row.name} ${goesOn}`} run={logRun} stage={row.name} follow={goesOn} />;
    case 'artifacts':
      return <ArtifactList run={run.run} artifacts={details?.artifacts.filter(({ stage }) => stage === row.name)} />;
    case 'inputs':
      return <StageInputs row={row} />;
    default:
      return part satisfies never;
  }
}

function Count({ part, row, details }: { readonly part: Part; readonly row: StageRow; readonly details: RunDetails | undefined }) {
  const count = part === 'tests' ? (row.result?.tests ?? row.live?.tests.length) : part === 'artifacts' ? details?.artifacts.filter(({ stage }) => stage === row.name).length : undefined;
  return count === undefined || count === 0 ? null : <small>{count.toLocaleString('en')}</small>;
}

function StageButtons({ row, directory }: Pick<StagePanelProps, 'row' | 'directory'>) {
  const [, navigate] = useLocation();
  const { run, hold, fresh } = runActions({ directory, navigate }, [row.name]);
  if (!row.view || row.view.against) return null;
  return (
    <div className={style.buttons}>
      <ActionButton action={{ ...run, label: row.result ? 'Run again' : 'Run' }} size="compact-sm" disabled={isGoingOn(row)} />
      <Menu position="bottom-end" width={270}>
        <Menu.Target>
          <ActionIcon size={26} aria-label={`More for ${row.name}`}>
            <Ellipsis size={15} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <ActionItem action={hold} />
          <ActionItem action={fresh} />
          <Menu.Divider />
          <CopyCommandsMenu actions={[run, hold, fresh]} />
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
