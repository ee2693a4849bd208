import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { BacklotError } from '#contract/errors.ts';
import type { ProcessRunner, RunOptions, RunResult } from '#ports/process-runner.ts';
import { FirstBytes, LastBytes } from './captured-output.ts';
import { childEnvironment } from './child-environment.ts';
import { openLifeline } from './lifeline.ts';
import { LineSplitter } from './line-splitter.ts';
import { terminateGroup } from './terminate-group.ts';

const STDOUT_LIMIT = 64 * 1024 * 1024;
const STDERR_LIMIT = 64 * 1024;
/** Milliseconds after a command's end in which its pipes may still be held open by something that it left behind. */
const PIPE_GRACE = 2_000;

/** Runs commands with a small allow-list of the given variables. */
export function createProcessRunner(environment: Readonly<Record<string, string | undefined>>): ProcessRunner {
  return {
    async run(file, args, options, signal) {
      if (signal.aborted) throw cancelled();
      const lifeline = options.endsWithUs ? openLifeline() : undefined;
      try {
        const child = start(file, args, options, childEnvironment(environment, options.environment));
        lifeline?.hold(child);
        return await new Run(file, child, options).result(signal);
      } finally {
        lifeline?.letGo();
      }
    },
  };
}

function start(file: string, args: readonly string[], options: RunOptions, environment: Record<string, string>): ChildProcess {
  try {
    return spawn(file, args, {
      cwd: options.directory,
      env: environment,
      // A group of its own, so that what it starts ends with it. Windows has no groups: there it would get a window instead.
      detached: process.platform !== 'win32',
      windowsHide: true,
      shell: false,
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
  } catch (error) {
    throw notStarted(file, options.directory, error as NodeJS.ErrnoException);
  }
}

class Run {
  private readonly file: string;
  private readonly child: ChildProcess;
  private readonly options: RunOptions;
  private readonly stdout = new FirstBytes(STDOUT_LIMIT);
  private readonly stderr = new LastBytes(STDERR_LIMIT);
  /** Why it was ended before its own end. */
  private ended: BacklotError | undefined;
  private stopTermination = () => {};

  constructor(file: string, child: ChildProcess, options: RunOptions) {
    this.file = file;
    this.child = child;
    this.options = options;
  }

  async result(signal: AbortSignal): Promise<RunResult> {
    const onAbort = () => this.end(cancelled());
    signal.addEventListener('abort', onAbort, { once: true });
    const timer = this.options.timeout === undefined ? undefined : setTimeout(() => this.end(this.overdue()), this.options.timeout);
    const silence = this.options.inactivity === undefined ? undefined : setTimeout(() => this.end(this.hung()), this.options.inactivity);
    try {
      const splitters = [this.read('stdout', this.stdout, silence), this.read('stderr', this.stderr, silence)];
      this.writeInput();
      const exitCode = await this.closed();
      for (const splitter of splitters) splitter?.end();
      if (this.ended) throw this.ended;
      return { exitCode, stdout: this.stdout.text(this.options.encoding ?? 'utf8'), stderr: this.stderr.text() };
    } finally {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(timer);
      clearTimeout(silence);
      this.stopTermination();
    }
  }

  private read(stream: 'stdout' | 'stderr', kept: FirstBytes | LastBytes, silence: NodeJS.Timeout | undefined): LineSplitter | undefined {
    const { onLine } = this.options;
    const splitter = onLine && new LineSplitter((line) => onLine(line, stream));
    this.child[stream]?.on('data', (chunk: Buffer) => {
      silence?.refresh();
      kept.push(chunk);
      splitter?.push(chunk);
    });
    return splitter;
  }

  private writeInput(): void {
    const { stdin } = this.child;
    if (!stdin) return;
    // A command may end without reading all of its input; its exit code tells what that means.
    stdin.on('error', () => {});
    stdin.end(this.options.input);
  }

  /** 'close' rather than 'exit': only then has all output come. */
  private closed(): Promise<number> {
    let lingering: NodeJS.Timeout | undefined;
    return new Promise<number>((resolve, reject) => {
      this.child.once('error', (error) => {
        if (this.child.pid === undefined) reject(notStarted(this.file, this.options.directory, error));
      });
      this.child.once('exit', () => {
        lingering = setTimeout(() => closePipes(this.child), PIPE_GRACE);
      });
      this.child.once('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    }).finally(() => clearTimeout(lingering));
  }

  private end(error: BacklotError): void {
    if (this.ended) return;
    this.ended = error;
    this.stopTermination = terminateGroup(this.child);
  }

  private overdue(): BacklotError {
    return new BacklotError('command-failed', `${this.file} did not end within ${seconds(this.options.timeout)}`);
  }

  private hung(): BacklotError {
    return new BacklotError('command-failed', `${this.file} hangs: it printed nothing for ${seconds(this.options.inactivity)}`);
  }
}

function notStarted(file: string, directory: string | undefined, cause: NodeJS.ErrnoException): BacklotError {
  if (directory !== undefined && !existsSync(directory)) {
    return new BacklotError('command-failed', `${file} could not start: the folder ${directory} does not exist`, { cause });
  }
  if (cause.code === 'ENOENT') {
    return new BacklotError('command-failed', `The program ${file} was not found`, { cause, fix: `Install ${file}, or add its folder to PATH.` });
  }
  const fix = cause.code === 'EACCES' ? `Make it executable: chmod +x ${file}` : undefined;
  return new BacklotError('command-failed', `The program ${file} could not be started`, { cause, fix });
}

function closePipes(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
}

function cancelled(): BacklotError {
  return new BacklotError('cancelled', 'cancelled');
}

function seconds(milliseconds = 0): string {
  return `${Math.round(milliseconds / 100) / 10} s`;
}
