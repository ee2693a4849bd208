import type { LogBatch } from '#contract/stack.ts';
import { flag, number, optional, text, type Target } from '../command.ts';
import type { Context, Session } from '../context.ts';
import { createLogJson, createLogText, type FormatBatch } from '../log-text.ts';
import { readTarget, withEitherReading } from '../target.ts';

/** Prints log lines as they come, whole batches at a time and no faster than they are read. */
export async function run(context: Context): Promise<number> {
  const { given, globals, interrupts, dataScreen, environment } = context;
  const format = globals.json ? createLogJson(environment) : createLogText(dataScreen, flag(given, 'timestamps'));
  const session = await context.openSession();
  const target = await readTarget(context, session);
  await withEitherReading(context, session, target, (reading) => print(reading, format, context, session));
  return interrupts.signal.aborted ? interrupts.exitCode : 0;
}

async function print(target: Target, format: FormatBatch, { given, data, interrupts }: Context, { app }: Session): Promise<void> {
  const input = {
    ...target,
    follow: flag(given, 'follow'),
    ...optional('tail', number(given, 'tail')),
    ...optional('since', text(given, 'since')),
    ...optional('filter', text(given, 'filter')),
  };
  // Not through the client: for a million lines, its copies through JSON would cost more than everything else together.
  const batches = app.dispatcher.open('stack.logs', input, interrupts.signal) as AsyncIterable<LogBatch>;
  try {
    for await (const batch of batches) await data.write(format(batch));
  } catch (error) {
    if (!interrupts.signal.aborted) throw error;
  }
}
