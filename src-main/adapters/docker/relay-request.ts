import { LABELS } from '#ports/container-engine.ts';
import type { RelayMarks } from '#ports/engine-relay.ts';

export type RequestHead = {
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
};

/** The head of a request as it came, without the empty line after it; nothing where it is none. */
export function parseHead(text: string): RequestHead | undefined {
  const [first = '', ...lines] = text.split('\r\n');
  const [, method, target, version] = /^([A-Z]+) (\S+) (HTTP\/1\.[01])$/.exec(first) ?? [];
  if (method === undefined || target === undefined || version === undefined) return undefined;
  const headers = lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as const);
  return { method, target, version, headers };
}

export function writeHead({ method, target, version, headers }: RequestHead): string {
  return `${method} ${target} ${version}\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

function headerOf({ headers }: RequestHead, wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}

const without = (headers: RequestHead['headers'], ...names: readonly string[]) => headers.filter(([name]) => !names.includes(name.toLowerCase()));

/** Whether the request's body says what is made, and with which labels. */
export function makesSomething({ method, target }: RequestHead): boolean {
  return method === 'POST' && /^(\/v\d+\.\d+)?\/(containers|networks|volumes)\/create(\?|$)/.test(target);
}

/** The head as the engine gets it. One request is sent over one connection, so that each is seen; what turns a connection into another protocol keeps it. */
export function markHead(head: RequestHead, { imageLabels }: RelayMarks): RequestHead {
  const target = markTarget(head, imageLabels);
  if (headerOf(head, 'upgrade') !== undefined) return { ...head, target };
  return { ...head, target, headers: [...without(head.headers, 'connection'), ['Connection', 'close']] };
}

/** Images are labelled by the address of the request that makes them. */
function markTarget({ method, target }: RequestHead, labels: RelayMarks['imageLabels']): string {
  const [, made] = method === 'POST' ? (/^(?:\/v\d+\.\d+)?\/(build|commit)(?:\?|$)/.exec(target) ?? []) : [];
  if (made === undefined) return target;
  const { pathname, searchParams } = new URL(target, 'http://engine');
  if (made === 'build') searchParams.set('labels', JSON.stringify({ ...(parsed(searchParams.get('labels') ?? '') as object | undefined), ...labels }));
  // A container's labels go over to the image that is made of it.
  else searchParams.append('changes', `LABEL ${Object.entries({ ...labels, [LABELS.run]: '' }).map(([name, value]) => `${name}="${value}"`).join(' ')}`);
  return `${pathname}?${searchParams}`;
}

/** The request with the labels in its body; as it was where its body is none that the engine would understand. */
export function markBody(head: RequestHead, body: Buffer, { labels }: RelayMarks): { readonly head: RequestHead; readonly body: Buffer } {
  const asked = parsed(body.toString('utf8')) as { readonly Labels?: object | null } | undefined;
  const marked = asked === undefined ? body : Buffer.from(JSON.stringify({ ...asked, Labels: { ...asked.Labels, ...labels } }));
  return { head: { ...head, headers: [...without(head.headers, 'content-length', 'transfer-encoding', 'expect'), ['Content-Length', String(marked.length)]] }, body: marked };
}

/** The body of a request, where all of it has come. */
export function wholeBody(head: RequestHead, bytes: Buffer): Buffer | undefined {
  if (/chunked/i.test(headerOf(head, 'transfer-encoding') ?? '')) return unchunked(bytes);
  const length = Number(headerOf(head, 'content-length') ?? 0);
  return bytes.length >= length ? bytes.subarray(0, length) : undefined;
}

function unchunked(bytes: Buffer): Buffer | undefined {
  const pieces: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = bytes.indexOf('\r\n', at);
    if (end === -1) return undefined;
    const length = Number.parseInt(bytes.subarray(at, end).toString('latin1'), 16);
    if (!(length > 0)) return bytes.indexOf('\r\n', end + 2) === -1 ? undefined : Buffer.concat(pieces);
    if (bytes.length < end + 2 + length + 2) return undefined;
    pieces.push(bytes.subarray(end + 2, end + 2 + length));
    at = end + 2 + length + 2;
  }
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
