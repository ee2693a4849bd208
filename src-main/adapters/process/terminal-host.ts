import { createRequire } from 'node:module';
import { userInfo } from 'node:os';
import type * as NodePty from 'node-pty';
import { BacklotError } from '#contract/errors.ts';
import type { TerminalCommand, TerminalHost } from '#ports/terminal-host.ts';
import { Pty } from './pty.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** Of the terminal that Backlot itself runs in, or of its runtime: not for what runs in a terminal of ours. */
const NOT_INHERITED = new Set([
  'TMUX', 'TMUX_PANE', 'STY', 'WINDOW', 'WINDOWID', 'TERMCAP', 'COLUMNS', 'LINES', 'TERM_PROGRAM', 'TERM_PROGRAM_VERSION', 'VTE_VERSION',
  'NO_COLOR', 'FORCE_COLOR', 'ELECTRON_RUN_AS_NODE', 'ELECTRON_NO_ASAR', 'NODE_CHANNEL_FD',
]);

/** Terminals on this machine. A program there sees this user's own variables, with the command's over them. */
export function createTerminalHost(environment: Variables): TerminalHost {
  return {
    shell: shellOf(environment),
    open(command) {
      return new Pty(spawn(command, variablesFor(environment, command)));
    },
  };
}

function spawn(command: TerminalCommand, variables: Record<string, string>): NodePty.IPty {
  try {
    // Loaded when the first terminal is opened: most of what Backlot does needs none.
    const pty = createRequire(import.meta.url)('node-pty') as typeof NodePty;
    return pty.spawn(command.file, [...command.arguments], {
      name: 'xterm-256color',
      cols: command.columns,
      rows: command.rows,
      cwd: command.directory,
      env: variables,
    });
  } catch (cause) {
    throw new BacklotError('command-failed', `A terminal for ${command.file} could not be opened`, {
      cause,
      fix: 'Check that Backlot’s packages are complete (npm ci), and that the system has free terminals and processes.',
    });
  }
}

function variablesFor(environment: Variables, command: TerminalCommand): Record<string, string> {
  const inherited = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined && !NOT_INHERITED.has(entry[0]));
  return { ...Object.fromEntries(inherited), COLORTERM: 'truecolor', ...command.environment };
}

function shellOf(environment: Variables): string {
  if (process.platform === 'win32') return environment['COMSPEC'] ?? 'cmd.exe';
  return environment['SHELL'] || loginShell() || '/bin/sh';
}

/** A user that the system does not know has none. */
function loginShell(): string | null {
  try {
    return userInfo().shell;
  } catch {
    return null;
  }
}
