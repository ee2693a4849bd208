export type TerminalCommand = {
  readonly file: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly columns: number;
  readonly rows: number;
};

/** A program on a pseudo-terminal. No output is lost between its start and its end. */
export interface OpenTerminal {
  write(text: string): void;
  resize(columns: number, rows: number): void;
  /** Stops reading what the program prints, so that it waits. */
  pause(): void;
  resume(): void;
  /** Ends it: SIGHUP, then SIGKILL. */
  end(): void;
  onOutput(listener: (text: string) => void): void;
  /** After the last output. */
  onEnd(listener: (exitCode: number) => void): void;
}

export interface TerminalHost {
  open(command: TerminalCommand): OpenTerminal;
  /** This user's own shell. */
  readonly shell: string;
}
