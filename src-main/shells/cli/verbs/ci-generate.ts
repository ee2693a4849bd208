import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { BacklotError } from '#contract/errors.ts';
import { notWritten } from '#core/not-written.ts';
import { text } from '../command.ts';
import type { Context } from '../context.ts';
import { printDocument } from '../print-json.ts';
import { readTarget } from '../target.ts';

/** Writes a CI file; one that is there and says something else stays, unless every question is answered with yes. */
export async function run(context: Context): Promise<number> {
  const { data, dataScreen, given, globals, interrupts } = context;
  const session = await context.openSession();
  const { directory } = await readTarget(context, session);
  const kind = given.operands[0] as 'github' | 'gitlab' | 'jenkins';
  const made = await session.backlot.runs.generate({ directory, kind }, interrupts.signal);
  const out = text(given, 'out');
  const file = out === undefined ? resolve(directory, made.file) : resolve(out);
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before !== undefined && before !== made.text && !globals.yes) throw new BacklotError('config-exists', `${file} is there already`, { fix: 'Write it elsewhere with --out, or over it with --yes.' });
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, made.text);
  } catch (error) {
    throw notWritten(file, error);
  }
  if (globals.json) await printDocument(data, { ...made, file }, context);
  else await data.write(`${dataScreen.paint.green(dataScreen.symbols.good)} ${dataScreen.clean(file)}\n`);
  return 0;
}
