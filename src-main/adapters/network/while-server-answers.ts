import { createConnection } from 'node:net';
import { BacklotError } from '#contract/errors.ts';

/** Milliseconds of silence after which a server is asked whether it is still there, and within which it has to take a connection. */
const SILENCE = 5_000;
const ANSWER_LIMIT = 10_000;

type Place = { readonly host: string; readonly port: number };

/**
 * Passes pieces on that a server sends. Where none comes for a while, and the server takes no new connection either, it is gone: a machine or a
 * network that goes away closes no connection. Then `end` has to end what is read; what it ends with is thrown.
 */
export async function* whileServerAnswers<Piece>(pieces: AsyncIterable<Piece>, { host, port }: Place, end: (gone: BacklotError) => void): AsyncGenerator<Piece> {
  let waitsSince: number | undefined;
  let isAsking = false;
  const look = async () => {
    if (isAsking || waitsSince === undefined || performance.now() - waitsSince < SILENCE) return;
    isAsking = true;
    const asked = waitsSince;
    if (!(await takesConnections({ host, port })) && waitsSince === asked) end(new BacklotError('source-failed', `The server at ${host}:${port} is gone: it sends nothing and takes no connection`, { fix: 'Does the server still run, and is the network there?' }));
    isAsking = false;
  };
  const timer = setInterval(() => void look(), SILENCE / 2);
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    for (;;) {
      waitsSince = performance.now();
      const next = await iterator.next();
      waitsSince = undefined;
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    clearInterval(timer);
    await iterator.return?.();
  }
}

function takesConnections(place: Place): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ ...place, timeout: ANSWER_LIMIT });
    const answer = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => answer(true)).once('timeout', () => answer(false)).once('error', () => answer(false));
  });
}
