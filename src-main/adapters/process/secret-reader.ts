import { BacklotError } from '#contract/errors.ts';
import { readKeychain } from './keychain.ts';
import type { ProcessRunner } from '#ports/process-runner.ts';

const LIMIT = 60_000;

/** Reads secrets from where a project says that they are. */
export function createSecretReader({ environment, processes }: { readonly environment: Readonly<Record<string, string | undefined>>; readonly processes: ProcessRunner }) {
  return {
    environment: (name: string) => environment[name],
    /** The first line that a command prints. What it says when it fails is told; what it prints never. */
    async command([file = '', ...args]: readonly string[]): Promise<string> {
      const { exitCode, stdout, stderr } = await processes.run(file, args, { timeout: LIMIT }, AbortSignal.timeout(LIMIT));
      if (exitCode !== 0) throw new BacklotError('command-failed', `The command ${[file, ...args].join(' ')} that a secret is read from ended with ${exitCode}`, { cause: stderr.trim().split('\n').at(-1) });
      return stdout.split('\n', 1)[0] ?? '';
    },
    keychain: (name: string): Promise<string | undefined> => readKeychain(name, { environment, processes, platform: process.platform }),
  };
}
