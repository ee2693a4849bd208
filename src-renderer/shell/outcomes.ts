import { notifications } from '@mantine/notifications';
import { useEffect, useRef } from 'react';
import type { OperationSummary } from '#contract/operations.ts';
import { useOperations } from '../state/operations.ts';

const METHODS: Readonly<Record<string, string>> = {
  'stack.up': 'Up',
  'stack.down': 'Down',
  'stack.restart': 'Restart',
  'stack.swap': 'Swap',
  'names.install': 'Install the resolver',
  'names.uninstall': 'Uninstall the resolver',
  'fixtures.capture': 'Capture',
  'fixtures.verify': 'Verify',
  'fixtures.load': 'Load',
  'fixtures.reset': 'Reset',
  'fixtures.push': 'Push',
  'fixtures.pull': 'Pull',
  'fixtures.remove': 'Remove',
  'runs.start': 'Run',
  'runs.build': 'Build',
  'runs.release': 'Release',
  'releases.promote': 'Promote to',
  'releases.deploy': 'Deploy to',
  'releases.rollback': 'Roll back',
  'releases.lock': 'Lock',
  'releases.unlock': 'Unlock',
  'releases.remove': 'Take away',
  'system.clean': 'Clean',
  'project.init': 'Init',
  'project.clone': 'Clone',
};

/** An operation as a person calls it: `Up minimal`, `Capture catalogue`. */
export function titleOf({ method, set, about }: Pick<OperationSummary, 'method' | 'set' | 'about'>): string {
  return [nameOfMethod(method), about, set === undefined ? undefined : about === undefined ? set : `in ${set}`].filter(Boolean).join(' ');
}

/** An operation's method as a person calls it. */
export function nameOfMethod(method: string): string {
  return METHODS[method] ?? method;
}

/** Tells how each operation that ran while the page was open has ended. Mounted once, by the shell. */
export function useOutcomesTold(): void {
  const summaries = useOperations((state) => state.summaries);
  const running = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    for (const operation of summaries ?? []) {
      if (running.current.has(operation.id) && operation.state !== 'running') tell(operation);
    }
    running.current = new Set(summaries?.filter(({ state }) => state === 'running').map(({ id }) => id));
  }, [summaries]);
}

function tell(operation: OperationSummary): void {
  const { state, error } = operation;
  const title = titleOf(operation);
  switch (state) {
    case 'done':
      return void notifications.show({ color: 'teal', title: `${title}: done`, message: '', autoClose: 3500 });
    case 'failed':
      return void notifications.show({ color: 'red', title: `${title}: failed`, message: error?.message ?? '', autoClose: 12_000 });
    case 'cancelled':
      return void notifications.show({ color: 'gray', title: `${title}: cancelled`, message: '', autoClose: 4000 });
    case 'lost':
      return void notifications.show({ color: 'yellow', title: `${title}: its process is gone`, message: 'Run it again: Backlot takes up where it ended.', autoClose: 12_000 });
    case 'running':
      return;
    default:
      state satisfies never;
  }
}
