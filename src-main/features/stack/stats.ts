import { setTimeout as pause } from 'node:timers/promises';
import type { ServiceStats, StatsSample } from '#contract/stack.ts';
import { LABELS, type ContainerEngine, type ContainerSummary, type StatsReading } from '#ports/container-engine.ts';
import { environmentLabels } from './environment.ts';
import { rememberPeaks } from './expect-memory.ts';
import { setOf } from './outline.ts';
import type { StatusPorts } from './status.ts';
import { isOfService } from './swaps.ts';

/** Between the two readings that the first CPU figure needs. */
const FIRST_INTERVAL = 250;

type StatsInput = { readonly directory: string; readonly set?: string | undefined; readonly follow: boolean; readonly interval: number };

/** CPU, memory, network and block I/O by service: one sample, or one each interval for as long as somebody reads. */
export async function* stats(input: StatsInput, ports: StatusPorts, signal: AbortSignal): AsyncGenerator<StatsSample> {
  const [outline] = await Promise.all([ports.loadOutline(input.directory, signal), ports.engine.connect(signal)]);
  const set = setOf(outline, input.set);
  const labels = environmentLabels(outline.directory, set);
  const peaks = new Map<string, number>();
  try {
    for await (const { services, ...sample } of samples(input, labels, ports.engine, signal)) {
      for (const { service, memory } of services) peaks.set(service, Math.max(memory, peaks.get(service) ?? 0));
      yield { ...sample, set, services };
    }
  } finally {
    const record = (await ports.store.listEnvironments()).find((candidate) => candidate.directory === outline.directory && candidate.set === set);
    // What was seen is a guess for the next time.
    if (record) await rememberPeaks(record.composeProject, record.directory, peaks, ports.store).catch(() => {});
  }
}

async function* samples(input: StatsInput, labels: readonly string[], engine: ContainerEngine, signal: AbortSignal): AsyncGenerator<Omit<StatsSample, 'set'>> {
  let before = new Map<string, StatsReading>();
  for (let round = 0; !signal.aborted; round++) {
    const containers = (await engine.listContainers(labels, signal)).filter((container) => container.state === 'running' && isOfService(container));
    const readings = await engine.stats(containers.map((container) => container.id), signal);
    if (round > 0) {
      yield { schema: 1, time: new Date().toISOString(), services: toServices(containers, readings, before) };
      if (!input.follow) return;
    }
    before = new Map(readings.map((reading) => [reading.container, reading]));
    await pause(round === 0 ? FIRST_INTERVAL : input.interval * 1000, undefined, { signal }).catch(() => {});
  }
}

/** Readings by service; CPU is what was used between two readings. */
function toServices(containers: readonly ContainerSummary[], readings: readonly StatsReading[], before: ReadonlyMap<string, StatsReading>): ServiceStats[] {
  const services = new Map(containers.map((container) => [container.id, container.labels[LABELS.service] ?? container.name]));
  return readings.map((reading) => {
    const earlier = before.get(reading.container);
    const elapsed = earlier ? (reading.readAt - earlier.readAt) * 1e6 : 0;
    return {
      service: services.get(reading.container) ?? reading.container,
      cpu: earlier && elapsed > 0 ? Math.max(0, (reading.cpuTotal - earlier.cpuTotal) / elapsed) : 0,
      memory: reading.memory,
      ...(reading.memoryLimit !== undefined && { memoryLimit: reading.memoryLimit }),
      networkReceived: reading.networkReceived,
      networkSent: reading.networkSent,
      blockRead: reading.blockRead,
      blockWritten: reading.blockWritten,
    };
  });
}
