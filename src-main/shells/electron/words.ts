/** What the main process tells the core. */
export type ToCore =
  /** A page's end of a line comes along as a port. */
  | { readonly t: 'line' }
  | { readonly t: 'count' }
  | { readonly t: 'close' };

/** What the core tells the main process. */
export type FromCore = { readonly t: 'count'; readonly running: number };

/** The channel on which a page asks for a line. It says on which channel it waits for the answer. */
export const CONNECT = 'backlot:connect';

/** Whether a page may be answered on `channel`. */
export function isAnswerChannel(channel: unknown): channel is string {
  return typeof channel === 'string' && /^backlot:line:[\d.e-]{1,40}$/.test(channel);
}

/** The answer, which a port comes along with: the project to open, or why there is no port. */
export type Line = { readonly directory?: string; readonly failure?: string };
