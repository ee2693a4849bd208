import { randomBytes } from 'node:crypto';
import { timeLimit } from '#core/time-limit.ts';
import type { ContainerEngine } from '#ports/container-engine.ts';

export type GuardLogLine = { readonly line: string; readonly time: string };
export type GuardLog = { readonly guard: string; readonly suffixes: readonly string[]; /** What is no later is left out. */ readonly since?: string | undefined };

const ASKING = 10_000;
/** For a log that never shows what the guard has answered. */
const PATIENCE = 4_000;

/**
 * What a guard was asked until now. It answers a moment before the engine has the line that tells so: a question of ours goes the same way, and once its line is
 * there, so are all before it. Below `.bind` the guard answers by itself and forwards nothing. One that does not answer has told what there is.
 */
export async function* readGuardLog({ guard, suffixes, since }: GuardLog, engine: ContainerEngine, signal: AbortSignal): AsyncGenerator<GuardLogLine> {
  const mark = `${randomBytes(8).toString('hex')}.${suffixes[0] ?? ''}.bind`;
  const ask = ['kdig', '+noall', '+time=3', '+retry=2', '-c', 'CH', '-t', 'TXT', '@127.0.0.1', mark];
  const answers = await engine.exec(guard, ask, { timeout: ASKING }, signal).then(({ exitCode }) => exitCode === 0, () => false);
  const patient = AbortSignal.any([signal, timeLimit(PATIENCE)]);
  try {
    for await (const chunks of engine.logs(guard, { follow: answers, ...(since !== undefined && { since }) }, patient)) {
      for (const chunk of chunks) {
        const line = Buffer.from(chunk.line).toString('utf8').trimEnd();
        if (line.includes(mark)) return;
        if (since === undefined || chunk.time > since) yield { line, time: chunk.time };
      }
    }
  } catch (error) {
    if (signal.aborted || !patient.aborted) throw error;
  }
}
