export type Environment = Readonly<Record<string, string | undefined>>;

/** What can be told of a stream; process.stdout and process.stderr fit. */
export type Stream = { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };

/** What one output stream can show. */
export type Terminal = {
  /** A person's terminal, where container text could do harm. */
  readonly terminal: boolean;
  readonly colour: boolean;
  /** Lines that were printed may be drawn again. */
  readonly live: boolean;
  readonly unicode: boolean;
  /** Columns; `Infinity` where lines are not cut. */
  readonly width: number;
  readonly height: number;
};

/** Below this a layout in columns makes no sense: lines are left to wrap. */
const LEAST_WIDTH = 30;

export function describeTerminal(stream: Stream, environment: Environment): Terminal {
  const terminal = stream.isTTY === true;
  const dumb = environment['TERM'] === 'dumb';
  return {
    terminal,
    colour: wantsColour(terminal && !dumb, environment),
    live: terminal && !dumb && !isCI(environment),
    unicode: showsUnicode(environment),
    width: readWidth(stream, environment),
    height: stream.rows ?? 24,
  };
}

export function isCI(environment: Environment): boolean {
  const value = environment['CI'];
  return value !== undefined && value !== '' && value !== 'false' && value !== '0';
}

/** Whether the build log that we print into obeys commands in the text (GitHub Actions, Azure Pipelines). */
export function obeysWorkflowCommands(environment: Environment): boolean {
  return Boolean(environment['GITHUB_ACTIONS'] ?? environment['TF_BUILD']) || isCI(environment);
}

function wantsColour(fits: boolean, environment: Environment): boolean {
  const forced = environment['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (environment['NO_COLOR']) return false;
  return fits;
}

function showsUnicode(environment: Environment): boolean {
  if (environment['TERM'] === 'linux') return false;
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'];
  return !locale || /utf-?8/i.test(locale);
}

function readWidth(stream: Stream, environment: Environment): number {
  const asked = Number(environment['COLUMNS']);
  const width = Number.isInteger(asked) && asked > 0 ? asked : stream.isTTY ? (stream.columns ?? 80) : Infinity;
  return width < LEAST_WIDTH ? Infinity : width;
}
