import { FAILURES, toFailure, type Failure } from '#contract/errors.ts';
import type { Command, Target } from './command.ts';
import type { Context, Session } from './context.ts';
import { showFailure } from './failure-text.ts';
import { runAction } from './run-action.ts';
import { printDocument, printEvent } from './print-json.ts';
import { readTarget, withEitherReading } from './target.ts';

/** Runs one verb and answers its exit code. Every failure is printed here, and nowhere else. */
export async function run(context: Context): Promise<number> {
  let session: Session | undefined;
  const openSession = async () => (session ??= await context.openSession());
  try {
    return await runKind({ ...context, openSession });
  } catch (error) {
    return await report(error, context);
  } finally {
    await session?.close();
  }
}

async function runKind(context: Context): Promise<number> {
  const { command } = context;
  switch (command.kind) {
    case 'query':
      return runQuery(context, command);
    case 'action':
      return runAction(context, command);
    case 'own': {
      const verb = await command.verb();
      return verb.run(context);
    }
    default:
      return command satisfies never;
  }
}

async function runQuery(context: Context, command: Command & { kind: 'query' }): Promise<number> {
  const { given, globals, interrupts, data, dataScreen } = context;
  const session = await context.openSession();
  const target = await readTarget(context, session);
  const ask = async (reading: Target) => ({ reading, document: await command.ask(session.backlot, reading, given, interrupts.signal) });
  const { reading, document } = await withEitherReading(context, session, target, ask);
  const view = await command.view();
  if (globals.json) await printDocument(data, document, context);
  else await data.write(await view.show(document, dataScreen, { session, target: reading, given }));
  return view.exitCode?.(document) ?? 0;
}

async function report(error: unknown, context: Context): Promise<number> {
  const { command, globals, interrupts, data, messages, messagesScreen } = context;
  const failure = toFailure(error);
  const code = failure.code === 'cancelled' ? interrupts.exitCode : FAILURES[failure.code];
  if (globals.json) await printFailure(failure, command, context);
  else if (failure.code === 'cancelled') await messages.write('Cancelled.\n');
  else await messages.write(showFailure(failure, messagesScreen));
  if (globals.verbose && error instanceof Error && failure.code !== 'cancelled') await messages.write(`${error.stack ?? ''}\n`);
  await data.flush();
  return code;
}

async function printFailure(failure: Failure, command: Command, context: Context): Promise<void> {
  const events = (command.kind === 'action' && command.prints !== 'document') || (command.kind === 'own' && command.json === 'events');
  if (events) await printEvent(context.data, { type: 'result', ok: false, schema: 1, error: failure }, context);
  else await printDocument(context.data, { schema: 1, error: failure }, context);
}
