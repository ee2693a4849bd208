import { createServer, type IncomingMessage, type RequestListener, type Server as NodeServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Dispatcher } from '#core/dispatcher.ts';
import { serve } from '#core/serve.ts';
import { admit, hostsOf, SOCKET_PROTOCOL } from './admission.ts';
import { audited, type AuditEntry } from './audit.ts';
import { createKeys } from './keys.ts';
import { LIMITS, type Limits } from './limits.ts';
import { listenOnLoopback } from './loopback.ts';
import { createRoutes } from './routes.ts';
import { CLOSE, webSocketPipe } from './web-socket-pipe.ts';

export type ServerOptions = {
  readonly app: { readonly dispatcher: Dispatcher };
  /** A free one where absent. */
  readonly port?: number;
  /** The project that the page opens first. */
  readonly directory?: string;
  /** The folder of the built page. */
  readonly rendererRoot: string;
  /** Told an address that opens the page once, at the start and whenever the one before it was used. */
  readonly onAddress?: (url: string) => void;
  /** Told of every call before it is made. Carries no input. */
  readonly onCall?: (entry: AuditEntry) => void;
  readonly limits?: Partial<Limits>;
};

export interface Server {
  /** Opens the page once. */
  readonly url: string;
  readonly port: number;
  /** Another address that opens the page once, within `lifetime` milliseconds where given. */
  address(lifetime?: number): string;
  /** Ends every session; announces a new address. */
  revoke(): Promise<void>;
  close(): Promise<void>;
}

/** Serves the page and one WebSocket to this machine alone. Every request is judged by its host, its origin and its key, in this order. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const limits: Limits = { ...LIMITS, ...options.limits };
  const keys = createKeys();
  const sockets = new Set<WebSocket>();
  const socketServer = new WebSocketServer({
    noServer: true,
    maxPayload: limits.message,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(SOCKET_PROTOCOL) ? SOCKET_PROTOCOL : false),
  });

  let answer: RequestListener = (_request, response) => void response.writeHead(503).end();
  let upgrade = (_request: IncomingMessage, socket: Duplex, _head: Buffer): void => void socket.destroy();
  const { port, servers } = await listenOnLoopback(options.port ?? 0, () => nodeServer(limits, (...rest) => answer(...rest), (...rest) => upgrade(...rest)));
  const hosts = hostsOf(port);

  const address = (lifetime?: number) => `http://127.0.0.1:${port}/#k=${keys.issueCode(lifetime)}`;
  const announce = () => {
    const url = address();
    options.onAddress?.(url);
    return url;
  };
  answer = createRoutes({ hosts, keys, limits, rendererRoot: options.rendererRoot, directory: options.directory, onExchanged: announce });
  upgrade = (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const admission = admit(request, 'socket', hosts, keys);
    if (!admission.admitted) return refuseUpgrade(socket, admission.status);
    if (request.url !== '/ws' || !admission.session) return refuseUpgrade(socket, 404);
    if (sockets.size >= limits.sockets) return refuseUpgrade(socket, 503);
    const { session } = admission;
    socketServer.handleUpgrade(request, socket, head, (webSocket) => {
      sockets.add(webSocket);
      webSocket.on('close', () => sockets.delete(webSocket));
      serve(webSocketPipe(webSocket, limits), audited(options.app.dispatcher, session, options.onCall));
    });
  };

  const url = announce();

  return {
    url,
    port,
    address,
    async revoke() {
      keys.revoke();
      for (const socket of sockets) socket.close(CLOSE.revoked, 'the key was revoked');
      announce();
    },
    async close() {
      for (const socket of sockets) socket.terminate();
      await Promise.all(servers.map((server) => closed(server)));
    },
  };
}

function nodeServer(limits: Limits, answer: RequestListener, upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void): NodeServer {
  const server = createServer(
    {
      maxHeaderSize: limits.header,
      headersTimeout: limits.headersTime,
      requestTimeout: limits.requestTime,
      connectionsCheckingInterval: Math.min(1000, limits.headersTime),
      keepAliveTimeout: 5_000,
      insecureHTTPParser: false,
    },
    answer,
  );
  server.maxConnections = limits.connections;
  server.on('upgrade', upgrade);
  return server;
}

function refuseUpgrade(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function closed(server: NodeServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
