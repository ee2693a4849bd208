import type { LogBatch, LogLine } from '#contract/stack.ts';
import { BacklotError } from '#contract/errors.ts';
import { LABELS, type ContainerSummary } from '#ports/container-engine.ts';
import { parseDuration } from './choose-checks.ts';
import { assertServices, environmentLabels } from './environment.ts';
import { followLogs } from './follow-logs.ts';
import { mergeByTime } from './merge-logs.ts';
import { setOf } from './outline.ts';
import { readLines, serviceOf } from './read-lines.ts';
import { servicesOf } from './services-of.ts';
import type { StatusPorts } from './status.ts';
import { isOfService } from './swaps.ts';

export type LogsInput = {
  readonly directory: string;
  readonly set?: string | undefined;
  readonly services: readonly string[];
  readonly follow: boolean;
  readonly tail?: number | undefined;
  readonly since?: string | undefined;
  readonly filter?: string | undefined;
};

/** The logs of a set's containers, merged by time; with `follow`, what they print from then on, across restarts. */
export async function* logs(input: LogsInput, ports: StatusPorts, signal: AbortSignal): AsyncGenerator<LogBatch> {
  const keep = lineFilter(input.filter);
  const since = sinceTime(input.since);
  const [outline] = await Promise.all([ports.loadOutline(input.directory, signal), ports.engine.connect(signal)]);
  const everyContainer = (await ports.engine.listContainers(environmentLabels(outline.directory), signal)).filter(isOfService);
  const set = setOf(outline, input.set, everyContainer.map(setLabel));
  const inSet = everyContainer.filter((container) => setLabel(container) === set);
  assertServices(input.services, await servicesOf(outline.directory, set, inSet, ports), `the set ${set}`);
  const wanted = (container: ContainerSummary) => isOfService(container) && setLabel(container) === set && (input.services.length === 0 || input.services.includes(serviceOf(container)));
  const containers = inSet.filter((container) => wanted(container) && container.state !== 'created');
  // Whoever wants no earlier lines follows from now on; others from the last line that they were given.
  const last = new Map(input.tail === 0 ? containers.map(({ id }) => [id, new Date().toISOString()]) : []);
  const feeds = containers.map((container) => readLines(container, { follow: false, ...tailOption(input.tail), ...(since !== undefined && { since }) }, ports.engine, signal));
  for await (const lines of mergeByTime(feeds.map((feed, index) => noting(feed, containers[index]?.id ?? '', last)))) {
    const kept = keep ? lines.filter(({ line }) => keep(line)) : lines;
    if (kept.length > 0) yield { lines: kept };
  }
  if (!input.follow) return;
  for await (const batch of followLogs({ labels: environmentLabels(outline.directory, set), wanted, last }, ports.engine, signal)) {
    const kept = keep ? batch.lines.filter(({ line }) => keep(line)) : batch.lines;
    if (kept.length > 0 || batch.note) yield { ...batch, lines: kept };
  }
}

function setLabel(container: ContainerSummary): string {
  return container.labels[LABELS.set] ?? '';
}

/** Remembers the time of each container's last line, so that following goes on after it. */
async function* noting(feed: AsyncIterable<LogLine[]>, id: string, last: Map<string, string>): AsyncGenerator<LogLine[]> {
  for await (const lines of feed) {
    const time = lines.at(-1)?.time;
    if (time !== undefined) last.set(id, time);
    yield lines;
  }
}

/** Text is looked for as it is, without regard to case; between slashes it is a regular expression. */
function lineFilter(filter: string | undefined): ((line: string) => boolean) | undefined {
  if (filter === undefined || filter === '') return undefined;
  const expression = /^\/(.+)\/([a-z]*)$/.exec(filter);
  if (!expression) {
    const text = filter.toLowerCase();
    return (line) => line.toLowerCase().includes(text);
  }
  try {
    const pattern = new RegExp(expression[1] ?? '', (expression[2] ?? '').replaceAll(/[gy]/g, ''));
    return (line) => pattern.test(line);
  } catch (cause) {
    throw new BacklotError('input-invalid', `The filter ${filter} is not a regular expression`, { cause, fix: 'Write text to look for, or /expression/ or /expression/i.' });
  }
}

/** An RFC 3339 time from one, or from a duration before now. */
function sinceTime(since: string | undefined): string | undefined {
  if (since === undefined) return undefined;
  const duration = parseDuration(since);
  if (duration !== undefined) return new Date(Date.now() - duration).toISOString();
  const time = Date.parse(since);
  if (Number.isNaN(time)) throw new BacklotError('input-invalid', `${JSON.stringify(since)} is neither a time nor a duration`, { fix: 'Write a duration such as 10m or 1h30m, or a time such as 2026-01-31T12:00:00Z.' });
  return new Date(time).toISOString();
}

function tailOption(tail: number | undefined): { readonly tail?: number } {
  return tail === undefined ? {} : { tail };
}
