import { isatty } from 'node:tty';
import { flag } from '../command.ts';
import type { Context } from '../context.ts';
import { runInstead } from '../run-instead.ts';
import { readTarget } from '../target.ts';

/** Runs a command inside a service, or its shell, on this terminal. The exit code is the command's own. */
export async function run(context: Context): Promise<number> {
  const { command, given, interrupts, environment } = context;
  const session = await context.openSession();
  const { directory, set, services } = await readTarget(context, session);
  const docker = await session.backlot.stack.execCommand(
    {
      directory,
      ...(set !== undefined && { set }),
      service: services[0] ?? '',
      ...(command.takesCommand && { command: [...given.command] }),
      terminal: isatty(0) && isatty(1) && !flag(given, 'no-tty'),
      input: true,
    },
    interrupts.signal,
  );
  interrupts.signal.throwIfAborted();
  // The docker command line has its own connection: ours is not kept open beside it.
  await session.close();
  return runInstead(docker.file, docker.arguments, { ...environment, ...docker.environment }, interrupts);
}
