/** What the main process tells the core. */
export type ToCore =
  /** A page's end of a line comes along as a port. */
  | { readonly t: 'line' }
  | { readonly t: 'count' }
  | { readonly t: 'close' };

/** What the core tells the main process. */
export type FromCore = { readonly t: 'count'; readonly running: number };

/** The channels between the main process and the preload. */
export const CHANNEL = { connect: 'backlot:connect', line: 'backlot:line' } as const;

/** What comes with `CHANNEL.line`: the project to open, or why there is no port. */
export type Line = { readonly directory?: string; readonly failure?: string };
