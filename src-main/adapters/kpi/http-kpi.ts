import { BacklotError } from '#contract/errors.ts';
import { plainAddress } from '#adapters/network/plain-address.ts';
import { timeLimit } from '#core/time-limit.ts';
import type { KpiQuery, KpiReader } from '#ports/kpi-source.ts';
import { besideEachOther } from './beside.ts';
import { judged, LIMIT } from './http-answer.ts';
import { pathAtServers, readServers } from './server-kpi.ts';

/**
 * Asks an address and measures how long the answer takes, in milliseconds. No answer, and another status than is wanted, is an error.
 * Where the address is that of a balancer before two versions, each is asked by itself.
 */
export function readHttp(address: string, { status, former, balancer }: Pick<Extract<KpiQuery, { kind: 'http' }>, 'status' | 'former' | 'balancer'>): KpiReader {
  const place = pathAtServers(address);
  if (place && !balancer) throw new BacklotError('config-invalid', 'The address of a check names {{SERVER}}, and this target has no server of each version', { fix: 'Only a balanced pair has: write the address itself, or {{REVISION}} where addresses tell versions apart.' });
  if (place && balancer) return readServers({ balancer, place, status });
  const plain = besideEachOther(readAddress(address, status), former === undefined ? undefined : readAddress(former, status));
  return balancer && former === undefined ? readServers({ balancer, address, status, plain }) : plain;
}

function readAddress(address: string, status: number | undefined): KpiReader {
  const { url, headers } = plainAddress(address, 'The address of the check');
  return {
    async read(signal) {
      const began = performance.now();
      try {
        const response = await fetch(url, { redirect: 'manual', headers: { ...headers, 'user-agent': 'backlot', connection: 'close' }, signal: AbortSignal.any([signal, timeLimit(LIMIT)]) });
        await response.arrayBuffer();
        return judged(response.status, status, performance.now() - began);
      } catch (error) {
        const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
        return { error: true, why: cause || (error instanceof Error ? error.message : String(error)) };
      }
    },
  };
}
