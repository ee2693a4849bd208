import { BacklotError } from '#contract/errors.ts';
import type { ProcessRunner, RunResult } from '#ports/process-runner.ts';

type Command = { readonly file: string; readonly args: readonly string[]; readonly environment?: Readonly<Record<string, string>>; /** In words, such as `The command pass`. */ readonly called: string };

/** Runs a command that may take so many milliseconds. One that is ended by that was not cancelled by anybody: it failed. */
export async function runWithin(limit: number, { file, args, environment, called }: Command, processes: ProcessRunner): Promise<RunResult> {
  const ended = AbortSignal.timeout(limit);
  try {
    return await processes.run(file, args, { ...(environment && { environment }) }, ended);
  } catch (error) {
    if (!ended.aborted) throw error;
    throw new BacklotError('command-failed', `${called} gave nothing for ${limit / 1000} s`, { fix: 'Run it by itself: it may wait for something, such as a password that nobody types.' });
  }
}
