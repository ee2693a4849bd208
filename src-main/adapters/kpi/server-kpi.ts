import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { credentialsIn } from '#core/credentials-in.ts';
import { SERVER, type Balancer, type KpiReader, type Sample } from '#ports/kpi-source.ts';
import { judged, LIMIT } from './http-answer.ts';

type Place = { readonly path: string; readonly host?: string };
type Asked = { readonly balancer: Balancer; readonly status: number | undefined } & ({ readonly place: Place } | { readonly address: string; readonly plain: KpiReader });

/** What to ask the server of each version for, where an address says so. */
export function pathAtServers(address: string): Place | undefined {
  const start = `http://${SERVER}`;
  return address.startsWith(start) ? { path: address.slice(start.length).replace(/^:\d+/, '') || '/' } : undefined;
}

/** Asks the server of each version by itself, while both have traffic for both; `plain` where the address is somebody else's. */
export function readServers({ balancer, status, ...asked }: Asked): KpiReader {
  let known: Place | undefined | false = 'place' in asked ? asked.place : undefined;
  const probe = async (server: string, place: Place, signal: AbortSignal): Promise<Sample> =>
    balancer.probe(server, { ...place, limit: LIMIT }, signal).then(
      (answer) => judged(answer.status, status, answer.milliseconds),
      (error: unknown) => ({ error: true, why: error instanceof Error ? error.message : String(error) }),
    );

  return {
    async read(signal, isAlone = false) {
      known ??= 'address' in asked ? await doorOf(asked.address, balancer, signal).catch(() => false as const) : false;
      const { now, before } = known === false ? {} : await balancer.servers(signal).catch(() => ({ now: undefined, before: undefined }));
      if (known === false || (now === undefined && before === undefined)) return 'plain' in asked ? asked.plain.read(signal) : { why: 'no server of a version runs yet' };
      const place = known;
      const of = async (server: string | undefined): Promise<Sample> => (server === undefined ? { why: 'the server of this version does not run yet' } : probe(server, place, signal));
      if (isAlone || before === undefined) return of(now);
      const [sample, former] = await Promise.all([of(now), of(before)]);
      return { ...sample, before: former };
    },
  };
}

/** What to ask for, where an address is a balancer's own: its port, on this machine. */
async function doorOf(address: string, balancer: Balancer, signal: AbortSignal): Promise<Place | false> {
  // A command in a container can be seen there: a password stays out of it.
  if (!URL.canParse(address) || credentialsIn(address)) return false;
  const { protocol, hostname, port, pathname, search, host } = new URL(address);
  if (protocol !== 'http:' || Number(port || 80) !== (await balancer.port(signal))) return false;
  const own = new Set(Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map((one) => one.address)));
  const found = await lookup(hostname.replaceAll(/[[\]]/g, ''), { all: true });
  return found.length > 0 && found.every((one) => own.has(one.address) || one.address.startsWith('127.')) ? { path: `${pathname}${search}`, host } : false;
}
