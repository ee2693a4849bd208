import { resolve } from 'node:path';
import { flag, number, optional, text, type Command, type Given, type Operand } from '../command.ts';

const RUN: Operand = { label: 'RUN', required: true };

const place = (given: Given, name: string) => {
  const value = text(given, name);
  return value === undefined ? undefined : resolve(value);
};

/** Verbs about images and stages: building, running, and what became of it. */
export const RUN_COMMANDS: readonly Command[] = [
  {
    word: 'run',
    kind: 'action',
    summary: 'Run stages, and what they need, as CI runs them',
    details: ['Each stage has a network, services and data of its own, which are gone afterwards.'],
    examples: ['backlot run', 'backlot run unit integration', 'backlot run --junit reports/backlot.xml --artifacts reports'],
    operands: [{ label: 'STAGE', many: true }],
    options: [
      { name: 'image', summary: 'Run in this image instead of building one', value: { label: 'REF', kind: 'text' } },
      { name: 'failed', summary: 'Run only what did not pass in the latest run' },
      { name: 'fresh', summary: 'Run also what passed before with the same inputs' },
      { name: 'hold', summary: 'Keep what a stage that failed ran in for so long', value: { label: 'D', kind: 'seconds' } },
      { name: 'artifacts', summary: 'Copy artifacts and logs to this folder', value: { label: 'DIR', kind: 'text' } },
      { name: 'junit', summary: 'Write the results to this file', value: { label: 'FILE', kind: 'text' } },
    ],
    names: 'own',
    project: 'needed',
    start: (backlot, { directory }, given, signal) =>
      backlot.runs.start(
        {
          directory,
          stages: [...given.operands],
          fresh: flag(given, 'fresh'),
          ...(flag(given, 'failed') && { failed: true }),
          ...optional('image', text(given, 'image')),
          ...optional('hold', number(given, 'hold')),
          ...optional('junit', place(given, 'junit')),
          ...optional('artifacts', place(given, 'artifacts')),
        },
        signal,
      ),
    view: () => import('../views/run.ts'),
  },
  {
    word: 'build',
    kind: 'action',
    summary: 'Build the component’s image, tagged with its revision',
    operands: [],
    options: [{ name: 'no-cache', summary: 'Build every step again' }],
    names: 'own',
    project: 'needed',
    start: (backlot, { directory }, given, signal) => backlot.runs.build({ directory, noCache: flag(given, 'no-cache') }, signal),
    view: () => import('../views/build.ts'),
  },
  {
    word: 'runs',
    kind: 'query',
    summary: 'The latest runs',
    operands: [],
    options: [{ name: 'limit', short: 'n', summary: 'How many (20)', value: { label: 'N', kind: 'count' } }],
    names: 'own',
    project: 'needed',
    ask: (backlot, { directory }, given, signal) => backlot.runs.list({ directory, limit: Math.max(1, number(given, 'limit') ?? 20) }, signal),
    view: () => import('../views/runs.ts'),
  },
  {
    word: 'runs show',
    kind: 'query',
    summary: 'One run: its stages, tests and artifacts',
    operands: [RUN],
    options: [],
    names: 'own',
    project: 'none',
    ask: (backlot, _target, { operands: [run = ''] }, signal) => backlot.runs.show({ run }, signal),
    view: () => import('../views/runs-show.ts'),
  },
  {
    word: 'runs compare',
    kind: 'query',
    summary: 'How the inputs of two runs differ',
    operands: [{ label: 'A', required: true }, { label: 'B', required: true }],
    options: [],
    names: 'own',
    project: 'none',
    ask: (backlot, _target, { operands: [a = '', b = ''] }, signal) => backlot.runs.compare({ a, b }, signal),
    view: () => import('../views/runs-compare.ts'),
  },
  {
    word: 'runs artifacts',
    kind: 'query',
    summary: 'What a run left behind, or, with a folder, a copy of it there',
    operands: [RUN, { label: 'DIR' }],
    options: [],
    names: 'own',
    project: 'none',
    ask: (backlot, _target, { operands: [run = '', to] }, signal) => backlot.runs.artifacts({ run, ...(to !== undefined && { to: resolve(to) }) }, signal),
    view: () => import('../views/runs-artifacts.ts'),
  },
  {
    word: 'runs release',
    kind: 'action',
    summary: 'Let a held run go',
    operands: [RUN],
    options: [],
    names: 'own',
    project: 'none',
    start: (backlot, _target, { operands: [run = ''] }, signal) => backlot.runs.release({ run }, signal),
    view: () => import('../views/runs-release.ts'),
  },
  {
    word: 'ci generate',
    kind: 'own',
    json: 'document',
    summary: 'Write a CI file that runs the stages',
    operands: [{ label: 'CI', required: true, choices: ['github', 'gitlab', 'jenkins'] }],
    options: [{ name: 'out', summary: 'Write it here; default: where that CI looks for it', value: { label: 'FILE', kind: 'text' } }],
    names: 'own',
    project: 'needed',
    verb: () => import('../verbs/ci-generate.ts'),
  },
];
