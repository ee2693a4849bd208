export type RunOptions = {
  readonly directory?: string;
  /** Added to a small allow-list of this process's own variables. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Milliseconds without any output after which it counts as hung. */
  readonly inactivity?: number;
  /** Milliseconds in all. */
  readonly timeout?: number;
  readonly input?: string;
  /** Of its standard output; `latin1` gives each byte as one character. UTF-8 by default. */
  readonly encoding?: 'utf8' | 'latin1';
  /** Ends when this process does, even where that is killed: for commands that change things. */
  readonly endsWithUs?: boolean;
  /** Called for every line as it comes. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
};

export type RunResult = { readonly exitCode: number; /** First 64 MiB. */ readonly stdout: string; /** Last 64 KiB. */ readonly stderr: string };

/** Runs commands, never through a shell. On abort or time-out the whole process group gets SIGTERM, then SIGKILL. */
export interface ProcessRunner {
  /** Resolves with any exit code. Rejects when it could not start (`command-failed`, cause ENOENT), hung, or was cancelled. */
  run(file: string, args: readonly string[], options: RunOptions, signal: AbortSignal): Promise<RunResult>;
}
