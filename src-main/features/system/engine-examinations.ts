import type { EngineState } from '#contract/engine.ts';
import { isAtLeast } from './version-number.ts';
import type { Examination, Finding } from './examination.ts';
import type { SystemPorts } from './system-ports.ts';

const OLDEST_API = '1.41';
/** The first that takes what a file holds from the model itself (`content` of configs). */
const OLDEST_COMPOSE = '2.24';

/** The engine, what it speaks, and Compose. */
export function examineEngine({ engine, compose }: Pick<SystemPorts, 'engine' | 'compose'>): Examination[] {
  const connected = shared((signal) => engine.connect(signal));
  return [
    {
      id: 'engine',
      async look(signal) {
        await connected(signal);
        return describeEngine(engine.state);
      },
    },
    {
      id: 'api',
      async look(signal) {
        const reached = await connected(signal).then(
          () => true,
          () => false,
        );
        const version = engine.state.engine?.apiVersion;
        return reached && version !== undefined ? judgeApi(version) : undefined;
      },
    },
    { id: 'compose', look: async (signal) => judgeCompose(await compose.version(signal)) },
  ];
}

/** Pure. */
export function describeEngine({ state, endpoint, rule, engine, latency }: EngineState): Finding {
  const what = engine ? `Docker ${engine.version} on ${engine.name}` : 'A Docker engine';
  const message = `${what} answers at ${endpoint} (${rule})${latency === undefined ? '' : `, in ${Math.round(latency)} ms`}`;
  if (state !== 'slow') return { status: 'ok', message };
  return { status: 'warn', message: `${message}: that is slow`, fix: 'See what keeps the engine busy: docker stats, docker system df' };
}

/** Pure. */
export function judgeApi(version: string): Finding {
  if (isAtLeast(version, OLDEST_API)) return { status: 'ok', message: `API ${version}` };
  return { status: 'fail', message: `API ${version} is too old: Backlot needs ${OLDEST_API}`, fix: 'Update the engine to Docker 20.10 or later.' };
}

/** Pure. */
export function judgeCompose(version: string): Finding {
  if (isAtLeast(version, OLDEST_COMPOSE)) return { status: 'ok', message: `Docker Compose ${version}` };
  return {
    status: 'fail',
    message: `Docker Compose ${version} is too old: Backlot needs ${OLDEST_COMPOSE}`,
    fix: 'Update it: https://docs.docker.com/compose/install/linux/',
  };
}

/** Runs once, for whoever asks first and for all who ask later. */
function shared<Result>(run: (signal: AbortSignal) => Promise<Result>): (signal: AbortSignal) => Promise<Result> {
  let result: Promise<Result> | undefined;
  return (signal) => (result ??= run(signal));
}
