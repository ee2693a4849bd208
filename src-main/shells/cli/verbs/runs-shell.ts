import { isatty } from 'node:tty';
import { optional, text } from '../command.ts';
import type { Context } from '../context.ts';
import { runInstead } from '../run-instead.ts';

/** Runs a shell, or a command, in what a held run keeps. The exit code is the command's own. */
export async function run(context: Context): Promise<number> {
  const { given, interrupts, environment } = context;
  const session = await context.openSession();
  const [held = '', service] = given.operands;
  const command = [...given.command];
  const docker = await session.backlot.runs.execCommand(
    { run: held, ...optional('service', service), ...optional('stage', text(given, 'stage')), ...(command.length > 0 && { command }), terminal: isatty(0) && isatty(1), input: true },
    interrupts.signal,
  );
  interrupts.signal.throwIfAborted();
  // The docker command line has its own connection: ours is not kept open beside it.
  await session.close();
  return runInstead(docker.file, docker.arguments, { ...environment, ...docker.environment }, interrupts);
}
