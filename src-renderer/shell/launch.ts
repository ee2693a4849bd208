import type { Backlot } from '#contract/index.ts';
import type { OperationSummary } from '#contract/operations.ts';
import { ask } from '../state/ask.ts';
import { useConnection } from '../state/connection.ts';
import { refreshOperations, useOperations } from '../state/operations.ts';

type Launch = {
  /** Such as `stack.up`. */
  readonly method: string;
  readonly directory?: string | undefined;
  readonly set?: string | undefined;
  /** What it works on, such as the fixture. */
  readonly about?: string | undefined;
  readonly variant?: OperationSummary['variant'];
  start(backlot: Backlot): Promise<{ readonly id: string }>;
};

/** Starts an operation and lists it at once. Answers its id, or says why it could not be started. */
export async function launch({ method, directory, set, about, variant, start }: Launch): Promise<string | undefined> {
  const started = await ask(start);
  if (!started) return undefined;
  const { id } = started;
  const mine = {
    id,
    method,
    state: 'running' as const,
    started: new Date().toISOString(),
    owner: 'this page',
    ...(directory !== undefined && { directory }),
    ...(set !== undefined && { set }),
    ...(about !== undefined && { about }),
    ...(variant && { variant }),
  };
  useOperations.setState(({ summaries = [] }) => ({ summaries: [mine, ...summaries.filter((other) => other.id !== id)] }));
  refreshOperations();
  return id;
}

/** Starts an operation and waits for its end. Answers whether it did what it was to do. */
export async function launchToEnd(work: Launch): Promise<boolean> {
  const id = await launch(work);
  const { state } = useConnection.getState();
  if (id === undefined || state.kind !== 'open') return false;
  try {
    for await (const event of state.backlot.operations.watch({ id })) {
      if (event.type === 'result') return event.ok;
    }
  } catch {
    // What became of it is told as soon as the list of operations can be read again.
  } finally {
    refreshOperations();
  }
  return false;
}
