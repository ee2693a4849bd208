import { FastForward, GitCompareArrows, Hammer, Hourglass, Play, RotateCcw, SquareTerminal, Undo2 } from 'lucide-react';
import type { Action } from './actions.ts';
import { commandLine } from './command-lines.ts';
import { useDock } from '../state/dock.ts';
import { launch } from './launch.ts';

type Place = { readonly directory: string; navigate(path: string): void };

/** How long a failed stage's environment is held when somebody asks for it here. */
const HOLD = { seconds: 900, words: '15m' } as const;

/** Where a run, a stage of it and a part of that are shown. `latest` is whichever run is the newest. */
export function stagePath(run = 'latest', stage?: string, part?: string): string {
  return ['/stages', ...[run, stage, part].filter((word) => word !== undefined).map(encodeURIComponent)].join('/');
}

export const comparePath = (a: string, b: string): string => `/stages/compare/${encodeURIComponent(a)}/${encodeURIComponent(b)}`;

/** Running these stages with what they need; none named are all. */
export function runActions({ directory, navigate }: Place, stages: readonly string[] = []): Readonly<Record<'run' | 'hold' | 'fresh', Action>> {
  const [only] = stages.length === 1 ? stages : [];
  const words = stages.join(' ');
  const start = (more: { readonly fresh?: boolean; readonly hold?: number }) => {
    navigate(stagePath('latest', only));
    void launch({ method: 'runs.start', directory, start: (core) => core.runs.start({ directory, stages: [...stages], ...more }) });
  };
  return {
    run: { id: `run.${words}`, label: stages.length === 0 ? 'Run all' : 'Run', icon: Play, command: commandLine(['run', ...stages], directory), run: () => start({}) },
    hold: { id: `hold.${words}`, label: 'Run, and hold what fails for 15 min', icon: Hourglass, command: commandLine(['run', ...stages, '--hold', HOLD.words], directory), run: () => start({ hold: HOLD.seconds }) },
    fresh: { id: `fresh.${words}`, label: 'Run afresh, nothing reused', icon: FastForward, command: commandLine(['run', ...stages, '--fresh'], directory), run: () => start({ fresh: true }) },
  };
}

/** Runs again what did not pass in the latest run. */
export function rerunFailedAction({ directory, navigate }: Place): Action {
  const run = () => {
    navigate(stagePath());
    void launch({ method: 'runs.start', directory, start: (core) => core.runs.start({ directory, failed: true }) });
  };
  return { id: 'run.failed', label: 'Rerun failed', icon: RotateCcw, command: commandLine(['run', '--failed'], directory), run };
}

/** Builds the image that stages run in. */
export function buildAction({ directory, navigate }: Place): Action {
  const run = () => {
    navigate(stagePath());
    void launch({ method: 'runs.build', directory, start: (core) => core.runs.build({ directory }) });
  };
  return { id: 'runs.build', label: 'Build the image', icon: Hammer, command: commandLine(['build'], directory), run };
}

type HeldPlace = { readonly directory: string; readonly run: string; readonly stage: string; readonly service?: string; readonly several: boolean };

/** A shell in what a held run keeps: with the files that the stage left, or in a service of it. */
export function heldShellAction({ directory, run, stage, service, several }: HeldPlace): Action {
  return {
    id: `held.${stage}.${service ?? ''}`,
    label: service === undefined ? `In ${stage} itself` : several ? `In ${service} of ${stage}` : `In ${service}`,
    icon: SquareTerminal,
    command: commandLine(['runs', 'shell', run, ...(service === undefined ? [] : [service]), ...(several ? ['--stage', stage] : [])]),
    run: () => useDock.getState().openShell({ directory, set: undefined, run, stage, service }),
  };
}

/** Lets a held run go. */
export function releaseAction({ directory }: Pick<Place, 'directory'>, run: string): Action {
  return { id: 'runs.release', label: 'Release', icon: Undo2, command: commandLine(['runs', 'release', run]), run: () => void launch({ method: 'runs.release', directory, start: (core) => core.runs.release({ run }) }) };
}

/** Shows how the inputs of two runs differ. */
export function compareAction({ navigate }: Pick<Place, 'navigate'>, a: string, b: string, label = 'Compare'): Action {
  return { id: 'runs.compare', label, icon: GitCompareArrows, command: commandLine(['runs', 'compare', a, b]), run: () => navigate(comparePath(a, b)) };
}
