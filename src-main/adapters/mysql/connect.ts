import type { Duplex } from 'node:stream';
import type { Connection, ConnectionOptions, ResultSetHeader } from 'mysql2';
import { BacklotError } from '#contract/errors.ts';
import type { Address } from '#ports/database.ts';
import { databaseFailure, type Side } from './failures.ts';

/**
 * Values as texts have one form each, whatever the server and its databases are set to; zero and impossible dates may be there.
 * A column that is zero stays zero.
 */
const SETTINGS = [
  'names utf8mb4',
  "session time_zone = '+00:00'",
  "session sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'",
  'session sql_quote_show_create = 1',
  'session wait_timeout = 86400',
  'session net_read_timeout = 86400',
  'session net_write_timeout = 86400',
  'session transaction isolation level repeatable read',
];
/** What only some servers have. */
const MAYBE = ['session max_statement_time = 0', 'session idle_transaction_timeout = 0', 'session idle_readonly_transaction_timeout = 0', 'session max_execution_time = 0', 'session max_recursive_iterations = 4294967295', 'session cte_max_recursion_depth = 4294967295'];

/** Milliseconds within which a server answers a new connection. */
const CONNECT_LIMIT = 15_000;

type Way = 'plain' | 'encrypted' | 'verified';

/** Opens a connection whose values come in one form. The signal destroys it at any point; so does `letGo`. */
export async function connect(address: Address, database: string | undefined, side: Side, signal: AbortSignal): Promise<Connection> {
  if (signal.aborted) throw new BacklotError('cancelled', 'cancelled');
  const ways = waysOf(address);
  const doing = database === undefined ? 'connect to the server' : `connect to the database ${database}`;
  for (const [index, way] of ways.entries()) {
    try {
      return await attempt(address, database, way, signal);
    } catch (error) {
      const plainOnly = (error as { code?: string }).code === 'HANDSHAKE_NO_SSL_SUPPORT';
      if (signal.aborted || !plainOnly || index === ways.length - 1) throw databaseFailure(error, doing, side, signal);
    }
  }
  throw new BacklotError(side, `Could not ${doing}`);
}

/** Encrypted where the server can, unless the address says how. What is on no network needs no encryption. */
function waysOf({ open, encryption = 'prefer' }: Address): readonly Way[] {
  if (open || encryption === 'disable') return ['plain'];
  if (encryption === 'prefer') return ['encrypted', 'plain'];
  return [encryption === 'verify-full' ? 'verified' : 'encrypted'];
}

async function attempt(address: Address, database: string | undefined, way: Way, signal: AbortSignal): Promise<Connection> {
  const { default: mysql } = await import('mysql2');
  const { open } = address;
  const options: ConnectionOptions = {
    host: address.host,
    port: address.port,
    user: address.user,
    password: address.password,
    ...(database !== undefined && { database }),
    charset: 'utf8mb4',
    connectTimeout: CONNECT_LIMIT,
    multipleStatements: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    // A server that is not ours could ask for files of this machine.
    flags: ['-LOCAL_FILES'],
    ...(way !== 'plain' && { ssl: { rejectUnauthorized: way === 'verified', verifyIdentity: way === 'verified' } }),
    ...(open && { stream: () => open() }),
  };
  const connection = mysql.createConnection(options);
  // An idle connection that breaks is told by the next query; without a listener it would end the process.
  connection.on('error', () => {});
  const destroy = () => letGo(connection);
  signal.addEventListener('abort', destroy, { once: true });
  streamOf(connection).once('close', () => signal.removeEventListener('abort', destroy));
  try {
    await new Promise<void>((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve())));
    for (const setting of SETTINGS) await ask(connection, `set ${setting}`);
    for (const setting of MAYBE) await ask(connection, `set ${setting}`).catch(() => {});
    return connection;
  } catch (error) {
    destroy();
    throw error;
  }
}

/** Runs one statement, or several, and answers the rows of the first that has any. */
export async function ask<Row>(connection: Connection, sql: string): Promise<Row[]> {
  return (await send(connection, sql)) as Row[];
}

/** Runs one statement and answers how many rows it made; none where it makes no rows. */
export async function change(connection: Connection, sql: string): Promise<number> {
  return ((await send(connection, sql)) as Partial<ResultSetHeader>).affectedRows ?? 0;
}

function send(connection: Connection, sql: string): Promise<unknown> {
  const stream = streamOf(connection);
  return new Promise((resolve, reject) => {
    // A connection that was destroyed would answer nothing any more.
    const onClose = () => reject(Object.assign(new Error('The connection was closed'), { code: 'PROTOCOL_CONNECTION_LOST' }));
    if (stream.destroyed) return onClose();
    stream.once('close', onClose);
    connection.query(sql, (error, result) => {
      stream.removeListener('close', onClose);
      if (error) reject(error);
      else resolve(result);
    });
  });
}

/** Ends a connection at once, whatever it is doing. */
export function letGo(connection: Connection): void {
  connection.destroy();
  streamOf(connection).destroy();
}

/** The bytes beneath a connection. */
export function streamOf(connection: Connection): Duplex {
  return (connection as unknown as { stream: Duplex }).stream;
}
