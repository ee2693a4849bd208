import { setTimeout as pause } from 'node:timers/promises';
import { BacklotError } from '#contract/errors.ts';
import type { ServiceKind } from '#contract/project.ts';
import type { ContainerDetails, ContainerEngine } from '#ports/container-engine.ts';
import type { Prober } from '#ports/prober.ts';
import type { SeenState } from '#ports/state-store.ts';
import type { Check } from './choose-checks.ts';
import { exitInWords, explainExit, withLastOutput } from './explain.ts';

export type Readiness =
  | { readonly state: 'ready' | 'done'; readonly seen: SeenState; readonly startedAt: string; /** End of the engine's own latest health probe before it was seen. */ readonly probed?: string }
  | { readonly state: 'failed'; readonly why: string; readonly timedOut: boolean };

export type ReadinessPorts = { readonly engine: ContainerEngine; readonly prober: Prober };

export type Waiting = {
  readonly containerId: string;
  readonly checks: (container: ContainerDetails) => readonly Check[];
  /** Where a port of the container is reached from here. */
  readonly addressOf: (container: ContainerDetails, port: number) => { readonly address: string; readonly port: number } | undefined;
  /** Monotonic time, in milliseconds, after which it counts as not ready. */
  readonly deadline: number;
  /** Told when the reason for waiting changes. */
  readonly onWhy: (why: string) => void;
};

/** First pause between two questions, what it grows by, and what it grows to: quick while most programs start, cheap for slow ones. */
const FIRST_PAUSE = 20;
const GROWTH = 1.4;
const LONGEST_PAUSE = 200;
const PATIENT_AFTER = 15_000;
const PATIENT_PAUSE = 1000;

/** A container without any check counts as ready when it has run for this long. */
const SETTLE = 250;
const PROBE_TIMEOUT = 1000;
/** Restarts by its own policy after which a container counts as failing for good. */
const MOST_RESTARTS = 10;

/** Waits until a started container is ready or done, has failed for good, or the deadline has passed. Rejects only on abort and engine loss. */
export async function waitUntilReady(waiting: Waiting, { engine, prober }: ReadinessPorts, signal: AbortSignal): Promise<Readiness> {
  const began = performance.now();
  let start = { at: '', seen: began };
  let delay = FIRST_PAUSE;
  let lastWhy = '';
  let lastExit: string | undefined;
  for (;;) {
    const container = await engine.inspectContainer(waiting.containerId, signal);
    if (!container) return { state: 'failed', why: 'its container was removed from outside', timedOut: false };
    const checks = waiting.checks(container);
    const ended = judgeEnd(container, checks);
    if (ended) return ended.state === 'failed' ? { ...ended, why: await explainExit(container, engine, signal) } : ended;
    if (container.startedAt !== start.at) start = { at: container.startedAt, seen: performance.now() };
    if (container.state !== 'running') lastExit = `${exitInWords(container)}; its restart policy starts it again`;
    const why = container.state === 'running' ? await firstFailing(checks, container, performance.now() - start.seen) : lastExit;
    if (why === undefined) {
      const probed = container.healthLog.at(-1)?.end;
      return { state: 'ready', seen: checks.some((check) => check.kind === 'settled') ? 'settled' : 'ready', startedAt: container.startedAt, ...(probed !== undefined && { probed }) };
    }
    if (container.restarts >= MOST_RESTARTS) {
      return { state: 'failed', why: `it ended ${times(container.restarts)}; ${await explainExit(container, engine, signal)}`, timedOut: false };
    }
    if (gaveUp(container, checks)) return tooLate(`${why} (unhealthy after all its retries)`, container);
    if (performance.now() > waiting.deadline) return tooLate(`not ready in time: ${why}${container.restarts > 0 ? ` (it was started again ${times(container.restarts)})` : ''}`, container);
    if (why !== lastWhy) waiting.onWhy((lastWhy = why));
    await pause(delay, undefined, { signal });
    delay = performance.now() - began > PATIENT_AFTER ? PATIENT_PAUSE : Math.min(delay * GROWTH, LONGEST_PAUSE);
  }

  async function tooLate(why: string, container: ContainerDetails): Promise<Readiness> {
    return { state: 'failed', why: await withLastOutput(why, container, engine, signal), timedOut: true };
  }

  /** Why the container is not ready, or nothing when every check holds. */
  async function firstFailing(checks: readonly Check[], container: ContainerDetails, waited: number): Promise<string | undefined> {
    for (const check of checks) {
      const why = await failing(check, container, waited);
      if (why !== undefined) return why;
    }
    return undefined;
  }

  /** Where no way leads from here to a container's ports, its own bash tries them, where it has one. */
  async function askInside(container: string, port: number): Promise<string | undefined> {
    const result = await engine.exec(container, ['bash', '-c', `exec 3<>/dev/tcp/$HOSTNAME/${port}`], { timeout: PROBE_TIMEOUT }, signal).catch(endedMeanwhile);
    if (!result) return 'it ended while its port was asked';
    return result.exitCode === 0 || CANNOT_ASK.has(result.exitCode) ? undefined : `port ${port}: no answer`;
  }

  async function failing(check: Check, container: ContainerDetails, waited: number): Promise<string | undefined> {
    switch (check.kind) {
      case 'completed':
        return 'runs, and is waited for until it ends';
      case 'settled':
        // Why it had to be started again says more.
        return waited >= SETTLE ? undefined : (lastExit ?? 'has just started');
      case 'command': {
        // The engine asks as well, and may have been first.
        if (container.health === 'healthy') return undefined;
        const result = await engine.exec(container.id, check.command, { timeout: check.timeout }, signal).catch(endedMeanwhile);
        if (!result) return 'it ended while its health was asked for';
        return result.exitCode === 0 ? undefined : describeHealthFailure(result);
      }
      case 'server': {
        const at = waiting.addressOf(container, check.port);
        if (!at) return askInside(container.id, check.port);
        const result = await prober.probe(check.server, { ...at, timeout: PROBE_TIMEOUT }, signal);
        return result.ok ? undefined : `port ${check.port}: ${result.why}`;
      }
      default:
        return check satisfies never;
    }
  }
}

