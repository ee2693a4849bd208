import { befell, type RunDetails, type StageResult, type TestResult } from '#contract/runs.ts';
import { windowOfTest } from '#contract/test-window.ts';
import { count } from '../quantity.ts';
import type { Screen } from '../screen.ts';
import { stageTable } from './run.ts';

const MOST_FAILED = 20;

/** One run, with what did not pass. */
export function show({ run, state, image, who, branch, revision, stages, tests, artifacts }: RunDetails, screen: Screen): string {
  const { paint, clean } = screen;
  const bad = tests.filter((test) => test.state === 'failed' || test.state === 'broken');
  const failed = bad.slice(0, MOST_FAILED).map((test) => {
    const { stage, suite, name, message } = test;
    const ran = ranAt(test, stages.find((one) => one.name === stage));
    return [`  ${paint.red(clean([stage, ...suite, name].join(' › ')))}`, ...(message === undefined ? [] : [`    ${clean(message).replace(/\s*\n\s*/g, ' ')}`]), ...(ran === undefined ? [] : [`    ${paint.dim(ran)}`])].join('\n');
  });
  return [
    `${paint.bold(run)} ${state}, by ${clean(who)}`,
    ...(revision === undefined ? [] : [`  ${clean(branch ?? 'detached')} ${clean(revision)}`]),
    ...(image === undefined ? [] : [`  ${clean(image)}`]),
    stageTable(stages, screen).trimEnd(),
    ...failed,
    ...(bad.length > MOST_FAILED ? [`  and ${bad.length - MOST_FAILED} more`] : []),
    ...stages.flatMap((stage) => meanwhile(stage, screen)),
    ...(state === 'held' ? [`look inside: backlot runs shell ${run}`] : []),
    ...(artifacts.length > 0 ? [`${count(artifacts.length, 'artifact')}: backlot runs artifacts ${run}`] : []),
    '',
  ].join('\n');
}

/** Which lines of the logs belong to a test. */
function ranAt(test: TestResult, stage: StageResult | undefined): string | undefined {
  const window = windowOfTest(test, stage ?? {});
  return window && `${window.exact ? 'ran' : 'ran within its stage,'} ${clock(window.from)} to ${clock(window.to)}`;
}

function clock(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(11, 23)}Z`;
}

/** What went beside the verdict of a stage; and of one that did not pass, what befell its services and the names that were asked for in vain. */
function meanwhile({ name, state, output = [], events = [], misses = [], problems = [], sharedWith = [] }: StageResult, { paint, clean }: Screen): string[] {
  const beside = [...(sharedWith.length > 0 ? [`shared its services with ${sharedWith.join(', ')}`] : []), ...problems].map((text) => `  ${clean(`${name}: ${text}`)}`);
  if (state !== 'failed') return beside;
  return [
    ...beside,
    ...(output.length > 0 ? [`  ${clean(name)} printed last:`] : []),
    ...output.map((line) => `    ${paint.dim(clean(line))}`),
    ...events.map((event) => `  ${paint.dim(`${event.time.slice(11, 23)}Z`)} ${clean(`${event.service} of ${name}`)} ${befell(event)}`),
    ...misses.map((miss) => `  ${clean(`${miss.caller} of ${name} asked ${count(miss.count, 'time')} for ${miss.name}`)}, which nobody here has`),
  ];
}
