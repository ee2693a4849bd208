import type { LogLine } from '#contract/stack.ts';
import { LABELS, type ContainerEngine, type ContainerSummary, type LogChunk } from '#ports/container-engine.ts';

/** The lines of one container as its service's. */
export async function* readLines(
  container: ContainerSummary,
  options: { readonly follow: boolean; readonly tail?: number; readonly since?: string },
  engine: ContainerEngine,
  signal: AbortSignal,
): AsyncGenerator<LogLine[]> {
  const service = serviceOf(container);
  const decoder = new TextDecoder();
  const toLine = ({ stream, time, line, cut }: LogChunk): LogLine => ({ service, stream, time, line: decoder.decode(line), ...(cut !== undefined && { cut }) });
  for await (const chunks of engine.logs(container.id, options, signal)) yield chunks.map(toLine);
}

/** The service that a container belongs to. */
export function serviceOf(container: ContainerSummary): string {
  return container.labels[LABELS.service] ?? container.name;
}
