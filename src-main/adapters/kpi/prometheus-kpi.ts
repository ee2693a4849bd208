import { plainAddress } from '#adapters/network/plain-address.ts';
import { timeLimit } from '#core/time-limit.ts';
import type { KpiReader } from '#ports/kpi-source.ts';

const LIMIT = 10_000;

type Reply = { readonly status?: string; readonly error?: string; readonly data?: { readonly resultType?: string; readonly result?: unknown } };

/** One number that a query of Prometheus answers. None, several, and NaN are no value. */
export function readPrometheus(address: string, query: string, former?: string): KpiReader {
  const { url, headers } = plainAddress(address, 'The address of Prometheus');
  async function ask(what: string, signal: AbortSignal, moment?: number): Promise<Answered> {
    const place = new URL(`${url.replace(/\/$/, '')}/api/v1/query`);
    place.searchParams.set('query', what);
    if (moment !== undefined) place.searchParams.set('time', String(moment));
    try {
      const response = await fetch(place, { headers, signal: AbortSignal.any([signal, timeLimit(LIMIT)]) });
      const { status, error, data } = (await response.json()) as Reply;
      if (status !== 'success') return { why: `Prometheus says: ${error ?? `status ${response.status}`}` };
      return answerOf(data);
    } catch (error) {
      return { why: `Prometheus does not answer: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
  return {
    async read(signal, isAlone = false) {
      const { moment, ...sample } = await ask(query, signal);
      if (former === undefined || isAlone) return sample;
      // Of the moment that Prometheus itself says: its clock is not ours.
      const { moment: _, ...before } = await ask(former, signal, moment);
      return { ...sample, before };
    },
  };
}

type Answered = { readonly value?: number; readonly why?: string; /** Of its clock, in seconds. */ readonly moment?: number };

function answerOf(data: Reply['data']): Answered {
  const found = data?.resultType === 'scalar' ? [data.result] : Array.isArray(data?.result) ? data.result.map((one: { value?: unknown }) => one.value) : [];
  if (found.length !== 1) return { why: `the query answers ${found.length} series, where one is wanted` };
  const [moment, number] = Array.isArray(found[0]) ? (found[0] as readonly unknown[]) : [];
  const value = Number(number ?? NaN);
  const when = typeof moment === 'number' ? { moment } : {};
  return Number.isFinite(value) ? { value, ...when } : { why: 'the query answers no number', ...when };
}
