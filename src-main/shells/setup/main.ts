import { parseArgs } from 'node:util';
import { BacklotError, EXIT, FAILURES, toFailure, type Failure } from '#contract/errors.ts';
import { setUpMachine, type Purpose } from '../../setup.ts';

const USAGE = `Usage: node out/cli/setup.js [--for run|tests] [--image NAME]... [--yes]

Brings this machine to where a set can come up: a Docker engine, Compose v2, the images, and for the tests Chromium.
On Debian or Ubuntu as root it installs what is missing; with BACKLOT_NO_INSTALL=1, and elsewhere, it prints the commands.
`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort());
  const say = (line: string) => process.stderr.write(`${line}\n`);
  try {
    const { help, purpose, images } = readArguments(args);
    if (help) {
      process.stdout.write(USAGE);
      return EXIT.done;
    }
    const started = performance.now();
    const { engine, compose, browser, done } = await setUpMachine({ purpose, images, environment: process.env, tell: (line) => say(`set-up: ${line}`) }, interrupted.signal);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    say(`set-up: ${done.length === 0 ? 'everything is there' : `done in ${seconds} s`} (engine ${engine}, Compose ${compose}${purpose === 'tests' ? `, ${browser ?? ''}` : ''})`);
    return EXIT.done;
  } catch (thrown) {
    const failure = interrupted.signal.aborted ? toFailure(new BacklotError('cancelled', 'cancelled')) : toFailure(thrown);
    say(describe(failure));
    return FAILURES[failure.code];
  }
}

function readArguments(args: readonly string[]): { help: boolean; purpose: Purpose; images: readonly string[] } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { for: { type: 'string', default: 'run' }, image: { type: 'string', multiple: true, default: [] }, yes: { type: 'boolean', short: 'y' }, help: { type: 'boolean', short: 'h' } },
    });
    const purpose = values.for;
    if (purpose !== 'run' && purpose !== 'tests') throw new Error(`--for takes run or tests, not ${purpose}`);
    return { help: values.help === true, purpose, images: values.image };
  } catch (cause) {
    throw new BacklotError('usage', cause instanceof Error ? cause.message : String(cause), { fix: USAGE.trimEnd() });
  }
}

function describe({ message, cause, fix }: Failure): string {
  return [`set-up: ${message}`, cause, fix].filter(Boolean).join('\n');
}
