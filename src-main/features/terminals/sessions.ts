import { randomBytes } from 'node:crypto';
import { BacklotError } from '#contract/errors.ts';
import type { terminals as contract, TerminalView } from '#contract/terminals.ts';
import type { Implementation } from '#core/dispatcher.ts';
import type { TerminalCommand, TerminalHost } from '#ports/terminal-host.ts';
import { Screen } from './screen.ts';
import { Session } from './session.ts';

/** Terminals at a time, ended ones that nobody closed included. */
const MOST_TERMINALS = 50;
const LONGEST_TITLE = 128;

type TerminalInput = {
  readonly directory: string;
  readonly set?: string | undefined;
  readonly service?: string | undefined;
  readonly run?: string | undefined;
  readonly stage?: string | undefined;
  readonly columns: number;
  readonly rows: number;
};

export type DescribedCommand = TerminalCommand & {
  readonly title: string;
  /** Ends what goes on elsewhere when the command is ended before its time, such as the program in the container. */
  readonly cleanUp?: () => Promise<void>;
};

export type TerminalsOptions = {
  readonly host: TerminalHost;
  /** What a terminal runs that somebody asks for. */
  readonly commandFor: (input: TerminalInput, signal: AbortSignal) => Promise<DescribedCommand>;
  readonly now?: () => Date;
};

export type Terminals = {
  readonly methods: Implementation<{ terminals: typeof contract }>['terminals'];
  /** Ends every terminal; none opens after it. */
  close(): Promise<void>;
};

/** The terminals of this process: they go on when their windows are gone, until they are closed. */
export function createTerminals(options: TerminalsOptions): Terminals {
  const sessions = new OpenSessions(options);
  return {
    methods: {
      open: (input, signal) => sessions.open(input, signal),
      list: async () => ({ terminals: sessions.views() }),
      write: async ({ id, text }) => (sessions.find(id).write(text), {}),
      resize: async ({ id, columns, rows }) => (sessions.find(id).resize(columns, rows), {}),
      close: async ({ id }) => (await sessions.close(id), {}),
      output: ({ id }, signal) => sessions.find(id).output(signal),
    },
    close: () => sessions.closeAll(),
  };
}

class OpenSessions {
  private readonly options: TerminalsOptions;
  private readonly sessions = new Map<string, Session>();
  private opening = 0;
  private closed = false;

  constructor(options: TerminalsOptions) {
    this.options = options;
  }

  async open(input: TerminalInput, signal: AbortSignal): Promise<TerminalView> {
    this.makeRoom();
    this.opening++;
    try {
      const { title, cleanUp, ...command } = await this.options.commandFor(input, signal);
      const screen = await Screen.create(command.columns, command.rows);
      if (signal.aborted || this.closed) throw new BacklotError('cancelled', 'cancelled');
      const view = this.describe(input, title);
      const session = new Session({ view, terminal: this.options.host.open(command), screen, cleanUp });
      this.sessions.set(view.id, session);
      return view;
    } finally {
      this.opening--;
    }
  }

  views(): TerminalView[] {
    return [...this.sessions.values()].map((session) => session.view);
  }

  find(id: string): Session {
    const session = this.sessions.get(id);
    if (session) return session;
    throw new BacklotError('terminal-missing', 'This terminal is gone', { fix: 'Open a new one.' });
  }

  async close(id: string): Promise<void> {
    const session = this.find(id);
    this.sessions.delete(id);
    await session.close();
  }

  async closeAll(): Promise<void> {
    this.closed = true;
    const sessions = [...this.sessions.values()];
    this.sessions.clear();
    // One that cannot clean up must not keep the others from it.
    await Promise.allSettled(sessions.map((session) => session.close()));
  }

  /** Forgets the ended terminal that was opened first, where there are too many. */
  private makeRoom(): void {
    if (this.sessions.size + this.opening < MOST_TERMINALS) return;
    const ended = [...this.sessions].find(([, session]) => session.view.state === 'ended');
    if (ended) return void this.sessions.delete(ended[0]);
    throw new BacklotError('command-failed', `${MOST_TERMINALS} terminals are open, and no more can be`, { fix: 'Close one that you do not need.' });
  }

  private describe({ directory, set, service, run, stage, columns, rows }: TerminalInput, title: string): TerminalView {
    return {
      id: `terminal-${randomBytes(8).toString('hex')}`,
      title: title.slice(0, LONGEST_TITLE),
      directory,
      ...(set !== undefined && { set }),
      ...(service !== undefined && { service }),
      ...(run !== undefined && { run }),
      ...(stage !== undefined && { stage }),
      state: 'open',
      columns,
      rows,
      opened: (this.options.now?.() ?? new Date()).toISOString(),
    };
  }
}
