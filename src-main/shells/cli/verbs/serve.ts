import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startServer } from '../../http/main.ts';
import { flag, number, optional } from '../command.ts';
import type { Context } from '../context.ts';
import { packageRoot } from '../places.ts';
import { printEvent } from '../print-json.ts';
import { readTarget } from '../target.ts';

/** Serves the interface until interrupted. Prints each address as it comes: one opens the page once. */
export async function run(context: Context): Promise<number> {
  const { given, globals, interrupts, data, messages, dataScreen } = context;
  const session = await context.openSession();
  const { directory } = await readTarget(context, session);
  const announce = (url: string) =>
    globals.json ? printEvent(data, { type: 'listening', url }, context) : data.write(`${dataScreen.paint.cyan(url)}\n`);
  const server = await startServer({
    app: session.app,
    rendererRoot: join(packageRoot(), 'out', 'renderer'),
    ...optional('port', number(given, 'port')),
    ...(directory && { directory }),
    onAddress: (url) => void announce(url),
  });
  try {
    if (!globals.json && !globals.quiet) await messages.write('Backlot serves this machine only; the address opens the page once. Ctrl-C ends it.\n');
    if (flag(given, 'open')) openInBrowser(server.address(OPENING_TIME), context);
    if (!interrupts.signal.aborted) await once(interrupts.signal, 'abort');
  } finally {
    await server.close();
  }
  return interrupts.exitCode;
}

/** Milliseconds that an address is good for which every user of this machine can read in the list of processes. */
const OPENING_TIME = 60_000;

const OPENERS: Readonly<Record<string, readonly [file: string, ...args: string[]]>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};

function openInBrowser(url: string, { messages }: Context): void {
  const [file, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(file, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => void messages.write('No browser could be opened: open the address yourself.\n'));
  child.unref();
}
