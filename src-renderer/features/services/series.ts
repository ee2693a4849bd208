import type { ServiceStats, StatsSample } from '#contract/stack.ts';

/** The latest readings of one service, oldest first. */
export type Series = { readonly cpu: readonly number[]; readonly memory: readonly number[]; readonly latest: ServiceStats };

/** The samples turned round: one series for each service of the latest sample. */
export function seriesOf(samples: readonly StatsSample[] = []): ReadonlyMap<string, Series> {
  const current = new Set(samples.at(-1)?.services.map(({ service }) => service));
  const series = new Map<string, { cpu: number[]; memory: number[]; latest: ServiceStats }>();
  for (const { services } of samples) {
    for (const reading of byService(services)) {
      if (!current.has(reading.service)) continue;
      const known = series.get(reading.service) ?? { cpu: [], memory: [], latest: reading };
      known.cpu.push(reading.cpu);
      known.memory.push(reading.memory);
      known.latest = reading;
      series.set(reading.service, known);
    }
  }
  return series;
}

/** What the replicas of a service use together: a sample has a reading of each. */
function byService(readings: readonly ServiceStats[]): Iterable<ServiceStats> {
  const whole = new Map<string, ServiceStats>();
  for (const reading of readings) {
    const others = whole.get(reading.service);
    whole.set(reading.service, others ? plus(others, reading) : reading);
  }
  return whole.values();
}

function plus(one: ServiceStats, other: ServiceStats): ServiceStats {
  return {
    service: one.service,
    cpu: one.cpu + other.cpu,
    memory: one.memory + other.memory,
    ...(one.memoryLimit !== undefined && other.memoryLimit !== undefined && { memoryLimit: one.memoryLimit + other.memoryLimit }),
    networkReceived: one.networkReceived + other.networkReceived,
    networkSent: one.networkSent + other.networkSent,
    blockRead: one.blockRead + other.blockRead,
    blockWritten: one.blockWritten + other.blockWritten,
  };
}
