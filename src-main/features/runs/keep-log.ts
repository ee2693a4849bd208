import { setTimeout as pause } from 'node:timers/promises';
import type { LogLine } from '#contract/stack.ts';
import type { ContainerDetails, ContainerEngine, LogChunk } from '#ports/container-engine.ts';
import type { RunLog } from '#ports/run-store.ts';

const LONGEST_LINE = 16_000;
const SOON = 50;
/** A log that is over while its container is not, for good, such as one that the engine keeps nowhere: it is asked for at growing intervals. */
const LONGEST_PAUSE = 2_000;

export type Followed = { readonly id: string; readonly service: string };

/** Lines at the end that are looked at again: an engine that turns its files over while they are read leaves some out. */
const LOOKED_AGAIN = 200;

type Keeping = { readonly engine: ContainerEngine; readonly log: RunLog; readonly onLine?: (line: LogLine) => void; /** What is no later is left out. */ readonly since?: string | undefined };

/** Keeps what a container prints until it has ended or is gone, and answers how it was then; `undefined` where it is gone. */
export async function keepLog({ id, service }: Followed, { engine, log, onLine, since: from }: Keeping, signal: AbortSignal): Promise<ContainerDetails | undefined> {
  const decoder = new TextDecoder();
  let since = from;
  let wait = 0;
  const take = (chunks: readonly LogChunk[]) => {
    const fresh = chunks.filter(({ time }) => since === undefined || time > since);
    since = fresh.at(-1)?.time ?? since;
    if (fresh.length > 0) wait = 0;
    const lines = fresh.map(({ stream, time, line, cut }): LogLine => ({ service, stream, time, line: decoder.decode(line.subarray(0, LONGEST_LINE)).trimEnd(), ...((cut !== undefined || line.length > LONGEST_LINE) && { cut: cut ?? line.length }) }));
    log.write(lines);
    if (onLine) lines.forEach(onLine);
  };
  for (;;) {
    try {
      for await (const chunks of engine.logs(id, { follow: true, ...(since !== undefined && { since }) }, signal)) take(chunks);
    } catch {
      signal.throwIfAborted();
      // The container went away under the reader, or the connection did: looking tells which, and rejects where nobody answers.
      if ((await engine.inspectContainer(id, signal)) === undefined) return undefined;
    }
    const container = await engine.inspectContainer(id, signal);
    if (container?.state === 'created' || container?.state === 'removing' || container?.state === 'dead') {
      await pause(SOON, undefined, { signal });
      continue;
    }
    if (container?.state === 'running' || container?.state === 'restarting' || container?.state === 'paused') {
      // Most often it has just ended.
      if (wait > 0) await pause(wait, undefined, { signal });
      wait = Math.min(wait === 0 ? SOON : wait * 2, LONGEST_PAUSE);
      continue;
    }
    if (container && onLine) for await (const chunks of engine.logs(id, { follow: false, tail: LOOKED_AGAIN }, signal)) take(chunks);
    return container;
  }
}
