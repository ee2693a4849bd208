import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client, ClientConfig } from 'pg';
import type { FailureCode } from '#contract/errors.ts';
import { BacklotError } from '#contract/errors.ts';
import type { Address } from '#ports/database.ts';
import { databaseFailure } from './failures.ts';

/** Whose failure it is: of the data's source, or of a server that we made. */
export type Side = Extract<FailureCode, 'database-failed' | 'source-failed'>;

/** Values as texts have one form each, whatever the server, its database and its role are set to. */
const SETTINGS = [
  "set datestyle = 'ISO, YMD'",
  "set intervalstyle = 'postgres'",
  "set timezone = 'UTC'",
  'set extra_float_digits = 3',
  "set bytea_output = 'hex'",
  'set statement_timeout = 0',
  'set lock_timeout = 0',
  'set idle_in_transaction_session_timeout = 0',
  'set row_security = off',
  'set search_path = pg_catalog',
];

/** Milliseconds within which a server answers a new connection. */
const CONNECT_LIMIT = 15_000;
const END_LIMIT = 2_000;

/** Opens a connection whose values come in one form. The signal destroys it at any point; so does `letGo`. */
export async function connect(address: Address, database: string, side: Side, signal: AbortSignal): Promise<Client> {
  if (signal.aborted) throw new BacklotError('cancelled', 'cancelled');
  const ways = waysOf(address);
  for (const [index, way] of ways.entries()) {
    try {
      return await attempt(address, database, way, signal);
    } catch (error) {
      if (signal.aborted) throw new BacklotError('cancelled', 'cancelled');
      const plainOnly = error instanceof Error && /does not support SSL/i.test(error.message);
      if (!plainOnly || index === ways.length - 1) throw databaseFailure(error, `connect to the database ${database}`, side);
    }
  }
  throw new BacklotError(side, `Could not connect to the database ${database}`);
}

/** Encrypted where the server can, unless the address says how. What is on no network needs no encryption. */
function waysOf({ open, encryption = 'prefer' }: Address): readonly Way[] {
  if (open) return ['disable'];
  return encryption === 'prefer' ? ['require', 'disable'] : [encryption];
}

type Way = Exclude<Address['encryption'], 'prefer' | undefined>;

async function attempt(address: Address, database: string, encryption: Way, signal: AbortSignal): Promise<Client> {
  const { default: pg } = await import('pg');
  const { open } = address;
  const config: ClientConfig = {
    host: address.host,
    port: address.port,
    user: address.user,
    password: address.password,
    database,
    application_name: 'backlot',
    connectionTimeoutMillis: CONNECT_LIMIT,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ssl: encryption === 'disable' ? false : { rejectUnauthorized: encryption === 'verify-full' },
    ...(open && { stream: () => asSocket(open()) as never }),
  };
  const client = new pg.Client(config);
  // An idle connection that breaks is told by the next query; without a listener it would end the process.
  client.on('error', () => {});
  const destroy = () => letGo(client);
  signal.addEventListener('abort', destroy, { once: true });
  client.once('end', () => signal.removeEventListener('abort', destroy));
  try {
    await client.connect();
    await client.query(SETTINGS.join('; '));
    const { rows } = await client.query<{ encoding: string }>("select current_setting('server_encoding') as encoding");
    // Bytes of a database that promises no encoding are taken as they are.
    await client.query(`set client_encoding = ${rows[0]?.encoding === 'SQL_ASCII' ? 'SQL_ASCII' : 'UTF8'}`);
    return client;
  } catch (error) {
    destroy();
    throw error;
  }
}

/** Ends a connection at once, whatever it is doing. */
export function letGo(client: Client): void {
  (client as unknown as { connection: { stream: Duplex } }).connection.stream.destroy();
}

/** Ends a connection as a server likes it, or at once where it does not answer. */
export async function endSoon(client: Client): Promise<void> {
  await Promise.race([client.end().catch(() => {}), pause(END_LIMIT, undefined, { ref: false })]);
  letGo(client);
}

/** What the client expects of a socket that it opens itself, for one that is open or about to be. */
function asSocket(stream: Duplex): Duplex {
  const isOpening = 'connecting' in stream && stream.connecting === true;
  const nothing = () => stream;
  return Object.assign(stream, {
    setNoDelay: nothing,
    setKeepAlive: nothing,
    ref: nothing,
    unref: nothing,
    connect() {
      if (!isOpening) process.nextTick(() => stream.emit('connect'));
      return stream;
    },
  });
}
