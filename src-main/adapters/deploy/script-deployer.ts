import { BacklotError } from '#contract/errors.ts';
import { millisecondsOf } from '#core/duration.ts';
import type { Deployer, DeployOrder, ScriptSettings } from '#ports/deployer.ts';
import type { ProcessRunner } from '#ports/process-runner.ts';

const TIMEOUT = 30 * 60_000;
/** Lines that the error of a failed script shows. */
const LAST_LINES = 15;

/** A program on this machine: Rancher, Ansible, Kamal and the rest. Its output is told line by line, and exit code 0 is success. */
export function createScriptDeployer({ processes }: { readonly processes: ProcessRunner }): Deployer<ScriptSettings> {
  return {
    async deploy(settings, order, { signal, tell, redact }) {
      const command = order.mode === 'rollback' ? (settings.rollback ?? settings.run) : settings.run;
      const [file = '', ...args] = typeof command === 'string' ? ['sh', '-c', command] : command;
      const about = { type: 'instance' as const, target: order.target, instance: 'script', revision: order.revision, ...(order.previous && { previous: order.previous.revision }) };
      const last: string[] = [];
      const onLine = (line: string) => {
        const text = redact(line);
        last.push(text);
        if (last.length > LAST_LINES) last.shift();
        tell({ type: 'message', level: 'info', text });
      };
      tell({ ...about, state: 'running' });
      const options = { directory: order.directory, environment: environmentOf(order), timeout: settings.timeout === undefined ? TIMEOUT : millisecondsOf(settings.timeout), endsWithUs: true, onLine };
      const failed = (message: string, cause?: unknown) => {
        tell({ ...about, state: 'failed', why: message });
        return new BacklotError('deploy-failed', message, { cause: last.length > 0 ? last.join('\n') : cause, fix: 'See what it printed last; the target may be half changed.' });
      };
      const { exitCode } = await processes.run(file, args, options, signal).catch((error: unknown) => {
        if (error instanceof BacklotError && error.code === 'command-failed') throw failed(redact(error.message), error);
        throw error;
      });
      if (exitCode !== 0) throw failed(`The deploy script ended with ${exitCode}`);
      tell({ ...about, state: 'done' });
      return {};
    },
  };
}

/** What a deploy script is told. */
export function environmentOf({ revision, previous, image, target, release, who, mode }: DeployOrder): Record<string, string> {
  return { REVISION: revision, PREVIOUS_REVISION: previous?.revision ?? '', IMAGE: image, PREVIOUS_IMAGE: previous?.image ?? '', TARGET: target, RELEASE: release, BACKLOT_PERFORMER: who, BACKLOT_MODE: mode };
}
