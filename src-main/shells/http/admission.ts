import type { IncomingMessage } from 'node:http';
import type { Keys, Session } from './keys.ts';

/** What a place of the server demands: the page is public, `exchange` is the one door that opens without a key, all else needs one. */
export type Place = 'page' | 'exchange' | 'api' | 'socket';

export type Admission =
  | { readonly admitted: true; readonly session: Session | undefined }
  | { readonly admitted: false; readonly status: 400 | 401 | 403 | 421 };

export const SOCKET_PROTOCOL = 'backlot.v1';
const BEARER_PROTOCOL = 'bearer.';

/** The names under which this server may be asked for. Anything else is another site's name that was pointed at this machine. */
export function hostsOf(port: number): ReadonlySet<string> {
  return new Set(['127.0.0.1', '[::1]', 'localhost', 'backlot.localhost'].map((name) => `${name}:${port}`));
}

/**
 * Decides whether a request or a WebSocket upgrade gets in: the same function for both. The host is looked at first, because it alone
 * ends DNS rebinding; then who sent the request; then the key.
 */
export function admit(request: IncomingMessage, place: Place, hosts: ReadonlySet<string>, keys: Keys): Admission {
  const named = valuesOf(request, 'host');
  const host = named[0]?.toLowerCase();
  if (named.length !== 1 || host === undefined || !request.url?.startsWith('/')) return refuse(400);
  if (!hosts.has(host)) return refuse(421);

  const origins = valuesOf(request, 'origin');
  if (origins.some((origin) => origin !== `http://${host}`)) return refuse(403);
  if (place === 'page') return { admitted: true, session: undefined };
  if (['cross-site', 'same-site'].includes(String(request.headers['sec-fetch-site']))) return refuse(403);
  if (place === 'exchange') return { admitted: true, session: undefined };

  const authorization = /^Bearer ([\w-]+)$/.exec(request.headers.authorization ?? '')?.[1];
  const session = keys.find(authorization ?? (place === 'socket' ? keyAmongProtocols(request) : undefined));
  if (!session) return refuse(401);
  // A browser always names the origin of a socket. Who does not is no browser, and shows a header that no page can set.
  if (place === 'socket' && origins.length === 0 && authorization === undefined) return refuse(403);
  return { admitted: true, session };
}

function refuse(status: 400 | 401 | 403 | 421): Admission {
  return { admitted: false, status };
}

/** Every value of a header, also where Node keeps only the first. */
function valuesOf({ rawHeaders }: IncomingMessage, name: string): readonly string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
}

function keyAmongProtocols(request: IncomingMessage): string | undefined {
  const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((protocol) => protocol.trim());
  return protocols.find((protocol) => protocol.startsWith(BEARER_PROTOCOL))?.slice(BEARER_PROTOCOL.length);
}
