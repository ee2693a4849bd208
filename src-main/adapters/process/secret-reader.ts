import { BacklotError } from '#contract/errors.ts';
import { redactWords } from '#core/redact.ts';
import { readKeychain } from './keychain.ts';
import { runWithin } from './run-within.ts';
import type { ProcessRunner } from '#ports/process-runner.ts';

const LIMIT = 60_000;

/** Reads secrets from where a project says that they are. */
export function createSecretReader({ environment, processes, limit = LIMIT }: { readonly environment: Readonly<Record<string, string | undefined>>; readonly processes: ProcessRunner; /** Milliseconds for a command. */ readonly limit?: number }) {
  return {
    environment: (name: string) => environment[name],
    /** The first line that a command prints. What it says when it fails is told; what it prints never. */
    async command([file = '', ...args]: readonly string[]): Promise<string> {
      const called = `The command ${redactWords([file, ...args].join(' '))} that a secret is read from`;
      const { exitCode, stdout, stderr } = await runWithin(limit, { file, args, called }, processes);
      if (exitCode !== 0) throw new BacklotError('command-failed', `${called} ended with ${exitCode}`, { cause: redactWords(stderr.trim().split('\n').at(-1) ?? '', environment) });
      return stdout.split('\n', 1)[0] ?? '';
    },
    keychain: (name: string): Promise<string | undefined> => readKeychain(name, { environment, processes, platform: process.platform }),
  };
}
