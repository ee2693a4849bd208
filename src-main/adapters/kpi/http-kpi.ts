import { plainAddress } from '#adapters/network/plain-address.ts';
import type { KpiReader } from '#ports/kpi-source.ts';

/** A probe that answers later than this counts as an error. */
const LIMIT = 5000;

/** Asks an address and measures how long the answer takes, in milliseconds. No answer, and another status than is wanted, is an error. */
export function readHttp(address: string, status: number | undefined): KpiReader {
  const { url, headers } = plainAddress(address, 'The address of the check');
  return {
    async read(signal) {
      const began = performance.now();
      try {
        const response = await fetch(url, { redirect: 'manual', headers: { ...headers, 'user-agent': 'backlot', connection: 'close' }, signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT)]) });
        await response.arrayBuffer();
        const isRight = status === undefined ? response.status < 400 : response.status === status;
        return isRight ? { value: performance.now() - began } : { error: true, why: `it answered ${response.status}` };
      } catch (error) {
        const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
        return { error: true, why: cause || (error instanceof Error ? error.message : String(error)) };
      }
    },
  };
}
