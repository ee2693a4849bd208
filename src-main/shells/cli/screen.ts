import { linesForTerminal, withoutWorkflowCommands } from './container-text.ts';
import { chooseSymbols, createPaint, type Paint, type Symbols } from './paint.ts';
import { describeTerminal, obeysWorkflowCommands, type Environment, type Stream, type Terminal } from './terminal.ts';

/** One output stream as those who write text for it see it. */
export type Screen = Terminal & {
  readonly paint: Paint;
  readonly symbols: Symbols;
  /** Makes text that came from elsewhere fit to be printed here. */
  readonly clean: (text: string) => string;
};

export function createScreen(stream: Stream, environment: Environment): Screen {
  const terminal = describeTerminal(stream, environment);
  const guarded = obeysWorkflowCommands(environment);
  return {
    ...terminal,
    paint: createPaint(terminal.colour),
    symbols: chooseSymbols(terminal.unicode),
    clean: (text) => {
      const safe = terminal.terminal ? linesForTerminal(text, terminal.colour) : text;
      return guarded ? withoutWorkflowCommands(safe) : safe;
    },
  };
}
