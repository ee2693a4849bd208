import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BacklotError } from '#contract/errors.ts';
import { notWritten } from '#core/not-written.ts';
import type { Context } from '../context.ts';
import { printEvent } from '../print-json.ts';
import { readTarget } from '../target.ts';

/** Writes a report into the folder at hand, or to the file that is named; one that is there stays, unless every question is answered with yes. */
export async function run(context: Context): Promise<number> {
  const { data, dataScreen, given, globals, interrupts } = context;
  const session = await context.openSession();
  const { directory } = await readTarget(context, session);
  const made = await session.backlot.system.report(directory ? { directory } : {}, interrupts.signal);
  const file = resolve(given.operands[0] ?? made.file);
  try {
    await writeFile(file, made.text, { mode: 0o600, flag: globals.yes ? 'w' : 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new BacklotError('config-exists', `${file} is there already`, { fix: 'Name another file, or write over it with --yes.' });
    throw notWritten(file, error);
  }
  if (globals.json) await printEvent(data, { type: 'result', ok: true, schema: 1, file }, context);
  else await data.write(`${dataScreen.paint.green(dataScreen.symbols.good)} ${dataScreen.clean(file)}\nRead it before you give it to anybody.\n`);
  return 0;
}