const times = (count: number) => (count === 1 ? 'once' : `${count} times`);

/** What bash answers for a command that it does not have, and the engine for bash: then nothing can be known. */
const CANNOT_ASK: ReadonlySet<number> = new Set([126, 127]);

/** Between two looks a container may end, or be gone: the next look says what that means. */
function endedMeanwhile(error: unknown): undefined {
  if (error instanceof BacklotError && (error.code === 'not-running' || /no such container/i.test(error.message))) return undefined;
  throw error;
}

/** A port says what a program may listen on; only servers of a kind that is known never end by themselves. */
const MAY_END: ReadonlySet<ServiceKind> = new Set(['http', 'other']);

/** What a container that does not run any more means, or nothing while it runs or will be started again. */
function judgeEnd(container: ContainerDetails, checks: readonly Check[]): Readiness | undefined {
  if (container.state !== 'exited' && container.state !== 'dead') return undefined;
  const oneShot = checks.some((check) => check.kind === 'completed' || check.kind === 'settled' || (check.kind === 'server' && MAY_END.has(check.server)));
  if (container.exitCode === 0 && oneShot) return { state: 'done', seen: 'done', startedAt: container.startedAt };
  return { state: 'failed', why: '', timedOut: false };
}

/** The engine has run the health check itself as often as it was told to. (It also calls whatever does not run unhealthy.) */
function gaveUp(container: ContainerDetails, checks: readonly Check[]): boolean {
  return container.state === 'running' && container.health === 'unhealthy' && checks.some((check) => check.kind === 'command');
}

function describeHealthFailure({ exitCode, output }: { exitCode: number; output: string }): string {
  const lines = output.trim().split('\n').slice(-3).join(' / ');
  const reason = exitCode === 127 ? 'its command was not found in the image' : exitCode === 126 ? 'its command cannot be run' : `exit ${exitCode}`;
  return `health check: ${reason}${lines ? `: ${lines}` : ''}`;
}
