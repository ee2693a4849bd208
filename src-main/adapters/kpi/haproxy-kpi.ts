import { askHaproxy } from '#adapters/haproxy/runtime-api.ts';
import type { KpiQuery, KpiReader, Sample } from '#ports/kpi-source.ts';

const SOCKET = '/run/haproxy.sock';

type Counters = { readonly requests: number; readonly errors: number; readonly response: number; readonly time: number };

/** A metric of a backend: error-rate (percent of the requests since the last look), response-time (milliseconds), request-rate (a second). */
export function readHaproxy({ backend, metric, socket, ask }: Extract<KpiQuery, { kind: 'haproxy' }>): KpiReader {
  let before: Counters | undefined;
  const place = socket ?? SOCKET;
  const statistics = (signal: AbortSignal) => (socket === undefined && ask ? ask(`show stat ${backend} 7 -1`, signal) : askHaproxy(place, 'show stat', signal));
  return {
    async read(signal): Promise<Sample> {
      try {
        const now = countersOf(await statistics(signal), backend);
        if (!now) return { why: `HAProxy has no backend ${backend}` };
        const last = before;
        before = now;
        return last ? sampleOf(metric, last, now) : { idle: true, why: 'the first look' };
      } catch (error) {
        before = undefined;
        return { why: `HAProxy does not answer${socket === undefined && ask ? '' : ` at ${place}`}: ${error instanceof Error ? error.message : String(error)}` };
      }
    },
  };
}

function sampleOf(metric: string, last: Counters, now: Counters): Sample {
  const requests = now.requests - last.requests;
  // It started anew.
  if (requests < 0) return { why: 'HAProxy began to count anew' };
  switch (metric) {
    case 'error-rate':
      return requests === 0 ? { idle: true, why: 'no requests' } : { value: (100 * Math.max(0, now.errors - last.errors)) / requests };
    case 'response-time':
      return requests === 0 ? { idle: true, why: 'no requests' } : { value: now.response };
    case 'request-rate':
      return { value: (1000 * requests) / Math.max(1, now.time - last.time) };
    default:
      return { why: `there is no metric ${metric}: there are error-rate, response-time and request-rate` };
  }
}

/** The line of the backend as a whole. */
function countersOf(text: string, backend: string): Counters | undefined {
  const [head = '', ...lines] = text.replace(/^# /, '').split('\n');
  const names = head.split(',');
  const at = (cells: readonly string[], name: string) => Number(cells[names.indexOf(name)] || 0);
  const cells = lines.map((line) => line.split(',')).find(([proxy, server]) => proxy === backend && server === 'BACKEND');
  if (!cells) return undefined;
  const answered = ['hrsp_1xx', 'hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx', 'hrsp_other'].reduce((sum, name) => sum + at(cells, name), 0);
  return { requests: Math.max(answered, at(cells, 'req_tot')), errors: at(cells, 'hrsp_5xx'), response: at(cells, 'rtime'), time: performance.now() };
}
