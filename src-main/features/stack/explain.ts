import type { ContainerDetails, ContainerEngine } from '#ports/container-engine.ts';

const LAST_LINES = 5;
const LONGEST_LINE = 300;

/** Why a container ended, with the last lines that it printed. */
export async function explainExit(container: ContainerDetails, engine: ContainerEngine, signal: AbortSignal): Promise<string> {
  return withLastOutput(exitInWords(container), container, engine, signal);
}

/** A reason with the last lines that the container printed. */
export async function withLastOutput(why: string, container: ContainerDetails, engine: ContainerEngine, signal: AbortSignal): Promise<string> {
  const lines = await lastLines(container, engine, signal);
  return lines.length > 0 ? `${why}; last output: ${lines.join(' / ')}` : why;
}

/** The exit of a container in plain words. */
export function exitInWords(container: Pick<ContainerDetails, 'exitCode' | 'outOfMemory' | 'error'>): string {
  if (container.outOfMemory) return 'out of memory: the kernel killed it; give it a higher memory limit';
  if (container.error) return `it could not start: ${container.error}`;
  switch (container.exitCode) {
    case 126:
      return 'exited with 126: its command cannot be run';
    case 127:
      return 'exited with 127: its command was not found in the image';
    case 137:
      return 'exited with 137: it was killed (SIGKILL)';
    case 139:
      return 'exited with 139: it crashed (segmentation fault)';
    case 143:
      return 'exited with 143: it was asked to stop (SIGTERM)';
    default:
      return `exited with ${container.exitCode}`;
  }
}

async function lastLines(container: ContainerDetails, engine: ContainerEngine, signal: AbortSignal): Promise<string[]> {
  const decoder = new TextDecoder();
  const lines: string[] = [];
  try {
    for await (const chunks of engine.logs(container.id, { follow: false, tail: LAST_LINES }, signal)) {
      for (const chunk of chunks) lines.push(decoder.decode(chunk.line.subarray(0, LONGEST_LINE)).trim());
    }
  } catch (error) {
    signal.throwIfAborted();
    return [`(its log could not be read: ${error instanceof Error ? error.message : String(error)})`];
  }
  return lines.filter((line) => line !== '').slice(-LAST_LINES);
}
