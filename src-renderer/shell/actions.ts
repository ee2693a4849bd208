import { FileText, Hammer, Play, RotateCw, Square, SquareTerminal, Stethoscope, Trash2, type LucideIcon } from 'lucide-react';
import { useMemo } from 'react';
import { useLocation } from 'wouter';
import { useDock } from '../state/dock.ts';
import { useEnvironment } from '../state/environment.tsx';
import { commandLine } from './command-lines.ts';
import { launch } from './launch.ts';

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
export function setActions({ directory, set }: Place): Readonly<Record<'up' | 'build' | 'restart' | 'down', Action>> {
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

/** What can be done with one service of a set. */
export function serviceActions({ directory, set, navigate }: Place, service: string): Readonly<Record<'start' | 'restart' | 'stop' | 'logs' | 'shell', Action>> {
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
  };
}

/** What can be done with this machine, whatever the project. */
export function machineActions(navigate: (path: string) => void): readonly Action[] {
  return [
    { id: 'doctor', label: 'Doctor: check this machine', icon: Stethoscope, command: commandLine(['doctor']), run: () => navigate('/doctor') },
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
