import { randomBytes } from 'node:crypto';
import type { ProcessRunner } from '#ports/process-runner.ts';
import type { TargetStages } from '#ports/target-stage.ts';
import type { CommandLine } from './swarm-deployer.ts';

const REMOVAL = 30_000;

/** By `docker run`, which pulls with Docker's own credentials and hands every line through. */
export function createTargetStages({ processes, commandLine }: { readonly processes: ProcessRunner; readonly commandLine: CommandLine }): TargetStages {
  return {
    async run({ image, command, environment, labels, directory, timeout }, onLine, signal) {
      const name = `backlot-stage-${randomBytes(5).toString('hex')}`;
      const { arguments: place, environment: own } = commandLine();
      const labelled = Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
      // By name only: the values stand in no list of processes.
      const variables = Object.keys(environment).flatMap((key) => ['--env', key]);
      const args = ['run', '--rm', '--name', name, '--network', 'host', '--init', '--security-opt', 'no-new-privileges', ...labelled, ...variables, ...(directory === undefined ? [] : ['--workdir', directory]), image, ...command];
      try {
        return await processes.run('docker', [...place, ...args], { environment: { ...own, ...environment }, timeout, endsWithUs: true, onLine }, signal);
      } finally {
        // Where the command line was ended, the container goes on by itself.
        await processes.run('docker', [...place, 'rm', '--force', '--volumes', name], { environment: own, timeout: REMOVAL }, AbortSignal.timeout(REMOVAL)).catch(() => {});
      }
    },
  };
}
