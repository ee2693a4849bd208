import { plainAddress } from '#adapters/network/plain-address.ts';
import type { KpiReader } from '#ports/kpi-source.ts';

const LIMIT = 10_000;

type Reply = { readonly status?: string; readonly error?: string; readonly data?: { readonly resultType?: string; readonly result?: unknown } };

/** One number that a query of Prometheus answers. None, several, and NaN are no value. */
export function readPrometheus(address: string, query: string): KpiReader {
  const { url, headers } = plainAddress(address, 'The address of Prometheus');
  const place = new URL(`${url.replace(/\/$/, '')}/api/v1/query`);
  place.searchParams.set('query', query);
  return {
    async read(signal) {
      try {
        const response = await fetch(place, { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT)]) });
        const { status, error, data } = (await response.json()) as Reply;
        if (status !== 'success') return { why: `Prometheus says: ${error ?? `status ${response.status}`}` };
        return sampleOf(data);
      } catch (error) {
        return { why: `Prometheus does not answer: ${error instanceof Error ? error.message : String(error)}` };
      }
    },
  };
}

function sampleOf(data: Reply['data']): { readonly value: number } | { readonly why: string } {
  const found = data?.resultType === 'scalar' ? [data.result] : Array.isArray(data?.result) ? data.result.map((one: { value?: unknown }) => one.value) : [];
  if (found.length !== 1) return { why: `the query answers ${found.length} series, where one is wanted` };
  const value = Number((found[0] as readonly unknown[] | undefined)?.[1] ?? NaN);
  return Number.isFinite(value) ? { value } : { why: 'the query answers no number' };
}
