import { nameInPair, SLOTS, type Shares, type Slot } from './pair-model.ts';

/** Where the runtime API listens, inside HAProxy's container alone. */
export const API_PORT = 9999;

/** What HAProxy starts with: written anew with each change of the shares, so that a restart changes nothing. Pure. */
export function haproxyConfig({ service, port, shares }: { readonly service: string; readonly port: number; readonly shares: Shares }): string {
  const servers = SLOTS.map((slot) => `  server ${slot} ${nameInPair(slot)}:${port} weight ${shares[slot]} check inter 500ms fall 3 rise 1 resolvers engine init-addr last,libc,none`);
  return `global
  maxconn 8000
  no strict-limits
  stats socket ipv4@127.0.0.1:${API_PORT} level admin
resolvers engine
  nameserver engine 127.0.0.11:53
  resolve_retries 3
  timeout resolve 300ms
  timeout retry 300ms
  hold valid 300ms
  hold nx 2s
  hold other 30s
  hold refused 30s
  hold timeout 30s
  hold obsolete 1s
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout queue 5s
  timeout tunnel 1h
  timeout http-keep-alive 60s
  retries 3
  retry-on conn-failure
  option redispatch 1
  option forwardfor
  http-reuse safe
frontend public
  bind :${port}
  default_backend ${backendName(service)}
backend ${backendName(service)}
  balance roundrobin
${servers.join('\n')}
`;
}

export const backendName = (service: string) => service.replaceAll(/[^\w.:-]/g, '-');

export type ServerState = { readonly address: string; readonly isUp: boolean; readonly weight: number };

/** `show servers state`: where HAProxy has each server, whether it takes requests, and its weight. Pure. */
export function parseServers(text: string): Partial<Record<Slot, ServerState>> {
  const lines = text.split('\n');
  const names = (lines.find((line) => line.startsWith('# ')) ?? '').slice(2).split(' ');
  return Object.fromEntries(lines.map((line) => line.split(' ')).flatMap((cells) => {
    const at = (name: string) => cells[names.indexOf(name)] ?? '';
    const slot = SLOTS.find((one) => one === at('srv_name'));
    return slot === undefined ? [] : [[slot, { address: at('srv_addr'), isUp: at('srv_op_state') === '2' && at('srv_admin_state') === '0', weight: Number(at('srv_uweight')) }]];
  }));
}

export type Counters = { readonly requests: number; readonly errors: number; readonly sessions: number; readonly status: string };

/** `show stat`: what each server has answered, and what it is at. Pure. */
export function parseCounters(text: string): Partial<Record<Slot, Counters>> {
  const [head = '', ...lines] = text.trim().replace(/^# /, '').split('\n');
  const names = head.split(',');
  return Object.fromEntries(lines.map((line) => line.split(',')).flatMap((cells) => {
    const at = (name: string) => Number(cells[names.indexOf(name)] || 0);
    const slot = SLOTS.find((one) => one === cells[names.indexOf('svname')]);
    const answered = ['hrsp_1xx', 'hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx', 'hrsp_other'].reduce((sum, name) => sum + at(name), 0);
    return slot === undefined ? [] : [[slot, { requests: answered, errors: at('hrsp_5xx') + at('econ') + at('eresp'), sessions: at('scur'), status: cells[names.indexOf('status')] ?? '' }]];
  }));
}

/** Errors that are borne in a step, and how many are too few to say anything. */
const ERRORS_BORNE = 0.05;
const FEWEST_ERRORS = 3;

/** Why a version cannot have more of the traffic, from what it answered in a step and what the other one did. Pure. */
export function judgeStep(before: Counters, after: Counters, other: { readonly before?: Counters | undefined; readonly after?: Counters | undefined }): string | undefined {
  if (!after.status.startsWith('UP') && after.status !== 'no check') return `HAProxy does not reach it (${after.status})`;
  const [errors, requests] = [after.errors - before.errors, after.requests - before.requests];
  const rate = errors / Math.max(requests, errors, 1);
  const rateOfOther = other.before && other.after ? (other.after.errors - other.before.errors) / Math.max(other.after.requests - other.before.requests, 1) : 0;
  if (errors < FEWEST_ERRORS || rate <= ERRORS_BORNE || rate <= 2 * rateOfOther) return undefined;
  return `${errors} of its ${Math.max(requests, errors)} answers were errors`;
}
