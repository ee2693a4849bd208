import { unreached } from '#adapters/network/unreached.ts';
import { BacklotError, type FailureCode } from '#contract/errors.ts';

/** What a server's refusal is about; its fields may be absent where the connection itself failed. */
type ServerError = Error & { readonly code?: string; readonly table?: string; readonly column?: string; readonly constraint?: string; readonly detail?: string; readonly where?: string };

const UNREACHABLE = ['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN', 'ENOENT'];
/** What is said of a connection that was there: by the system, by a server that is shut down, or by the client's own words. */
const LOST = ['ECONNRESET', 'EPIPE', '57P01', '57P02'];
const LOST_WORDS = /^Connection terminated/;

/** What the client says of a server that takes the connection and never answers, and of an answer that is not PostgreSQL's. */
const SILENT = /^timeout expired/;
const OTHER_PROTOCOL = /^There was an error establishing an SSL connection|^received invalid response/i;

const ROW_SECURITY = /row-level security policy for table/;

/** A column, a table or a function that is not there. */
const UNDEFINED = ['42703', '42P01', '42883'];

const NO_EXTENSION = /^extension ".+" is not available|^could not open extension control file/;

/** An error for a person. Values of rows never get into it: servers quote them in their messages and details. */
export function databaseFailure(thrown: unknown, doing: string, code: Extract<FailureCode, 'database-failed' | 'source-failed'>, signal?: AbortSignal): BacklotError {
  if (signal?.aborted) return new BacklotError('cancelled', 'cancelled');
  if (thrown instanceof BacklotError) return thrown;
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as ServerError;
  const sqlState = error.code ?? '';
  if (UNREACHABLE.includes(sqlState)) return new BacklotError(code, `Could not ${doing}: the database is not reached (${unreached(error)})`, { fix: 'Is its address right, and does the server run?' });
  if (LOST.includes(sqlState) || LOST_WORDS.test(error.message)) return new BacklotError(code, `Could not ${doing}: the server closed the connection`, { fix: 'Does the server still run? Look at its log.' });
  if (SILENT.test(error.message)) return new BacklotError(code, `Could not ${doing}: the server takes the connection, but does not answer`, { fix: 'Is it hung or paused? Look at its log.' });
  if (OTHER_PROTOCOL.test(error.message)) return new BacklotError(code, `Could not ${doing}: what answers there does not speak as PostgreSQL does`, { fix: 'Look at the host and the port of the source: another kind of server may have them.' });
  if (sqlState.startsWith('28')) return new BacklotError(code, `Could not ${doing}: the server refuses the user or password`, { fix: 'Look at the user and password of the source.' });
  if (sqlState === '3D000') return new BacklotError(code, `Could not ${doing}: there is no database of that name`, { fix: 'Look at databases: of the fixture.' });
  if (ROW_SECURITY.test(error.message)) return new BacklotError(code, `Could not ${doing}: ${error.message}`, { fix: 'The rows of that table are not for everybody: read it as its owner or a superuser, or ALTER ROLE … BYPASSRLS.' });
  if (sqlState === '42501') return new BacklotError(code, `Could not ${doing}: ${error.message}`, { fix: 'Give the user the right to read it (in PostgreSQL: GRANT pg_read_all_data TO …).' });
  if (sqlState === '53100') return new BacklotError('disk-full', `Could not ${doing}: the disk of the engine is full`, { fix: 'Make room where the engine keeps its volumes: docker system df' });
  const fix = fixOf(error.message, sqlState, code);
  return new BacklotError(code, `Could not ${doing}: ${withoutValues(error, sqlState)}`, { ...(fix !== undefined && { fix }) });
}

function fixOf(message: string, sqlState: string, code: FailureCode): string | undefined {
  if (NO_EXTENSION.test(message)) return 'Give the service an image that has it (image: in the Compose file).';
  if (code === 'database-failed') return UNDEFINED.includes(sqlState) ? 'An expression finds it only by the search_path of the database: write the schema before its name in the source, or leave the object out in the rules: structure: {"view public.x": drop}' : RULES_AT_FAULT[sqlState];
  return UNDEFINED.includes(sqlState) ? 'Where the source changed while it was read, capture again. Otherwise look at rules with sql, and at where: of the subset.' : undefined;
}

/** What rules whose values nobody can foresee (sql, template, pick) make of rows that the source could hold. */
const RULES_AT_FAULT: Readonly<Record<string, string>> = {
  '22001': 'A rule of the table makes values that are longer than its column takes: look at those with sql, template or pick.',
  '23502': 'A rule of the table leaves nothing in a column that needs a value: look at those with sql.',
  '23503': 'A rule makes values that refer to no row: give both columns the same rule.',
  '23505': 'A rule makes the same value twice where each has to be another one: look at those with sql, template or pick.',
  '23514': 'A rule makes values that a check of the table refuses: look at those with sql, template or pick.',
};

/** Kinds of refusals that name objects, settings and resources, or quote the very statement, which is of rules and structures: no row is in them. */
const ABOUT_OBJECTS = /^(?:0A|08|25|3D|3F|42|53|54|55|57|58)/;

/** Refusals of data quote what they refuse, and texts of functions (RAISE) may say anything: there the kind and the place are told. */
function withoutValues(error: ServerError, sqlState: string): string {
  if (!/^[0-9A-Z]{5}$/.test(sqlState) || ABOUT_OBJECTS.test(sqlState)) return error.message;
  const place = [error.table, error.column ?? columnOf(error), error.constraint].filter(Boolean).join(', ');
  const words = /^(?:22|23)/.test(sqlState) ? error.message.replace(/(?:: )?\(?["'].*$/s, '').trim() : 'the server refuses it';
  return `${words}${place === '' ? '' : ` (${place})`} [${sqlState}]`;
}

/** The names of columns that stand before a value in what the server says beside its message. */
function columnOf({ detail = '', where = '' }: ServerError): string | undefined {
  return /^COPY .+?, line \d+, column ([^:\n]+)/.exec(where)?.[1] ?? /^Key \((.+?)\)=\(/.exec(detail)?.[1];
}
