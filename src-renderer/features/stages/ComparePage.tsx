import { Button, NativeSelect, Skeleton } from '@mantine/core';
import { Equal } from 'lucide-react';
import { Link, useLocation } from 'wouter';
import type { RunSummary } from '#contract/runs.ts';
import { commandLine } from '../../shell/command-lines.ts';
import { comparePath, stagePath } from '../../shell/run-actions.ts';
import { useCall } from '../../state/use-call.ts';
import { CopyText } from '../../ui/CopyButton.tsx';
import { Empty } from '../../ui/Empty.tsx';
import { FailureCard } from '../../ui/FailureCard.tsx';
import { counted } from '../../ui/format.ts';
import { Page } from '../../ui/Page.tsx';
import grid from '../../ui/Table.module.css';
import { ProjectGate } from '../welcome/ProjectGate.tsx';
import style from './ComparePage.module.css';
import { shortValue } from './compare-words.ts';
import { lookOfRun } from './stage-rows.ts';
import { useRuns } from './use-runs.ts';

type Pair = { readonly a: string; readonly b: string };

/** How the inputs of two runs differ; what is the same is not told. */
export function ComparePage(pair: Pair) {
  return <ProjectGate skeleton={<Page title="Compare runs"><Skeleton height={240} /></Page>}>{({ directory }) => <Comparison directory={directory} {...pair} />}</ProjectGate>;
}

function Comparison({ directory, a, b }: Pair & { readonly directory: string }) {
  const runs = useRuns(directory, '');
  const answer = useCall(`compare ${a} ${b}`, (backlot, signal) => backlot.runs.compare({ a, b }, signal));
  const { value, error } = answer;
  const stages = value ? [...new Set(value.differences.map(({ stage }) => stage))] : [];
  return (
    <Page
      title="Compare runs"
      detail={<span role="status">{value ? (value.same ? 'Their inputs and outcomes are the same' : counted(value.differences.length, 'difference')) : error ? 'They cannot be compared' : 'Comparing'}</span>}
      actions={
        <>
          <CopyText text={commandLine(['runs', 'compare', a, b])} label="Copy as command" />
          <Button component={Link} href={stagePath()}>
            Back to the stages
          </Button>
        </>
      }
    >
      <div className={style.pair}>
        <RunChoice label="Before" run={a} runs={runs.value} pathOf={(run) => comparePath(run, b)} />
        <RunChoice label="After" run={b} runs={runs.value} pathOf={(run) => comparePath(a, run)} />
      </div>
      {error && <FailureCard failure={error} />}
      {!value && !error && <Skeleton height={180} radius={11} />}
      {value?.same && <Empty icon={<Equal size={20} />} title="Nothing differs" text="Image, commands, data, names, variables, engine and Backlot were the same. Where the outcomes differ all the same, the stage is flaky." />}
      {value && !value.same && (
        <div className={grid.frame}>
          <table className={`${grid.table} ${style.table}`}>
            <thead>
              <tr>
                <th scope="col">What</th>
                <th scope="col">Before</th>
                <th scope="col">After</th>
              </tr>
            </thead>
            {stages.map((stage) => (
              <tbody key={stage ?? ''}>
                <tr>
                  <th scope="rowgroup" colSpan={3} className={style.group}>
                    {stage ?? 'The whole run'}
                  </th>
                </tr>
                {value.differences
                  .filter((difference) => difference.stage === stage)
                  .map(({ what, a: before, b: after }) => (
                    <tr key={what}>
                      <th scope="row">{what}</th>
                      <Value value={before} />
                      <Value value={after} />
                    </tr>
                  ))}
              </tbody>
            ))}
          </table>
        </div>
      )}
    </Page>
  );
}

function Value({ value }: { readonly value: string | undefined }) {
  return (
    <td className={value === undefined ? grid.soft : grid.mono} title={value}>
      {value === undefined ? 'none' : shortValue(value)}
    </td>
  );
}

type RunChoiceProps = { readonly label: string; readonly run: string; readonly runs: readonly RunSummary[] | undefined; pathOf(run: string): string };

function RunChoice({ label, run, runs = [], pathOf }: RunChoiceProps) {
  const [, navigate] = useLocation();
  const options = runs.map((one) => ({ value: one.run, label: `${one.branch ?? one.revision?.slice(0, 12) ?? one.run}, ${lookOfRun(one.state).label}, ${new Date(one.started).toLocaleString()}` }));
  const all = options.some(({ value }) => value === run) ? options : [{ value: run, label: run }, ...options];
  return <NativeSelect label={label} data={all} value={run} onChange={(event) => navigate(pathOf(event.currentTarget.value))} />;
}
