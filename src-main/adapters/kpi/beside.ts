import type { KpiReader } from '#ports/kpi-source.ts';

/** Reads both versions at the same time, as long as both have traffic. */
export function besideEachOther(now: KpiReader, former: KpiReader | undefined): KpiReader {
  if (!former) return now;
  return {
    async read(signal, isAlone) {
      if (isAlone) return now.read(signal);
      const [sample, before] = await Promise.all([now.read(signal), former.read(signal)]);
      return { ...sample, before };
    },
  };
}
