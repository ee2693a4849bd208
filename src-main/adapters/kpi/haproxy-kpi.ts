import { askHaproxy } from '#adapters/haproxy/runtime-api.ts';
import type { Balancer, KpiQuery, KpiReader, Sample } from '#ports/kpi-source.ts';

const SOCKET = '/run/haproxy.sock';
const WHOLE = 'BACKEND';

type Counters = { readonly requests: number; readonly errors: number; readonly response: number; readonly time: number };

/**
 * A metric of a backend: error-rate (percent of the requests since the last look), response-time (milliseconds), request-rate (a second).
 * Of a target's own balancer that has two versions at once, those of the released one, and beside them those of the one before.
 */
export function readHaproxy({ backend, metric, socket, balancer }: Extract<KpiQuery, { kind: 'haproxy' }>): KpiReader {
  const last = new Map<string, Counters>();
  const place = socket ?? SOCKET;
  const own = socket === undefined ? balancer : undefined;
  const statistics = (signal: AbortSignal) => (own ? own.ask('show stat', signal) : askHaproxy(place, 'show stat', signal));
  let servers: { readonly now: string; readonly before: string } | undefined;

  function read(text: string, server: string): Sample {
    const now = countersOf(text, backend, server);
    if (!now) return { why: missing(text, backend, server) };
    const before = last.get(server);
    last.set(server, now);
    return before ? sampleOf(metric, before, now) : { idle: true, why: 'the first look' };
  }

  return {
    async read(signal): Promise<Sample> {
      try {
        // How many ask is a matter of the whole: a share of them says nothing.
        servers ??= metric === 'request-rate' ? undefined : bothOf(await own?.servers(signal));
        const text = await statistics(signal);
        return servers ? { ...read(text, servers.now), before: read(text, servers.before) } : read(text, WHOLE);
      } catch (error) {
        last.clear();
        return { why: `HAProxy does not answer${own ? '' : ` at ${place}`}: ${error instanceof Error ? error.message : String(error)}` };
      }
    },
  };
}

function missing(text: string, backend: string, server: string): string {
  const backends = text.split('\n').flatMap((line) => (line.split(',')[1] === WHOLE ? [line.split(',')[0] ?? ''] : []));
  if (backends.includes(backend)) return `HAProxy has no server ${server} in ${backend}`;
  return `HAProxy has no backend ${backend}${backends.length === 0 ? '' : `, only ${backends.join(', ')}`}`;
}

const bothOf = ({ now, before }: Awaited<ReturnType<Balancer['servers']>> = {}) => (now !== undefined && before !== undefined ? { now, before } : undefined);

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

/** The line of the backend as a whole, or those of a server, which has one place or several with numbers. */
function countersOf(text: string, backend: string, server: string): Counters | undefined {
  const [head = '', ...lines] = text.replace(/^# /, '').split('\n');
  const names = head.split(',');
  const isOfServer = new RegExp(`^${server}\\d*$`);
  const rows = lines.map((line) => line.split(',')).filter(([proxy, name = '']) => proxy === backend && isOfServer.test(name));
  if (rows.length === 0) return undefined;
  const all = rows.map((cells) => placeOf((name) => Number(cells[names.indexOf(name)] || 0), server === WHOLE));
  const sum = (pick: (one: (typeof all)[number]) => number) => all.reduce((total, one) => total + pick(one), 0);
  const requests = sum((one) => one.requests);
  return { requests, errors: sum((one) => one.errors), response: sum((one) => one.response * one.requests) / Math.max(1, requests), time: performance.now() };
}

function placeOf(at: (name: string) => number, isWhole: boolean): Pick<Counters, 'requests' | 'errors' | 'response'> {
  const answered = ['hrsp_1xx', 'hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx', 'hrsp_other'].reduce((sum, name) => sum + at(name), 0);
  // What a server leaves unanswered is told as an error by the backend alone.
  const errors = at('hrsp_5xx') + (isWhole ? 0 : at('eresp'));
  return { requests: Math.max(answered, at('req_tot'), errors), errors, response: at('rtime') };
}
