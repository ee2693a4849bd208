import { toFailure } from '#contract/errors.ts';
import type { KpiQuery, KpiReader } from '#ports/kpi-source.ts';
import type { ProcessRunner } from '#ports/process-runner.ts';
import { besideEachOther } from './beside.ts';

const LIMIT = 60_000;

type Asked = Omit<Extract<KpiQuery, { kind: 'command' }>, 'kind'>;

/** The last number that a command prints. One that fails, or prints none, has no value. */
export function readCommand({ former, ...asked }: Asked, processes: ProcessRunner): KpiReader {
  return besideEachOther(readOne(asked, processes), former && readOne({ ...asked, ...former }, processes));
}

function readOne({ command, directory, environment }: Asked, processes: ProcessRunner): KpiReader {
  const [file = '', ...args] = typeof command === 'string' ? ['sh', '-c', command] : command;
  return {
    async read(signal) {
      try {
        const { exitCode, stdout } = await processes.run(file, args, { directory, environment, timeout: LIMIT, endsWithUs: true }, signal);
        if (exitCode !== 0) return { why: `the command ended with ${exitCode}` };
        const value = Number(/-?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?=\D*$)/i.exec(stdout)?.[0] ?? NaN);
        return Number.isFinite(value) ? { value } : { why: 'the command printed no number' };
      } catch (error) {
        return { why: toFailure(error).message };
      }
    },
  };
}
