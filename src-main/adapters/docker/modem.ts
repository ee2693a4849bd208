import type { IncomingMessage } from 'node:http';
import { isStream, type HttpRequest, type Transport } from './transport.ts';

/** The engine answered, and the answer is no. */
export class EngineRefusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The engine's answer was not what its API promises. */
export class GarbledReply extends Error {}

/** What dockerode's classes hand to a modem. */
export type Dial = {
  readonly path: string;
  readonly method: string;
  readonly statusCodes: Readonly<Record<number, true | string>>;
  readonly isStream?: boolean;
  readonly abortSignal?: AbortSignal;
  readonly options?: Readonly<Record<string, unknown>>;
};

/** A reply larger than this is not one that we asked for. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * The modem under dockerode's classes, and the way to the calls that those classes do not have.
 * In the place of docker-modem, whose promises stay open for ever when the engine dies in the middle of a reply.
 */
export class Modem {
  readonly Promise = Promise;
  readonly apiVersion: string;
  private readonly transport: Transport;

  constructor(transport: Transport, apiVersion: string) {
    this.transport = transport;
    this.apiVersion = apiVersion;
  }

  /** dockerode's way in. Calls back exactly once. */
  dial(wanted: Dial, callback: (error: Error | null, reply: unknown) => void): void {
    const { abortSignal: inner, ...options } = wanted.options ?? {};
    const signal = wanted.abortSignal ?? (inner instanceof AbortSignal ? inner : new AbortController().signal);
    const [path = '', query] = wanted.path.split('?');
    const body = query === undefined && wanted.method === 'POST' && Object.keys(options).length > 0 ? { body: options } : {};
    const call = { method: wanted.method, path, ...(query !== undefined && { query: options }), ...body };
    const reply: Promise<unknown> = wanted.isStream ? this.open(call, signal) : this.call(call, signal);
    reply.then(
      (value) => callback(null, value),
      (error: unknown) => callback(error as Error, null),
    );
  }

  /** One call and its whole reply: parsed JSON, or `undefined` where there is none. */
  async call(wanted: ApiCall, signal: AbortSignal): Promise<unknown> {
    const response = await this.send(wanted, signal);
    const text = (await readAll(response)).toString('utf8');
    if ((response.statusCode ?? 0) >= 400) throw refusal(response, text);
    if (text === '') return undefined;
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new GarbledReply(`The engine's answer to ${wanted.method} ${wanted.path} is not JSON`, { cause });
    }
  }

  /** One call whose reply is read piece by piece, on a connection of its own. */
  async open(wanted: ApiCall, signal: AbortSignal): Promise<IncomingMessage> {
    const response = await this.send(wanted, signal, true);
    if ((response.statusCode ?? 0) >= 400) throw refusal(response, (await readAll(response)).toString('utf8'));
    return response;
  }

  private send(wanted: ApiCall, signal: AbortSignal, alone = false): Promise<IncomingMessage> {
    const request: HttpRequest = {
      method: wanted.method,
      path: `/v${this.apiVersion}${wanted.path}${queryString(wanted.query)}`,
      ...(wanted.headers && { headers: wanted.headers }),
      ...(wanted.body !== undefined && { body: wanted.body instanceof Uint8Array || isStream(wanted.body) ? wanted.body : JSON.stringify(wanted.body) }),
      alone,
    };
    return this.transport.send(request, signal);
  }
}

export type ApiCall = {
  readonly method: string;
  readonly path: string;
  /** Objects and arrays are sent as JSON, as the engine's `filters` are. */
  readonly query?: Readonly<Record<string, unknown>>;
  /** Bytes and streams of them are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Reads a reply to its end; rejects where it is cut off before that. */
export function readAll(response: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_BYTES) response.destroy(new GarbledReply('The engine sent more than 256 MiB in one answer'));
      else chunks.push(chunk);
    });
    response.once('end', () => resolve(Buffer.concat(chunks)));
    response.once('error', reject);
    // Comes after `end` or `error`; alone, it means that the connection went away.
    response.once('close', () => reject(Object.assign(new Error('the connection closed before the answer was complete'), { code: 'ECONNRESET' })));
  });
}

function queryString(query: ApiCall['query']): string {
  const entries = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
  if (entries.length === 0) return '';
  return `?${new URLSearchParams(entries.map(([name, value]): [string, string] => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]))}`;
}

function refusal(response: IncomingMessage, text: string): EngineRefusal {
  let message = text.trim().slice(0, 4096);
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && 'message' in parsed && typeof parsed.message === 'string') message = parsed.message;
  } catch {
    // A proxy's page or an old engine's plain text: shown as it is.
  }
  return new EngineRefusal(response.statusCode ?? 0, message || (response.statusMessage ?? 'no reason given'));
}
