import type { RawData, WebSocket } from 'ws';
import type { Pipe } from '#contract/wire.ts';

export type SocketLimits = {
  /** Milliseconds between two pings; a peer that has not answered the last one is gone. */
  readonly pingEvery: number;
  /** Bytes that may wait to be sent. A reader that lets more pile up is sent away and may come again. */
  readonly backlog: number;
  /** Messages in one second. */
  readonly rate: number;
};

export const SOCKET_LIMITS: SocketLimits = { pingEvery: 15_000, backlog: 16 * 1024 * 1024, rate: 20_000 };

/** Close codes: see RFC 6455, section 7.4.1; those of 4400 and above are ours, after the HTTP status that says the same. */
export const CLOSE = { invalid: 1007, tryAgainLater: 1013, revoked: 4401, tooMany: 4429 } as const;

/** A pipe over a WebSocket: one JSON text a message. Anything else closes it, and so does a peer that is silent, too slow or too loud. */
export function webSocketPipe(socket: WebSocket, limits: SocketLimits = SOCKET_LIMITS): Pipe {
  let listener: (message: unknown) => void = () => {};
  let alive = true;
  let received = 0;
  let second = 0;

  const pinging = setInterval(() => {
    if (!alive) return socket.terminate();
    alive = false;
    socket.ping();
  }, limits.pingEvery);
  pinging.unref();

  socket.on('pong', () => (alive = true));
  socket.on('close', () => clearInterval(pinging));
  // A broken frame or a lost connection is followed by `close`, which says all that there is to say.
  socket.on('error', () => {});
  socket.on('message', (bytes: RawData, binary: boolean) => {
    alive = true;
    if (isTooLoud()) return socket.close(CLOSE.tooMany, 'too many messages');
    const message = binary ? undefined : parsed(String(bytes));
    if (message === undefined) return socket.close(CLOSE.invalid, 'not a JSON text');
    listener(message.value);
  });

  function isTooLoud(): boolean {
    const now = Math.floor(performance.now() / 1000);
    received = now === second ? received + 1 : 1;
    second = now;
    return received > limits.rate;
  }

  return {
    send(message) {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > limits.backlog) {
        socket.close(CLOSE.tryAgainLater, 'too slow');
        return void setTimeout(() => socket.terminate(), 1000).unref();
      }
      socket.send(JSON.stringify(message));
    },
    onMessage: (added) => void (listener = added),
    onClose: (added) => void socket.on('close', () => added()),
    close: () => socket.close(1000),
  };
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
