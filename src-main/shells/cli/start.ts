import { config } from 'zod';
import type { Context } from './context.ts';
import { Interrupts } from './interrupts.ts';
import { LiveRegion } from './live-region.ts';
import { Output } from './output.ts';
import type { Parsed } from './parse.ts';
import { run } from './run.ts';
import { createScreen } from './screen.ts';
import { isCI, type Environment } from './terminal.ts';

/** Runs one verb in this process, to its end: never returns before everything is written. */
export async function start({ command, given, globals }: Parsed & { kind: 'run' }, environment: Environment): Promise<number> {
  // A verb checks each shape once or twice: that is over before a program for it is made, as is right for a shell that stays.
  if (command.word !== 'serve') config({ jitless: true });
  const regions: LiveRegion[] = [];
  const interrupts = new Interrupts(() => regions.forEach((region) => region.restore()));
  exitOnBug(() => regions.forEach((region) => region.restore()));
  // Work that changes things is finished even when nobody reads on; what is only shown ends with its reader.
  const readerGone = command.kind === 'action' ? () => {} : () => process.exit(0);
  const screens = { data: createScreen(process.stdout, environment), messages: createScreen(process.stderr, environment) };
  const context: Context = {
    command,
    given,
    globals: { ...globals, noInput: globals.noInput || isCI(environment) },
    environment,
    interrupts,
    data: new Output(process.stdout, readerGone),
    dataScreen: screens.data,
    messages: new Output(process.stderr),
    messagesScreen: screens.messages,
    live(stream) {
      if (!screens[stream].live) return undefined;
      const region = new LiveRegion(stream === 'data' ? process.stdout : process.stderr, environment);
      regions.push(region);
      return region;
    },
    openSession: async () => (await import('./session.ts')).openSession(environment, globals, command.word === 'serve' ? 'serve' : 'cli'),
  };
  const code = await run(context);
  await Promise.all([context.data.flush(), context.messages.flush()]);
  process.exit(code);
}

/** Whatever was forgotten ends here, with the terminal as it was. */
function exitOnBug(restore: () => void): void {
  const end = (error: unknown) => {
    restore();
    process.stderr.write(`Backlot failed: ${bugText(error)}\n`);
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

/** With its place, as nobody foresaw it; a full disk below what is written to is no bug. */
function bugText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'syscall' in error && error.syscall === 'write' ? error.message : (error.stack ?? error.message);
}
