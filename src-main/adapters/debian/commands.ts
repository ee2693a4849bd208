import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BacklotError, type FailureCode } from '#contract/errors.ts';
import type { ProcessRunner, RunOptions, RunResult } from '#ports/process-runner.ts';

/** Runs the commands of the set-up: output goes to the log, a non-zero exit is an error with the last lines. */
export type Commands = {
  readonly log: string;
  /** Fails with `code` unless the command ends with 0. */
  must(file: string, args: readonly string[], options: MustOptions, signal: AbortSignal): Promise<RunResult>;
  /** What the command printed; undefined when it is not there, fails, or takes too long. */
  ask(file: string, args: readonly string[], signal: AbortSignal): Promise<string | undefined>;
};

type MustOptions = RunOptions & { readonly code?: FailureCode; readonly fix?: string };

const MINUTE = 60_000;
const ASK_LIMIT = 10_000;
const LAST_LINES = 6;

export function createCommands(processes: ProcessRunner, environment: Readonly<Record<string, string>>, log: string): Commands {
  return {
    log,
    async must(file, args, { code = 'command-failed', fix, ...options }, signal) {
      await mkdir(dirname(log), { recursive: true });
      await appendFile(log, `\n$ ${[file, ...args].join(' ')}\n`);
      const lines: string[] = [];
      const writes: Promise<void>[] = [];
      const onLine = (line: string, stream: 'stdout' | 'stderr') => {
        lines.push(line);
        if (lines.length > LAST_LINES) lines.shift();
        writes.push(appendFile(log, `${line}\n`));
        options.onLine?.(line, stream);
      };
      const result = await processes
        .run(file, args, { timeout: 15 * MINUTE, ...options, environment: { ...environment, ...options.environment }, onLine }, signal)
        .finally(() => Promise.allSettled(writes));
      if (result.exitCode === 0) return result;
      throw new BacklotError(code, `${file} ${args[0] ?? ''} failed with exit code ${result.exitCode}`, {
        cause: lines.join('\n'),
        fix: fix ?? `The whole output is in ${log}.`,
      });
    },
    async ask(file, args, signal) {
      const result = await processes.run(file, args, { timeout: ASK_LIMIT, environment }, signal).catch((error: unknown) => {
        signal.throwIfAborted();
        return { exitCode: 1, stdout: '', stderr: String(error) };
      });
      return result.exitCode === 0 ? result.stdout.trim() : undefined;
    },
  };
}
