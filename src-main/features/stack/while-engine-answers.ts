import { setTimeout as pause } from 'node:timers/promises';
import type { ContainerEngine } from '#ports/container-engine.ts';

/** Milliseconds between two questions. */
const PAUSE = 5_000;
/** Questions without an answer in a row: one alone may be a machine that slept. */
const MOST_SILENT = 2;

/** Runs work that talks to the engine by a program of its own, and may wait for it for ever: ends it with the engine's failure when the engine falls silent. */
export async function whileEngineAnswers<Result>(engine: ContainerEngine, signal: AbortSignal, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const scope = new AbortController();
  const inner = AbortSignal.any([signal, scope.signal]);
  let silence: unknown;
  const watching = untilSilent(engine, inner).then((failure) => {
    silence = failure;
    scope.abort();
  });
  try {
    return await work(inner);
  } catch (error) {
    throw silence ?? error;
  } finally {
    scope.abort();
    await watching;
  }
}

/** Answers the engine's failure once it is silent; nothing when the signal came first. */
async function untilSilent(engine: ContainerEngine, signal: AbortSignal): Promise<unknown> {
  let silent = 0;
  while (!signal.aborted) {
    await pause(PAUSE, undefined, { signal }).catch(() => {});
    const failure = await engine.connect(signal).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (signal.aborted) return undefined;
    silent = failure === undefined ? 0 : silent + 1;
    if (silent >= MOST_SILENT) return failure;
  }
  return undefined;
}
