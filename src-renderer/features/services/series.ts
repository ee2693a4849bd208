import type { ServiceStats, StatsSample } from '#contract/stack.ts';

/** The latest readings of one service, oldest first. */
export type Series = { readonly cpu: readonly number[]; readonly memory: readonly number[]; readonly latest: ServiceStats };

/** The samples turned round: one series for each service of the latest sample. */
export function seriesOf(samples: readonly StatsSample[] = []): ReadonlyMap<string, Series> {
  const current = new Set(samples.at(-1)?.services.map(({ service }) => service));
  const series = new Map<string, { cpu: number[]; memory: number[]; latest: ServiceStats }>();
  for (const { services } of samples) {
    for (const reading of services) {
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
