/** What the system says of a connection that could not be made. A name that stands for several addresses has an error for each. */
type ConnectionError = { readonly code?: string; readonly address?: string; readonly port?: number; readonly hostname?: string; readonly errors?: readonly ConnectionError[] };

/** Words for a connection that could not be made: its code, and where to it went, as far as the system tells. For instance `ECONNREFUSED at 127.0.0.1:5432`. */
export function unreached(error: Error): string {
  const { code = '', errors } = error as ConnectionError;
  const { address, port, hostname } = errors?.[0] ?? (error as ConnectionError);
  const host = hostname ?? (address?.includes(':') ? `[${address}]` : address);
  if (host === undefined) return code;
  return `${code} at ${host}${port === undefined ? '' : `:${port}`}`;
}
