import { unreached } from '#adapters/network/unreached.ts';
import { BacklotError, type FailureCode } from '#contract/errors.ts';

/** What a server's refusal, or a failed connection, is known by. */
type ServerError = Error & { readonly code?: string; readonly sqlState?: string };

export type Side = Extract<FailureCode, 'database-failed' | 'source-failed'>;

const UNREACHABLE = ['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN', 'ENOENT'];
const LOST = ['PROTOCOL_CONNECTION_LOST', 'ECONNRESET', 'EPIPE'];
const REFUSED = ['ER_ACCESS_DENIED_ERROR', 'ER_ACCESS_DENIED_NO_PASSWORD_ERROR', 'ER_HOST_NOT_PRIVILEGED', 'ER_NOT_SUPPORTED_AUTH_MODE'];
const FORBIDDEN = ['ER_DBACCESS_DENIED_ERROR', 'ER_TABLEACCESS_DENIED_ERROR', 'ER_COLUMNACCESS_DENIED_ERROR', 'ER_SPECIFIC_ACCESS_DENIED_ERROR', 'ER_PROCACCESS_DENIED_ERROR', 'ER_VIEW_NO_EXPLAIN'];
/** Refusals of these kinds name objects and settings. Those of other kinds quote what they refuse. */
const ABOUT_OBJECTS = /^ER_(PARSE_ERROR|NO_SUCH_TABLE|BAD_|UNKNOWN_|TABLE_EXISTS|DB_CREATE|DB_DROP|CANT_|CANNOT_|NOT_SUPPORTED|WRONG_(OBJECT|NAME|KEY|SUB)|SP_|TRG_|VIEW_|FK_|CHECK_NOT|TABLE_DEF_CHANGED|LOCK_|OPTION_PREVENTS|FEATURE_DISABLED|GENERATED_)/;

/** An error for a person. Values of rows never get into it: servers quote them in their messages. */
export function databaseFailure(thrown: unknown, doing: string, code: Side, signal?: AbortSignal): BacklotError {
  if (signal?.aborted) return new BacklotError('cancelled', 'cancelled');
  if (thrown instanceof BacklotError) return thrown;
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as ServerError;
  const kind = error.code ?? '';
  if (UNREACHABLE.includes(kind)) return new BacklotError(code, `Could not ${doing}: the database is not reached (${unreached(error)})`, { fix: 'Is its address right, and does the server run?' });
  if (LOST.includes(kind)) return new BacklotError(code, `Could not ${doing}: the server closed the connection`, { fix: 'Does the server still run? Look at its log.' });
  if (REFUSED.includes(kind)) return new BacklotError(code, `Could not ${doing}: the server refuses the user or password`, { fix: 'Look at the user and password of the source.' });
  if (kind === 'ER_BAD_DB_ERROR') return new BacklotError(code, `Could not ${doing}: there is no database of that name`, { fix: 'Look at databases: of the fixture.' });
  if (FORBIDDEN.includes(kind)) return new BacklotError(code, `Could not ${doing}: ${error.message}`, { fix: 'Give the user the right to read it: GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, SHOW CREATE ROUTINE ON database.* TO …' });
  if (kind === 'ER_DISK_FULL' || kind === 'ER_RECORD_FILE_FULL' || /no space left/i.test(error.message)) return new BacklotError('disk-full', `Could not ${doing}: the disk of the engine is full`, { fix: 'Make room where the engine keeps its volumes: docker system df' });
  return new BacklotError(code, `Could not ${doing}: ${withoutValues(error, kind)}`);
}

/** The words of a refusal with what they quote of data left out; names of columns, keys and constraints stay. */
function withoutValues(error: ServerError, kind: string): string {
  if (kind === '' || ABOUT_OBJECTS.test(kind)) return error.message;
  // Texts of functions and triggers (SIGNAL) may say anything.
  if (kind === 'ER_SIGNAL_EXCEPTION' || error.sqlState?.startsWith('45') === true) return `the server refuses it [${error.sqlState ?? kind}]`;
  const place = /(?:for (?:column|key)|constraint|column) ['`]?([^'`]+)/i.exec(error.message)?.[1];
  const row = /at row (\d+)/i.exec(error.message)?.[1];
  const words = error.message.replace(/: '.*$/s, '').replace(/'[^]*'/, '…').replace(/\s+/g, ' ').slice(0, 160);
  return `${words}${place === undefined ? '' : ` (${place})`}${row === undefined ? '' : ` at row ${row}`} [${kind}]`;
}
