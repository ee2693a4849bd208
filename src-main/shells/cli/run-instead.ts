import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { BacklotError } from '#contract/errors.ts';
import type { Interrupts } from './interrupts.ts';
import type { Environment } from './terminal.ts';

/** Runs a program on this process's own terminal and streams, and answers its exit code; signals go to it. */
export function runInstead(file: string, args: readonly string[], environment: Environment, interrupts: Interrupts): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: 'inherit', env: { ...environment } });
    interrupts.handTo(child);
    child.on('error', (cause) => {
      reject(new BacklotError('command-failed', `${file} could not be started`, { cause, fix: `Install ${file}, or put it on the search path.` }));
    });
    child.on('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}
