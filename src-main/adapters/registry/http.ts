import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';

export type Request = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
};

/** An answer whose body has not been read yet: it has to be read or destroyed. */
export type Response = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly url: URL; readonly body: Readable };

/** What a host is spoken to with: certificates of its own authority, and whether anything is taken for it. */
export type Tls = { readonly ca?: readonly string[]; readonly cert?: string; readonly key?: string; readonly verify: boolean };

/** Milliseconds until the head of an answer, and without a byte of its body. */
export type Limits = { readonly head: number; readonly idle: number };
export const LIMITS: Limits = { head: 30_000, idle: 60_000 };

const plain = new http.Agent({ keepAlive: true, maxSockets: 8 });
const agents = new WeakMap<Tls, https.Agent>();

/** For hosts that we know nothing of. */
export const PUBLIC: Tls = { verify: true };

/** Sends one request and answers its head; redirects are not followed. Rejects with the error of the system where there is no answer. */
export function send(request: Request, tls: Tls, { head: headLimit, idle }: Limits, signal: AbortSignal): Promise<Response> {
  const { method, url, headers = {}, body } = request;
  return new Promise((resolve, reject) => {
    const options = { method, headers: { ...headers, 'user-agent': 'backlot', ...(body && { 'content-length': String(body.length) }) }, signal };
    const sent = url.protocol === 'https:' ? https.request(url, { ...options, agent: agentFor(tls) }) : http.request(url, { ...options, agent: plain });
    let head: NodeJS.Timeout | undefined = setTimeout(() => sent.destroy(new Error(`no answer within ${headLimit / 1000} s`)), headLimit + (body?.length ?? 0) / 100);
    const settle = () => {
      clearTimeout(head);
      head = undefined;
    };
    let answer: http.IncomingMessage | undefined;
    // Destroyed by its request, an answer says no more than that it was aborted.
    sent.setTimeout(idle, () => (answer ?? sent).destroy(new Error(`nothing came for ${idle / 1000} s`)));
    sent.once('error', (error) => {
      settle();
      reject(error);
    });
    sent.once('response', (response) => {
      settle();
      answer = response;
      resolve({ status: response.statusCode ?? 0, headers: flat(response.headers), url, body: response });
    });
    sent.end(body);
  });
}

/** A whole body, which is short: answers of registries, manifests. */
export async function readAll(body: Readable, limit = 4 * 1024 * 1024): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of body as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > limit) {
      body.destroy();
      throw new Error(`the answer is longer than ${limit} bytes`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function agentFor(tls: Tls): https.Agent {
  const known = agents.get(tls);
  if (known) return known;
  const { ca, cert, key, verify } = tls;
  const agent = new https.Agent({ keepAlive: true, maxSockets: 8, rejectUnauthorized: verify, ...(ca && ca.length > 0 && { ca: [...ca] }), ...(cert && key && { cert, key }) });
  agents.set(tls, agent);
  return agent;
}

function flat(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]])));
}
