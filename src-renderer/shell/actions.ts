import { ArrowLeftRight, FileDown, FileText, Globe, Hammer, Play, RotateCw, Square, SquareTerminal, Stethoscope, Trash2, Undo2, type LucideIcon } from 'lucide-react';
import { useMemo } from 'react';
import { useLocation } from 'wouter';
import { useDock } from '../state/dock.ts';
import { useEnvironment } from '../state/environment.tsx';
import { commandLine } from './command-lines.ts';
import { launch, launchToEnd } from './launch.ts';
import { namesOfPath } from './name-actions.ts';
import { openSwapDialog } from './swap-dialog.ts';

/** Something that a person can do here, or with its command line anywhere. */
export type Action = {
  readonly id: string;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly command: string;
  run(): void;
};

type Place = { readonly directory: string; readonly set: string; navigate(path: string): void };

/** Up, down and restart of a whole set. */
export function setActions({ directory, set }: Pick<Place, 'directory' | 'set'>): Readonly<Record<'up' | 'build' | 'restart' | 'down', Action>> {
  const place = { directory, set };
  return {
    up: {
      id: 'set.up',
      label: 'Up',
      icon: Play,
      command: commandLine(['up', set], directory),
      run: () => void launch({ method: 'stack.up', ...place, start: (core) => core.stack.up(place) }),
    },
    build: {
      id: 'set.build',
      label: 'Build images, then up',
      icon: Hammer,
      command: commandLine(['up', set, '--build'], directory),
      run: () => void launch({ method: 'stack.up', ...place, start: (core) => core.stack.up({ ...place, build: true }) }),
    },
    restart: {
      id: 'set.restart',
      label: 'Restart',
      icon: RotateCw,
      command: commandLine(['restart', set], directory),
      run: () => void launch({ method: 'stack.restart', ...place, start: (core) => core.stack.restart(place) }),
    },
    down: {
      id: 'set.down',
      label: 'Down',
      icon: Square,
      command: commandLine(['down', set], directory),
      run: () => void launch({ method: 'stack.down', ...place, start: (core) => core.stack.down(place) }),
    },
  };
}

/** What to do beside bringing a set up. */
export type UpChoice = {
  /** Sets that go down first. */
  readonly down: readonly string[];
  /** Gives services whose host port is taken a free one. */
  readonly remap: boolean;
};

/** Up of a set with what was chosen beside it. */
export function upAction({ directory, set }: Pick<Place, 'directory' | 'set'>, { down, remap }: UpChoice): Action {
  const downs = down.map((other) => commandLine(['down', other], directory));
  const run = async () => {
    for (const other of down) {
      const isDown = await launchToEnd({ method: 'stack.down', directory, set: other, start: (core) => core.stack.down({ directory, set: other }) });
      if (!isDown) return;
    }
    await launch({ method: 'stack.up', directory, set, start: (core) => core.stack.up({ directory, set, remap }) });
  };
  return {
    ...setActions({ directory, set }).up,
    command: [...downs, commandLine(['up', set, ...(remap ? ['--remap-ports'] : [])], directory)].join(' && '),
    run: () => void run(),
  };
}

/** What can be done with one service of a set. */
export function serviceActions({ directory, set, navigate }: Place, service: string): Readonly<Record<'start' | 'restart' | 'stop' | 'logs' | 'shell' | 'names' | 'swap' | 'giveBack', Action>> {
  const place = { directory, set };
  const services = [service];
  return {
    start: {
      id: `start.${service}`,
      label: 'Start',
      icon: Play,
      command: commandLine(['up', set, service], directory),
      run: () => void launch({ method: 'stack.up', ...place, start: (core) => core.stack.up({ ...place, services }) }),
    },
    restart: {
      id: `restart.${service}`,
      label: 'Restart',
      icon: RotateCw,
      command: commandLine(['restart', set, service], directory),
      run: () => void launch({ method: 'stack.restart', ...place, start: (core) => core.stack.restart({ ...place, services }) }),
    },
    stop: {
      id: `stop.${service}`,
      label: 'Stop and remove',
      icon: Square,
      command: commandLine(['down', set, service], directory),
      run: () => void launch({ method: 'stack.down', ...place, start: (core) => core.stack.down({ ...place, services }) }),
    },
    logs: {
      id: `logs.${service}`,
      label: 'Logs',
      icon: FileText,
      command: commandLine(['logs', set, service, '-f'], directory),
      run: () => navigate(`/logs/${encodeURIComponent(service)}`),
    },
    shell: {
      id: `shell.${service}`,
      label: 'Shell',
      icon: SquareTerminal,
      command: commandLine(['shell', service], directory),
      run: () => useDock.getState().openShell({ directory, set, service }),
    },
    names: {
      id: `names.${service}`,
      label: 'Names',
      icon: Globe,
      command: commandLine(['names', set], directory),
      run: () => navigate(namesOfPath(service)),
    },
    swap: {
      id: `swap.${service}`,
      label: 'Swap for a process on this machine…',
      icon: ArrowLeftRight,
      command: swapCommand(place, service, ['HOST:PORT']),
      run: () => openSwapDialog({ ...place, service }),
    },
    giveBack: {
      id: `giveback.${service}`,
      label: 'Give back',
      icon: Undo2,
      command: commandLine(['swap', service, '--back', '--set', set], directory),
      run: () => void launch({ method: 'stack.swap', ...place, start: (core) => core.stack.swap({ ...place, service, back: true }) }),
    },
  };
}

/** The command that gives a service's place to these processes of this machine. */
export function swapCommand({ directory, set }: Pick<Place, 'directory' | 'set'>, service: string, to: readonly string[]): string {
  return commandLine(['swap', service, '--to', to.join(','), '--set', set], directory);
}

/** The actions of a service that make sense now: a swapped one can be given back, another can be swapped. */
export function fittingActions<Actions extends Readonly<Record<'swap' | 'giveBack', Action>>>(actions: Actions, isSwapped: boolean): readonly Action[] {
  const other = isSwapped ? actions.swap : actions.giveBack;
  return Object.values(actions).filter((action) => action !== other);
}

/** What can be done with this machine, whatever the project. */
export function machineActions(navigate: (path: string) => void): readonly Action[] {
  return [
    { id: 'doctor', label: 'Doctor: check this machine', icon: Stethoscope, command: commandLine(['doctor']), run: () => navigate('/doctor') },
    { id: 'bundle', label: 'Save a report for a colleague or a bug report', icon: FileDown, command: commandLine(['bundle']), run: () => navigate('/doctor') },
    {
      id: 'clean',
      label: 'Clean: remove what crashed work left behind',
      icon: Trash2,
      command: commandLine(['clean']),
      run: () => void launch({ method: 'system.clean', start: (core) => core.system.clean({}) }),
    },
  ];
}

/** Where actions of the set in view take place; undefined until the project is known. */
export function usePlace(): Place | undefined {
  const { directory, set } = useEnvironment();
  const [, navigate] = useLocation();
  return useMemo(() => (directory === undefined || set === undefined ? undefined : { directory, set, navigate }), [directory, set, navigate]);
}
