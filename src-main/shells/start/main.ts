import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EXIT, FAILURES, toFailure } from '#contract/errors.ts';
import { setUpMachine } from '../../setup.ts';
import { electronBinaries, hasDisplay } from '../electron-binary.ts';

/** `npm start`: sets the machine up, brings the example's minimal set up, shows it, and opens the interface until Ctrl-C. */

const root = findRoot(import.meta.dirname);
const example = join(root, 'resources/examples/shop');
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => interrupted.abort());
process.exitCode = await main();

async function main(): Promise<number> {
  try {
    await setUpMachine({ purpose: 'run', environment: process.env, tell: (line) => say(`set-up: ${line}`) }, interrupted.signal);
  } catch (thrown) {
    const { code, message, cause, fix } = toFailure(thrown);
    say([message, cause, fix].filter(Boolean).join('\n'));
    return FAILURES[code];
  }
  const up = await backlot('up', 'minimal');
  if (up !== EXIT.done) return up;
  await backlot('ps', 'minimal');
  say('\nThe set stays up when this ends. Take it down with: npx backlot down -C resources/examples/shop\n');
  const opened = await backlot(hasApp() ? 'app' : 'serve');
  return interrupted.signal.aborted ? EXIT.done : opened;
}

/** Runs a verb of the command line on the example, as anybody would. */
function backlot(verb: string, ...rest: string[]): Promise<number> {
  if (interrupted.signal.aborted) return Promise.resolve(EXIT.interrupted);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, 'out/cli/backlot.js'), verb, ...rest, '--project', example], { stdio: 'inherit' });
    // Ctrl-C reaches the whole group of a terminal; a signal to this process alone is passed on.
    const passOn = () => child.kill('SIGINT');
    if (!process.stdin.isTTY) interrupted.signal.addEventListener('abort', passOn, { once: true });
    child.on('close', (code) => {
      interrupted.signal.removeEventListener('abort', passOn);
      resolve(code ?? EXIT.interrupted);
    });
  });
}

function hasApp(): boolean {
  return hasDisplay(process.env, process.platform) && electronBinaries(root, process.env, process.platform).some((path) => existsSync(path));
}

function findRoot(from: string): string {
  return existsSync(join(from, 'package.json')) ? from : findRoot(dirname(from));
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
