import { nameInPair, SLOTS, type Shares, type Slot } from './pair-model.ts';

/** Where the runtime API listens, inside HAProxy's container alone. */
export const API_PORT = 9999;

/** Places that HAProxy has for replicas of a version on a Swarm: those that there are fill them as they come and go. */
const FEWEST_PLACES = 16;

/** How many replicas of a version HAProxy can have; more of them make it anew. Pure. */
export const placesFor = (replicas: number): number => Math.max(FEWEST_PLACES, 2 ** Math.ceil(Math.log2(replicas)));

/** What HAProxy starts with: written anew with each change of the shares, so that a restart changes nothing. With several places for each version, one for each replica. Pure. */
export function haproxyConfig({ service, port, shares, places }: { readonly service: string; readonly port: number; readonly shares: Shares; readonly places: number }): string {
  const servers = SLOTS.map((slot) => {
    const [line, first] = places === 1 ? [`server ${slot}`, 'last,libc,none'] : [`server-template ${slot} 1-${places}`, 'none'];
    return `  ${line} ${nameInPair(slot)}:${port} weight ${shares[slot]} check inter 500ms fall 3 rise 1 resolvers engine init-addr ${first}`;
  });
  return `global
  maxconn 8000
  no strict-limits
  stats socket ipv4@127.0.0.1:${API_PORT} level admin
resolvers engine
  nameserver engine 127.0.0.11:53
${places === 1 ? '' : '  accepted_payload_size 8192\n'}  resolve_retries 3
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
  retry-on conn-failure empty-response
  option redispatch 1
  option forwardfor
  http-reuse safe
frontend public
  bind :${port}
  # A server that is made anew can have the address of the one before, whose connections nobody answers any more: what may be asked twice is.
  http-request disable-l7-retry unless METH_GET
  default_backend ${backendName(service)}
backend ${backendName(service)}
  balance roundrobin
${servers.join('\n')}
`;
}

export const backendName = (service: string) => service.replaceAll(/[^\w.:-]/g, '-');

/** A version as HAProxy has it: its places, and the addresses of those that take requests. */
export type ServerState = { readonly places: readonly string[]; readonly addresses: readonly string[]; readonly weight: number };

/** `show servers state`: where HAProxy has each version, who of it takes requests, and its weight. Pure. */
export function parseServers(text: string): Partial<Record<Slot, ServerState>> {
  const lines = text.split('\n');
  const names = (lines.find((line) => line.startsWith('# ')) ?? '').slice(2).split(' ');
  const rows = lines.map((line) => line.split(' ')).map((cells) => (name: string) => cells[names.indexOf(name)] ?? '');
  return ofEach(rows, (at) => at('srv_name'), (places) => ({
    places: places.map((at) => at('srv_name')),
    addresses: places.filter((at) => at('srv_op_state') === '2' && at('srv_admin_state') === '0').map((at) => at('srv_addr')),
    weight: Math.max(...places.map((at) => Number(at('srv_uweight')))),
  }));
}

/** Weights with which versions of different numbers of replicas have these shares. Pure. */
export function weightsOf(shares: Shares, states: Partial<Record<Slot, Pick<ServerState, 'addresses'>>>): Shares {
  const count = (slot: Slot) => Math.max(1, states[slot]?.addresses.length ?? 1);
  const fewest = Math.min(...SLOTS.map(count));
  const weightOf = (slot: Slot) => (shares[slot] === 0 ? 0 : Math.max(1, Math.round((shares[slot] * fewest) / count(slot))));
  return { blue: weightOf('blue'), green: weightOf('green') };
}

export type Counters = { readonly requests: number; readonly errors: number; readonly sessions: number; readonly status: string };

/** `show stat`: what each version has answered, and what it is at. Pure. */
export function parseCounters(text: string): Partial<Record<Slot, Counters>> {
  const [head = '', ...lines] = text.trim().replace(/^# /, '').split('\n');
  const names = head.split(',');
  const rows = lines.map((line) => line.split(',')).map((cells) => (name: string) => cells[names.indexOf(name)] ?? '');
  return ofEach(rows, (at) => at('svname'), (places) => {
    const sum = (...columns: string[]) => columns.reduce((all, name) => all + places.reduce((some, at) => some + Number(at(name) || 0), 0), 0);
    const states = places.map((at) => at('status'));
    const status = states.find((one) => one.startsWith('UP')) ?? states.find((one) => !one.startsWith('MAINT')) ?? states[0] ?? '';
    return { requests: sum('hrsp_1xx', 'hrsp_2xx', 'hrsp_3xx', 'hrsp_4xx', 'hrsp_5xx', 'hrsp_other'), errors: sum('hrsp_5xx', 'econ', 'eresp'), sessions: sum('scur'), status };
  });
}

/** A version has one place, by its own name, or several with numbers. */
function ofEach<Row, Found>(rows: readonly Row[], nameOf: (row: Row) => string, found: (places: readonly Row[]) => Found): Partial<Record<Slot, Found>> {
  return Object.fromEntries(SLOTS.flatMap((slot) => {
    const places = rows.filter((row) => new RegExp(`^${slot}\\d*$`).test(nameOf(row)));
    return places.length === 0 ? [] : [[slot, found(places)]];
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
