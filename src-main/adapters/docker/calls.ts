import type { IncomingMessage } from 'node:http';
import type { Connection } from './connection.ts';
import { cancelled, DEADLINE, DeadlineExceeded, withDeadline } from './deadline.ts';
import { engineFailure } from './failures.ts';
import { EngineRefusal, type ApiCall, type Modem } from './modem.ts';

/** What a call does, in words that complete "could not …", and the milliseconds it may take. */
export type CallClass = { readonly doing: string; readonly deadline: number };

export const reading = (doing: string): CallClass => ({ doing, deadline: DEADLINE.read });
export const changing = (doing: string): CallClass => ({ doing, deadline: DEADLINE.change });

/** Runs calls on a connected engine. Ends by its deadline or the signal, and fails with a `BacklotError` only. */
export async function callEngine<Result>(
  connection: Connection,
  { doing, deadline }: CallClass,
  signal: AbortSignal,
  work: (modem: Modem, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const modem = await connection.ready(signal);
  try {
    return await withDeadline(deadline, [signal, connection.closed], (until) => work(modem, until));
  } catch (error) {
    throw fail(connection, error, doing);
  }
}

/** Milliseconds in which the engine may end what it has begun, after its caller gave up. */
const GRACE = 10_000;

/**
 * The same for what must not come into being behind the back of a caller who gave up and takes away what there is: what is begun is waited
 * for, a while. The answer may come after the signal, and what it is of is the caller's to take away.
 */
export async function callToItsEnd<Result>(connection: Connection, call: CallClass, signal: AbortSignal, work: (modem: Modem, signal: AbortSignal) => Promise<Result>): Promise<Result> {
  await connection.ready(signal);
  const patient = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const giveUpLater = () => (timer = setTimeout(() => patient.abort(cancelled()), GRACE));
  if (signal.aborted) throw cancelled();
  signal.addEventListener('abort', giveUpLater, { once: true });
  try {
    return await callEngine(connection, call, patient.signal, work);
  } finally {
    signal.removeEventListener('abort', giveUpLater);
    clearTimeout(timer);
  }
}

/** The same for what may be missing: `undefined` where the engine says 404. */
export async function callUnlessMissing<Result>(
  connection: Connection,
  call: CallClass,
  signal: AbortSignal,
  work: (modem: Modem, signal: AbortSignal) => Promise<Result>,
): Promise<Result | undefined> {
  return callEngine(connection, call, signal, async (modem, until) => {
    try {
      return await work(modem, until);
    } catch (error) {
      if (error instanceof EngineRefusal && error.status === 404) return undefined;
      throw error;
    }
  });
}

export type StreamClass = CallClass & {
  /** Milliseconds without a byte, while one is waited for, after which the stream counts as hung; none where silence is normal. */
  readonly idle?: number;
};

/** Opens a reply that streams, and yields its pieces as they are asked for. What is not pulled is not read. Leaving the loop closes the connection. */
export async function* streamFromEngine(connection: Connection, { doing, deadline, idle }: StreamClass, signal: AbortSignal, call: ApiCall): AsyncGenerator<Buffer> {
  const scope = new AbortController();
  const end = () => scope.abort(cancelled());
  signal.addEventListener('abort', end, { once: true });
  connection.closed.addEventListener('abort', end, { once: true });
  try {
    const response = await callEngine(connection, { doing, deadline }, signal, (modem, until) => openUntil(modem, call, until, scope));
    yield* pieces(response, idle);
    if (signal.aborted) throw cancelled();
  } catch (error) {
    throw signal.aborted ? cancelled() : fail(connection, error, doing);
  } finally {
    signal.removeEventListener('abort', end);
    connection.closed.removeEventListener('abort', end);
    end();
  }
}

/** Opens a stream whose opening ends with `until`, and which then lives as long as `scope`. */
async function openUntil(modem: Modem, call: ApiCall, until: AbortSignal, scope: AbortController): Promise<IncomingMessage> {
  const giveUp = () => scope.abort(until.reason);
  until.addEventListener('abort', giveUp, { once: true });
  try {
    return await modem.open(call, scope.signal);
  } finally {
    until.removeEventListener('abort', giveUp);
  }
}

async function* pieces(response: IncomingMessage, idle: number | undefined): AsyncGenerator<Buffer> {
  const reader = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  try {
    while (true) {
      const timer = idle === undefined ? undefined : setTimeout(() => response.destroy(new DeadlineExceeded(idle)), idle);
      const piece = await reader.next().finally(() => clearTimeout(timer));
      if (piece.done) return;
      yield piece.value;
    }
  } finally {
    response.destroy();
  }
}

/** The error to throw for what went wrong; the connection is told of it. */
export function fail(connection: Connection, error: unknown, doing: string): Error {
  const failure = engineFailure(error, connection.endpoint, doing);
  connection.noteFailure(failure);
  return failure;
}
