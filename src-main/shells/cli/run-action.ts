import { FAILURES, fromFailure } from '#contract/errors.ts';
import type { OperationEvent } from '#contract/operations.ts';
import { AskedQuestion } from './asked-question.ts';
import { canAsk } from './ask.ts';
import type { Command, Target } from './command.ts';
import type { Context, Session } from './context.ts';
import { showFailure } from './failure-text.ts';
import { printDocument, printEvent } from './print-json.ts';
import { LiveProgress, PlainProgress, SilentProgress, type ProgressView } from './progress.ts';
import { countStates } from './progress-rows.ts';
import { readTarget, withEitherReading } from './target.ts';

type Action = Command & { kind: 'action' };
type Result = OperationEvent & { type: 'result' };

/** Starts an operation, shows it while it works, cancels it on the first signal, and prints how it ended. */
export async function runAction(context: Context, command: Action): Promise<number> {
  const session = await context.openSession();
  const target = await readTarget(context, session);
  context.interrupts.signal.throwIfAborted();
  return withEitherReading(context, session, target, (reading) => runOn({ context, session, command, target: reading }));
}

async function runOn(ending: Ending): Promise<number> {
  const { context, session, command, target } = ending;
  const { id } = await command.start(session.backlot, target, { ...context.given, asks: canAsk(context) && !context.globals.yes }, NEVER);
  const progress = chooseProgress(context);
  const stopListening = cancelOnSignal(id, context, session, progress);
  try {
    const result = await follow(id, context, session, progress);
    progress.end();
    if (!(await canGoOn(result, ending))) return await conclude(result, progress, ending);
  } finally {
    progress.end();
    stopListening();
  }
  return runOn(ending);
}

/** Components that are not checked out are cloned, where a person agrees, and the work begins again. */
async function canGoOn({ error }: Result, { context, session, command, target }: Ending): Promise<boolean> {
  if (error?.code !== 'component-missing' || command.word !== 'up') return false;
  const { cloneMissing } = await import('./clone-missing.ts');
  return cloneMissing(context, session, target.directory);
}

/** Starting is not interrupted: without the operation's id nothing could be cancelled. */
const NEVER = new AbortController().signal;

function cancelOnSignal(id: string, { interrupts }: Context, { backlot }: Session, progress: ProgressView): () => void {
  const cancel = () => {
    progress.cancelling();
    // Where it has just ended by itself, its own result is what counts.
    void backlot.operations.cancel({ id }).catch(() => undefined);
  };
  if (interrupts.signal.aborted) cancel();
  else interrupts.signal.addEventListener('abort', cancel, { once: true });
  return () => interrupts.signal.removeEventListener('abort', cancel);
}

function chooseProgress({ globals, live, messages, messagesScreen }: Context): ProgressView {
  if (globals.json || globals.quiet) return new SilentProgress();
  const region = live('messages');
  return region ? new LiveProgress(region, messagesScreen) : new PlainProgress(messages, messagesScreen);
}

async function follow(id: string, context: Context, { backlot }: Session, progress: ProgressView): Promise<Result> {
  const held: OperationEvent[] = [];
  const question = new AskedQuestion(id, context, backlot, progress);
  for await (const event of backlot.operations.watch({ id })) {
    if (event.type === 'result') {
      if (event.error?.code === 'set-unknown') throw fromFailure(event.error);
      await printAll(held, context);
      return event;
    }
    progress.show(event);
    if (event.type === 'question') question.show(event);
    // The first event says only that work began: it waits for the next, in case the set is not one.
    held.push(event);
    if (event.type !== 'started') await printAll(held, context);
  }
  throw new Error('The operation ended without a result');
}

async function printAll(events: OperationEvent[], context: Context): Promise<void> {
  for (const { sequence: _, ...event } of events.splice(0)) {
    if (context.globals.json && context.command.kind === 'action' && context.command.prints !== 'document') await printEvent(context.data, event, context);
  }
}

type Ending = { readonly context: Context; readonly session: Session; readonly command: Action; readonly target: Target };

async function conclude(result: Result, progress: ProgressView, { context, session, command, target }: Ending): Promise<number> {
  const { globals, given, data, dataScreen, messages, messagesScreen, interrupts } = context;
  const { ok, value, error, time } = result;
  if (globals.json) {
    const fields = typeof value === 'object' && value !== null ? value : value === undefined ? {} : { value };
    if (command.prints === 'document') await printDocument(data, { schema: 1, ...fields, ...(error && { error }) }, context);
    else await printEvent(data, { type: 'result', time, ok, schema: 1, ...fields, ...(error && { error }) }, context);
  } else if (ok && !globals.quiet) {
    const view = await command.view();
    await data.write(await view.show(value, dataScreen, { session, target, given }));
  } else if (error?.code === 'cancelled') {
    const states = countStates(progress.rows);
    await messages.write(`Cancelled${states ? `: ${states}` : ''}.\n`);
  } else if (error) {
    await messages.write(showFailure(error, messagesScreen));
  }
  if (ok) return 0;
  if (error?.code === 'cancelled') return interrupts.exitCode;
  return error ? FAILURES[error.code] : 1;
}
