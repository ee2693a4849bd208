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
  'fixtures.capture propose': 'Propose rules for',
  'fixtures.verify': 'Verify',
  'fixtures.load': 'Load',
  'fixtures.reset': 'Reset',
  'fixtures.reset undo': 'Undo in',
  'fixtures.push': 'Push',
  'fixtures.pull': 'Pull',
  'fixtures.remove': 'Remove',
  'runs.start': 'Run',
  'runs.build': 'Build',
  'runs.release': 'Let go of a held run',
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
export function titleOf({ method, variant, set, about }: Pick<OperationSummary, 'method' | 'variant' | 'set' | 'about'>): string {
  return [nameOfMethod(method, variant), about, set === undefined ? undefined : about === undefined ? set : `in ${set}`].filter(Boolean).join(' ');
}

/** An operation's method as a person calls it. */
export function nameOfMethod(method: string, variant?: OperationSummary['variant']): string {
  return METHODS[variant === undefined ? method : `${method} ${variant}`] ?? method;
}

/** Operations whose failure stands on the page that is seen. */
const shown = new Set<string>();

/** Says, as long as a failure is shown on the page, that it need not be told beside it. */
export function useFailureShown(id: string): void {
  useEffect(() => {
    shown.add(id);
    return () => void shown.delete(id);
  }, [id]);
}

/** Tells how each operation that ran while the page was open has ended, until the same is begun again. Mounted once, by the shell. */
export function useOutcomesTold(): void {
  const summaries = useOperations((state) => state.summaries);
  const running = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    for (const operation of summaries ?? []) {
      if (running.current.has(operation.id) !== (operation.state === 'running')) notifications.hide(toastOf(operation));
      if (running.current.has(operation.id) && operation.state !== 'running') tell(operation);
    }
    running.current = new Set(summaries?.filter(({ state }) => state === 'running').map(({ id }) => id));
  }, [summaries]);
}

/** The same for every try at the same. */
const toastOf = ({ method, directory, set, about }: OperationSummary): string => JSON.stringify([method, directory, set, about]);

function tell(operation: OperationSummary): void {
  const { state, error } = operation;
  const [id, title] = [toastOf(operation), titleOf(operation)];
  switch (state) {
    case 'done':
      return void notifications.show({ id, color: 'teal', title: `${title}: done`, message: '', autoClose: 3500 });
    case 'failed':
      if (shown.has(operation.id)) return;
      return void notifications.show({ id, color: 'red', title: `${title}: failed`, message: error?.message ?? '', autoClose: 12_000 });
    case 'cancelled':
      return void notifications.show({ id, color: 'gray', title: `${title}: cancelled`, message: '', autoClose: 4000 });
    case 'lost':
      return void notifications.show({ id, color: 'yellow', title: `${title}: its process is gone`, message: 'Run it again: Backlot takes up where it ended.', autoClose: 12_000 });
    case 'running':
      return;
    default:
      state satisfies never;
  }
}
