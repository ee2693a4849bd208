import { SOCKET_LIMITS, type SocketLimits } from './web-socket-pipe.ts';

/** How much one client may ask for. Sizes in bytes, times in milliseconds. */
export type Limits = SocketLimits & {
  readonly body: number;
  readonly header: number;
  readonly headersTime: number;
  readonly requestTime: number;
  readonly connections: number;
  readonly sockets: number;
  readonly message: number;
};

export const LIMITS: Limits = {
  ...SOCKET_LIMITS,
  body: 1024 * 1024,
  header: 16 * 1024,
  headersTime: 5_000,
  requestTime: 15_000,
  connections: 512,
  sockets: 64,
  message: 1024 * 1024,
};
