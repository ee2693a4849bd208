import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What happens to one request. Without a fault it reaches the engine, and the engine's reply comes back. */
export type Fault =
  | { readonly kind: 'pass' }
  | { readonly kind: 'never-answer' }
  | { readonly kind: 'hang-up' }
  | { readonly kind: 'cut'; readonly after: number }
  | { readonly kind: 'stall'; readonly after: number }
  | { readonly kind: 'delay'; readonly milliseconds: number }
  | { readonly kind: 'garble' }
  | { readonly kind: 'answer'; readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly pieces: readonly (string | Buffer)[]; readonly stayOpen?: boolean };

export type Seen = { readonly method: string; readonly url: string; readonly headers: http.IncomingHttpHeaders };

export type ChaosProxy = {
  readonly path: string;
  readonly seen: readonly Seen[];
  /** Decides what happens to each request from now on. */
  choose(decide: (request: Seen) => Fault): void;
  /** Connections that are open now. */
  connections(): Promise<number>;
  /** Breaks every connection. */
  breakAll(): void;
  close(): Promise<void>;
};

const PASS: Fault = { kind: 'pass' };

/** A socket in front of the engine's that does what faults do. */
export async function startChaosProxy(options: { readonly path?: string; readonly engine?: string } = {}): Promise<ChaosProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'backlot-chaos-'));
  const path = options.path ?? join(folder, 'docker.sock');
  const seen: Seen[] = [];
  let decide: (request: Seen) => Fault = () => PASS;
  const server = http.createServer((request, response) => {
    const entry = { method: request.method ?? '', url: request.url ?? '', headers: request.headers };
    seen.push(entry);
    suffer(decide(entry), request, response, options.engine ?? '/var/run/docker.sock');
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    seen,
    choose: (next) => (decide = next),
    connections: () => new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count)))),
    breakAll: () => server.closeAllConnections(),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function suffer(fault: Fault, request: http.IncomingMessage, response: http.ServerResponse, engine: string): void {
  switch (fault.kind) {
    case 'never-answer':
      return;
    case 'hang-up':
      return void request.socket.destroy();
    case 'delay':
      return void setTimeout(() => forward(request, response, engine, PASS), fault.milliseconds);
    case 'answer':
      response.writeHead(fault.status ?? 200, fault.headers ?? {});
      for (const piece of fault.pieces) response.write(piece);
      return fault.stayOpen ? undefined : void response.end();
    case 'pass':
    case 'cut':
    case 'stall':
    case 'garble':
      return forward(request, response, engine, fault);
    default:
      fault satisfies never;
  }
}

function forward(request: http.IncomingMessage, response: http.ServerResponse, engine: string, fault: Fault): void {
  const onward = http.request({ socketPath: engine, method: request.method, path: request.url, headers: request.headers, agent: false });
  onward.on('response', (reply) => {
    const { 'content-length': _length, ...headers } = reply.headers;
    response.writeHead(reply.statusCode ?? 500, fault.kind === 'garble' ? headers : reply.headers);
    response.flushHeaders();
    let sent = 0;
    if (fault.kind === 'cut' && fault.after === 0) setImmediate(() => request.socket.destroy());
    reply.on('data', (piece: Buffer) => {
      if (fault.kind === 'cut' || fault.kind === 'stall') {
        const rest = Math.max(0, fault.after - sent);
        response.write(piece.subarray(0, rest));
        sent += piece.length;
        if (fault.kind === 'cut' && sent >= fault.after) setImmediate(() => request.socket.destroy());
      } else response.write(fault.kind === 'garble' ? Buffer.from(piece.map((byte, index) => (index % 7 === 0 ? byte ^ 0x55 : byte))) : piece);
    });
    // A cut answer must not look complete, even where it was shorter than the cut.
    reply.on('end', () => (fault.kind === 'cut' ? setImmediate(() => request.socket.destroy()) : fault.kind !== 'stall' && response.end()));
    reply.on('error', () => response.destroy());
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}
