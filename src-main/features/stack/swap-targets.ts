import { BacklotError } from '#contract/errors.ts';

/** One port of a service and the process that answers on it instead. */
export type SwapTarget = { readonly container: number; readonly host: string; readonly port: number };

/** What a service is known by where its place is to be taken. */
export type Swappable = {
  readonly service: string;
  /** TCP ports that it listens on as far as anybody says, the main one first. */
  readonly ports: readonly number[];
  /** Every name that leads to it, lower case. */
  readonly names: readonly string[];
  /** Ends of production names: nothing of the set leads there. */
  readonly suffixes: readonly string[];
};

const FORM = 'Write HOST:PORT, such as localhost:8080; for one of several ports, PORT-OF-THE-SERVICE=HOST:PORT.';

/**
 * Reads `HOST:PORT` for each port of the service in its order, or `5672=HOST:PORT`; a port alone is one of localhost.
 * Refuses what is no such text, ports that the service does not have, and targets that lead back to the service.
 */
export function parseTargets(texts: readonly string[], swappable: Swappable): SwapTarget[] {
  const given = texts.flatMap((text) => text.split(',')).map((text) => text.trim()).filter((text) => text !== '');
  if (given.length === 0) throw new BacklotError('usage', `It is not said where ${swappable.service} is to lead`, { fix: FORM });
  const parsed = given.map(parseTarget);
  const named = new Set(parsed.flatMap(({ container }) => (container === undefined ? [] : [container])));
  const left = swappable.ports.filter((port) => !named.has(port));
  const targets = parsed.map(({ container, ...at }): SwapTarget => {
    if (container !== undefined) return { container: knownPort(container, swappable), ...at };
    const next = left.shift();
    if (next === undefined) throw tooMany(given.length, swappable);
    return { container: next, ...at };
  });
  const twice = targets.find((target, index) => targets.findIndex((other) => other.container === target.container) < index);
  if (twice) throw new BacklotError('input-invalid', `Port ${twice.container} of ${swappable.service} is led to two places`, { fix: 'Name each of its ports once.' });
  const loop = targets.find(({ host }) => swappable.names.includes(host.toLowerCase()));
  if (loop) throw new BacklotError('input-invalid', `${loop.host} is ${swappable.service} itself: it would lead to itself`, { fix: 'Name the machine that the process runs on; this one is localhost.' });
  const production = targets.find(({ host }) => swappable.suffixes.some((suffix) => `.${host.toLowerCase()}`.endsWith(`.${suffix.toLowerCase()}`)));
  if (production) throw new BacklotError('input-invalid', `${production.host} is a name of production, to which nothing here leads`, { fix: 'Name the machine that your process runs on; this one is localhost.' });
  return targets;
}

/** The text by which a target is shown and kept. */
export function targetText({ host, port }: Pick<SwapTarget, 'host' | 'port'>): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** What such a text says. */
export function readTarget(text: string): Pick<SwapTarget, 'host' | 'port'> {
  const [, host = '', port] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(text) ?? [];
  return { host, port: Number(port) };
}

/** Whether a target is a process on this machine. */
export function isHere({ host }: Pick<SwapTarget, 'host'>): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host);
}

/** What `parseTarget` reads of one text. */
type Parsed = { readonly container?: number; readonly host: string; readonly port: number };

function parseTarget(text: string): Parsed {
  const [, container, bracketed, plain, port = ''] = /^(?:(\d+)=)?(?:(?:\[([0-9a-f:.]+)\]|([a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9_])?)):)?(\d+)$/i.exec(text) ?? [];
  const host = bracketed ?? plain ?? 'localhost';
  if (port === '') throw new BacklotError('input-invalid', `${JSON.stringify(text)} is not a place that a service can lead to`, { fix: FORM });
  return { ...(container !== undefined && { container: portOf(container, text) }), host, port: portOf(port, text) };
}

function portOf(digits: string, text: string): number {
  const port = Number(digits);
  if (port < 1 || port > 65_535) throw new BacklotError('input-invalid', `${digits} in ${JSON.stringify(text)} is not a port`, { fix: 'Ports go from 1 to 65535.' });
  return port;
}

function knownPort(port: number, { service, ports }: Swappable): number {
  if (ports.length === 0 || ports.includes(port)) return port;
  throw new BacklotError('input-invalid', `${service} has no port ${port}`, { fix: `It has: ${ports.join(', ')}.` });
}

function tooMany(count: number, { service, ports }: Swappable): BacklotError {
  if (ports.length === 0) return new BacklotError('input-invalid', `Nobody says which ports ${service} listens on`, { fix: `Say it: --to PORT=HOST:PORT, such as --to 8080=localhost:8080; or give ${service} \`expose:\` in its Compose file.` });
  const which = ports.length === 1 ? `one port, ${ports[0]}` : `${ports.length} ports, ${ports.join(', ')}`;
  return new BacklotError('input-invalid', `${service} has ${which}, and there are ${count} places to lead to`, { fix: 'Give one place for each port.' });
}
