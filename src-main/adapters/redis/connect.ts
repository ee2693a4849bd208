import net from 'node:net';
import tls from 'node:tls';
import type { Duplex } from 'node:stream';
import { unreached } from '#adapters/network/unreached.ts';
import { BacklotError, type FailureCode } from '#contract/errors.ts';
import type { Address } from '#ports/database.ts';
import { RefusedByRedis, RespClient } from './resp.ts';

type Side = Extract<FailureCode, 'database-failed' | 'source-failed'>;

/** Milliseconds within which a server takes a connection, and then answers for the first time. */
const CONNECT_LIMIT = 15_000;

/** Opens a connection to one of a server's databases. The signal destroys it at any point. */
export async function connect(address: Address, database: string | undefined, side: Side, signal: AbortSignal): Promise<RespClient> {
  let stream: Duplex | undefined;
  try {
    stream = await openStream(address, signal);
    const client = new RespClient(stream);
    const destroy = () => client.stream.destroy();
    signal.addEventListener('abort', destroy, { once: true });
    stream.once('close', () => signal.removeEventListener('abort', destroy));
    await whileItAnswers(stream, CONNECT_LIMIT, side, async () => {
      if (address.password !== '') await client.ask('AUTH', ...(address.user === '' || address.user === 'default' ? [] : [address.user]), address.password);
      await client.ask('SELECT', database ?? '0');
    });
    return client;
  } catch (error) {
    stream?.destroy();
    throw redisFailure(error, 'connect to the server', side, signal);
  }
}

/** Waits for a server's answer. One that takes connections and is hung gives none: its connection ends after `limit` milliseconds. */
export async function whileItAnswers<Answer>(stream: Duplex, limit: number, side: Side, ask: () => Promise<Answer>): Promise<Answer> {
  const silent = () => new BacklotError(side, `The server takes the connection, but gives no answer for ${limit / 1000} s`, { fix: 'Is it hung or paused, and is it a Redis server? Look at its log.' });
  const timer = setTimeout(() => stream.destroy(silent()), limit);
  try {
    return await ask();
  } finally {
    clearTimeout(timer);
  }
}

async function openStream(address: Address, signal: AbortSignal): Promise<Duplex> {
  if (signal.aborted) throw new BacklotError('cancelled', 'cancelled');
  if (address.open) return address.open();
  const { host, port, encryption = 'disable' } = address;
  const socket = encryption === 'disable' ? net.connect({ host, port }) : tls.connect({ host, port, servername: net.isIP(host) === 0 ? host : '', rejectUnauthorized: encryption === 'verify-full' });
  await new Promise<void>((resolve, reject) => {
    const limit = setTimeout(() => reject(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' })), CONNECT_LIMIT);
    const settle = (error?: Error) => {
      clearTimeout(limit);
      signal.removeEventListener('abort', onAbort);
      if (error) {
        socket.destroy();
        reject(error);
      } else resolve();
    };
    const onAbort = () => settle(new BacklotError('cancelled', 'cancelled'));
    socket.once(encryption === 'disable' ? 'connect' : 'secureConnect', () => settle());
    socket.once('error', settle);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  return socket;
}

/** An error for a person. Redis does not quote values. */
export function redisFailure(thrown: unknown, doing: string, code: Side, signal?: AbortSignal): BacklotError {
  if (signal?.aborted) return new BacklotError('cancelled', 'cancelled');
  if (thrown instanceof BacklotError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const kind = (error as { code?: string }).code;
  if (error instanceof RefusedByRedis && /^(WRONGPASS|NOAUTH|ERR invalid password|ERR AUTH)/i.test(error.message)) return new BacklotError(code, `Could not ${doing}: the server refuses the user or password`, { fix: 'Look at the user and password of the source.' });
  if (/^MISCONF|No space left/i.test(error.message)) return new BacklotError('disk-full', `Could not ${doing}: the server cannot write its data`, { fix: 'Make room where the engine keeps its volumes: docker system df' });
  if (kind === 'ECONNRESET' || kind === 'EPIPE') return new BacklotError(code, `Could not ${doing}: the server closed the connection`, { fix: 'Does the server still run? Look at its log.' });
  if (kind !== undefined) return new BacklotError(code, `Could not ${doing}: the server is not reached (${unreached(error)})`, { fix: 'Is its address right, and does the server run?' });
  return new BacklotError(code, `Could not ${doing}: ${error.message.slice(0, 200)}`);
}
