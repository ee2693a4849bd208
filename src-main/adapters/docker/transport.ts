import http from 'node:http';
import type { RequestOptions } from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { Address } from './endpoint.ts';

export type HttpRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream is sent once, on a connection of its own. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** A connection of its own, closed with the reply: for replies that stream or must not be sent twice. */
  readonly alone?: boolean;
};

/** Sends requests to one address. */
export type Transport = {
  /** Resolves with the reply's head. Rejects with what node says; always settles once the signal aborts, and its socket is destroyed then. */
  send(request: HttpRequest, signal: AbortSignal): Promise<http.IncomingMessage>;
  close(): void;
};

/** Without TLS there is no server to name; to find that out, node takes its time. */
const PLAIN = { servername: '' } as const;
const KEEP_ALIVE = { keepAlive: true, keepAliveMsecs: 15_000, maxFreeSockets: 6 } as const;

/** A transport for an address. Connects only when something is sent. */
export function createTransport(address: Address, environment: Readonly<Record<string, string | undefined>>): Transport {
  const basePath = address.kind === 'tcp' ? address.basePath : '';
  let wire: Promise<Wire> | undefined;
  const open = () => (wire ??= openWire(address, environment));

  async function once(wanted: HttpRequest, signal: AbortSignal): Promise<http.IncomingMessage> {
    const { request, options, shared, single } = await open();
    return new Promise((resolve, reject) => {
      const headers: Record<string, string | number> = { ...wanted.headers };
      const stream = isStream(wanted.body) ? wanted.body : undefined;
      if (stream) headers['Content-Type'] = 'application/x-tar';
      else if (wanted.body !== undefined && !isStream(wanted.body)) Object.assign(headers, { 'Content-Type': typeof wanted.body === 'string' ? 'application/json' : 'application/x-tar', 'Content-Length': Buffer.byteLength(wanted.body) });
      else if (wanted.method !== 'GET') headers['Content-Length'] = 0;
      const sent = request({ ...options, method: wanted.method, path: basePath + wanted.path, headers, agent: wanted.alone || stream ? single() : shared });
      endWith(signal, sent);
      sent.once('socket', (socket) => socket.setKeepAlive(true, 15_000));
      sent.once('response', resolve);
      // Without a listener a late error, such as a reset after the reply, would end the process.
      sent.on('error', (error) => reject(Object.assign(error, { reused: sent.reusedSocket })));
      if (!stream) return void sent.end(wanted.body);
      // What the stream fails with tells more than the broken request does.
      pipeline(stream, sent).catch(reject);
    });
  }

  return {
    async send(wanted, signal) {
      try {
        return await once(wanted, signal);
      } catch (error) {
        // An idle connection that the engine had closed already: nothing of the request was read.
        if (!wasStale(error) || signal.aborted) throw error;
        return once({ ...wanted, alone: true }, signal);
      }
    },
    close: () => void wire?.then(({ shared }) => shared.destroy()),
  };
}

/** Whether a body comes piece by piece. */
export const isStream = (body: unknown): body is AsyncIterable<Uint8Array> => typeof body === 'object' && body !== null && Symbol.asyncIterator in body;

/** Destroys a request, its reply and their connection when the signal aborts, at whatever point they are: node's own option forgets the reply. */
function endWith(signal: AbortSignal, sent: http.ClientRequest): void {
  let response: http.IncomingMessage | undefined;
  const end = () => {
    const reason = signal.reason instanceof Error ? signal.reason : new Error('aborted');
    response?.destroy(reason);
    sent.destroy(reason);
  };
  if (signal.aborted) return end();
  signal.addEventListener('abort', end, { once: true });
  sent.once('response', (arrived) => (response = arrived));
  // A request closes after its reply has.
  sent.once('close', () => signal.removeEventListener('abort', end));
}

function wasStale(error: unknown): boolean {
  return error instanceof Error && 'reused' in error && error.reused === true && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

type Wire = {
  readonly request: typeof http.request;
  readonly options: RequestOptions;
  /** Keeps connections for the next call. */
  readonly shared: http.Agent;
  /** For one connection of its own. */
  single(): http.Agent;
};

/** What is needed to reach an address; TLS and ssh are loaded only where they are used. */
async function openWire(address: Address, environment: Readonly<Record<string, string | undefined>>): Promise<Wire> {
  const plain = { request: http.request, shared: new http.Agent(KEEP_ALIVE), single: () => new http.Agent({ keepAlive: false }) };
  switch (address.kind) {
    case 'unix':
    case 'npipe':
      return { ...plain, options: { ...PLAIN, socketPath: address.path, host: 'docker' } };
    case 'ssh': {
      const { SshConnection } = await import('./ssh-connection.ts');
      const throughSsh = (agent: http.Agent) => Object.assign(agent, { createConnection: () => new SshConnection(address, environment) });
      return { ...plain, options: { ...PLAIN, host: 'docker' }, shared: throughSsh(plain.shared), single: () => throughSsh(plain.single()) };
    }
    case 'tcp': {
      const options = { host: address.host, port: address.port };
      if (!address.tls) return { ...plain, options: { ...PLAIN, ...options } };
      const { default: https } = await import('node:https');
      const { verify, ...certificates } = address.tls;
      return {
        request: https.request as typeof http.request,
        options: { ...options, ...certificates, rejectUnauthorized: verify },
        shared: new https.Agent(KEEP_ALIVE),
        single: () => new https.Agent({ keepAlive: false }),
      };
    }
    default:
      return address satisfies never;
  }
}
