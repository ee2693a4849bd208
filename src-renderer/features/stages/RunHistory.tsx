import { Skeleton } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import type { ProjectView } from '#contract/project.ts';
import type { RunSummary } from '#contract/runs.ts';
import { stagePath } from '../../shell/run-actions.ts';
import { counted, duration } from '../../ui/format.ts';
import { Section } from '../../ui/Page.tsx';
import { Sparkline } from '../../ui/Sparkline.tsx';
import { StateIcon } from '../../ui/StateIcon.tsx';
import { Ago, Elapsed } from '../../ui/Time.tsx';
import { durationsOf, lengthOf, lookOfRun } from './stage-rows.ts';
import style from './StagesPage.module.css';

type RunHistoryProps = { readonly runs: readonly RunSummary[] | undefined; readonly project: ProjectView; readonly chosen: string | undefined; readonly stage: string | undefined; readonly isLatest: boolean };

/** Runs that the trend looks back on. */
const TREND = 30;

/** The latest runs, newest first, and how the stage in view fared in them. */
export function RunHistory({ runs, chosen, stage, isLatest }: RunHistoryProps) {
  const [, navigate] = useLocation();
  if (!runs) return <Skeleton height={200} radius={11} aria-busy="true" />;
  const move = (event: { readonly key: string; preventDefault(): void }) => {
    const step = { j: 1, k: -1 }[event.key];
    if (step === undefined) return;
    const next = runs[runs.findIndex(({ run }) => run === chosen) + step];
    if (next) event.preventDefault(), navigate(stagePath(next.run, stage));
  };
  return (
    <div className={style.side} onKeyDown={move}>
      {stage !== undefined && <Trend stage={stage} runs={runs.slice(0, TREND)} />}
      <Section title="Runs">
        {runs.length === 0 && <p className={`${style.card} ${style.quiet}`}>No stage has run yet.</p>}
        {runs.length > 0 && (
          <ul className={style.list} aria-label="Runs">
            {runs.map((run, index) => (
              <li key={run.run}>
                <Link href={stagePath(index === 0 ? 'latest' : run.run, stage)} className={style.line} aria-current={run.run === chosen || (isLatest && index === 0 && chosen === undefined) || undefined} title={run.run}>
                  <RunLine run={run} />
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Section>
    </div>
  );
}

function RunLine({ run }: { readonly run: RunSummary }) {
  const look = lookOfRun(run.state);
  const failed = run.stages.filter(({ state }) => state === 'failed').map(({ name }) => name);
  return (
    <>
      <span className={style.lineHead}>
        <StateIcon look={look} size={13} />
        <b>{run.branch ?? run.revision?.slice(0, 12) ?? run.run}</b>
        <span className="visually-hidden">: {look.label}</span>
        <small>{run.ended === undefined && run.state === 'running' ? <Elapsed since={Date.parse(run.started)} /> : run.ended !== undefined ? duration(lengthOf(run, 0)) : ''}</small>
      </span>
      <span className={style.lineFacts}>
        <span>{failed.length > 0 ? `${failed.join(', ')} failed` : run.stages.length === 0 ? look.label : `${look.label}, ${counted(run.stages.length, 'stage')}${run.state === 'running' ? ' done' : ''}`}</span>
        <Ago at={run.started} />
      </span>
    </>
  );
}

/** How long a stage took and how it ended, over the latest runs. */
function Trend({ stage, runs }: { readonly stage: string; readonly runs: readonly RunSummary[] }) {
  const values = durationsOf(stage, runs);
  const outcomes = runs.toReversed().flatMap(({ run, stages }) => stages.filter(({ name, state }) => name === stage && (state === 'passed' || state === 'failed')).map(({ state, cached }) => ({ run, state, cached })));
  if (outcomes.length < 2) return null;
  const passed = outcomes.filter(({ state }) => state === 'passed').length;
  const latest = values.at(-1);
  return (
    <div className={style.trend}>
      <span>
        <b>{stage}</b>
        {passed} of {outcomes.length} runs passed
        <span className={style.marks} aria-hidden="true">
          {outcomes.map(({ run, state }) => (
            <i key={run} data-tone={state === 'passed' ? 'ready' : 'fail'} />
          ))}
        </span>
      </span>
      {values.length > 1 && latest !== undefined && (
        <span>
          <Sparkline values={values} top={0} capacity={Math.max(values.length, 8)} width={88} height={30} label={`${stage} took ${values.slice(-5).map((seconds) => duration(seconds * 1000)).join(', ')} lately`} />
          <br />
          {duration(latest * 1000)} lately
        </span>
      )}
    </div>
  );
}
