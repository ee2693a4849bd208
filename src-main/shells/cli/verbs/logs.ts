import { flag, number, optional, text, type Target } from '../command.ts';
import type { Context } from '../context.ts';
import { createLogJson, createLogText } from '../log-text.ts';
import { readTarget, withEitherReading } from '../target.ts';

/** Prints log lines as they come, whole batches at a time and no faster than they are read. */
export async function run(context: Context): Promise<number> {
  const { given, globals, interrupts, data, dataScreen, environment } = context;
  const format = globals.json ? createLogJson(environment) : createLogText(dataScreen, flag(given, 'timestamps'));
  const session = await context.openSession();
  const target = await readTarget(context, session);
  await withEitherReading(context, session, target, async (reading) => {
    for await (const batch of session.backlot.stack.logs(inputOf(reading, context), interrupts.signal)) await data.write(format(batch));
  });
  return interrupts.signal.aborted ? interrupts.exitCode : 0;
}

function inputOf(target: Target, { given }: Context) {
  return {
    ...target,
    follow: flag(given, 'follow'),
    ...optional('tail', number(given, 'tail')),
    ...optional('since', text(given, 'since')),
    ...optional('filter', text(given, 'filter')),
  };
}
