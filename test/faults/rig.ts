import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { docker } from '../support/backlot.ts';

/** The command line as it is shipped; another build of it where one is being tried out. */
export const CLI = process.env['BACKLOT_TEST_CLI'] ?? resolve(import.meta.dirname, '../../out/cli/backlot.js');

export type CliEvent = { readonly type: string; readonly service?: string; readonly state?: string; readonly why?: string; readonly text?: string; readonly ok?: boolean; readonly error?: { readonly code: string; readonly message: string; readonly fix?: string; readonly cause?: string; readonly where?: { readonly file: string; readonly line?: number }; readonly also?: readonly { readonly message: string }[] }; readonly [key: string]: unknown };

type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly stdout: string; readonly stderr: string; readonly seconds: number };

type Options = { readonly environment?: Readonly<Record<string, string | undefined>>; readonly directory?: string; readonly user?: number };

/** One run of the command line. */
class Run {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly events: CliEvent[] = [];
  private readonly waiters = new Set<() => void>();
  private over = false;

  constructor(args: readonly string[], directory: string, environment: NodeJS.ProcessEnv, user?: number) {
    const began = performance.now();
    this.child = spawn(process.execPath, [CLI, ...args], { cwd: directory, env: environment, stdio: ['ignore', 'pipe', 'pipe'], ...(user !== undefined && { uid: user }) });
    const texts = { stdout: '', stderr: '' };
    let rest = '';
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      texts.stdout += text;
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.startsWith('{"')) this.take(line);
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
    this.ended = new Promise((settle, reject) => {
      this.child.once('error', reject);
      this.child.once('close', (code, signal) => {
        this.over = true;
        this.wake();
        settle({ code, signal, ...texts, seconds: (performance.now() - began) / 1000 });
      });
    });
  }

  /** Resolves with the first event of this kind, or with nothing when the run ends without one. */
  async event(wanted: (event: CliEvent) => boolean): Promise<CliEvent | undefined> {
    for (;;) {
      const found = this.events.find(wanted);
      if (found || this.over) return found;
      await new Promise<void>((wake) => this.waiters.add(wake));
    }
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  private take(line: string): void {
    try {
      this.events.push(JSON.parse(line) as CliEvent);
    } catch {
      return;
    }
    this.wake();
  }

  private wake(): void {
    for (const wake of [...this.waiters]) wake();
    this.waiters.clear();
  }
}

export type Bench = {
  readonly name: string;
  readonly directory: string;
  readonly home: string;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  start(args: readonly string[], options?: Options): Run;
  /** Runs to its end. */
  run(args: readonly string[], options?: Options): Promise<Ended & { readonly events: readonly CliEvent[]; readonly result: CliEvent | undefined }>;
};

/** Publishes nothing: tests beside each other would take ports from each other. */
export const BACKLOT_FILE = 'version: 1\nname: NAME\ncompose: [compose.yaml]\nsets: { minimal: { services: all, addresses: own } }\n';
/** Publishes ports, as people have it. */
export const LOCALHOST_FILE = BACKLOT_FILE.replace(', addresses: own', '');

/** A project and a Backlot home of their own, driven through the command line; all that the engine holds of it goes when the test is over. */
export async function withBench<Result>(files: Readonly<Record<string, string>>, body: (bench: Bench) => Promise<Result>, folder = ''): Promise<Result> {
  const name = `bf-${randomBytes(4).toString('hex')}`;
  const root = await realpath(await mkdtemp(join(tmpdir(), `${name}-`)));
  const directory = folder === '' ? root : join(root, folder);
  const home = await mkdtemp(join(tmpdir(), `${name}-home-`));
  const running: Run[] = [];
  const write = async (more: Readonly<Record<string, string>>) => {
    for (const [file, text] of Object.entries(more)) {
      await mkdir(dirname(join(directory, file)), { recursive: true });
      await writeFile(join(directory, file), text.replaceAll('NAME', name));
    }
  };
  const start = (args: readonly string[], options: Options = {}) => {
    const run = new Run(args, options.directory ?? directory, { ...process.env, CI: 'true', BACKLOT_HOME: home, BACKLOT_DNS_PORT: 'off', ...options.environment }, options.user);
    running.push(run);
    return run;
  };
  try {
    await mkdir(directory, { recursive: true });
    await write({ 'backlot.yaml': BACKLOT_FILE, ...files });
    return await body({
      name,
      directory,
      home,
      write,
      start,
      run: async (args, options) => {
        const run = start(args, options);
        const ended = await run.ended;
        return { ...ended, events: run.events, result: run.events.findLast((event) => event.type === 'result') };
      },
    });
  } finally {
    for (const run of running) run.kill('SIGKILL');
    await Promise.all(running.map((run) => run.ended));
    await removeAll(name);
    await rm(root, { recursive: true, force: true });
    await rm(home, { recursive: true, force: true });
  }
}

const lines = async (...args: string[]) => (await docker(...args)).split('\n').filter((line) => line !== '');

/** What the engine holds under a Compose project's name. */
export async function held(project: string): Promise<{ containers: string[]; networks: string[]; volumes: string[] }> {
  const filter = `label=com.docker.compose.project=${project}`;
  const [containers, networks, volumes] = await Promise.all([
    lines('ps', '-a', '--no-trunc', '--filter', filter, '--format', '{{.Names}} {{.ID}}'),
    lines('network', 'ls', '--no-trunc', '--filter', filter, '--format', '{{.Name}} {{.ID}}'),
    lines('volume', 'ls', '--filter', filter, '--format', '{{.Name}}'),
  ]);
  return { containers: containers.sort(), networks: networks.sort(), volumes: volumes.sort() };
}

async function removeAll(project: string): Promise<void> {
  const { containers, networks, volumes } = await held(project);
  const ids = (list: readonly string[]) => list.map((line) => line.split(' ')[1] ?? '');
  if (containers.length > 0) await docker('rm', '-fv', ...ids(containers));
  if (networks.length > 0) await docker('network', 'rm', ...ids(networks));
  if (volumes.length > 0) await docker('volume', 'rm', '-f', ...volumes);
  // What runs made has Compose projects of its own.
  const ofRuns = ['--filter', 'label=dev.backlot.run', '--filter', `label=dev.backlot.project=${project}`];
  for (const [list, remove] of [[['ps', '-aq'], ['rm', '-fv']], [['network', 'ls', '-q'], ['network', 'rm']], [['volume', 'ls', '-q'], ['volume', 'rm', '-f']]] as const) {
    const left = await lines(...list, ...ofRuns);
    if (left.length > 0) await docker(...remove, ...left);
  }
}

/** The error of a run, whichever way it was printed. */
export function errorOf({ result, stdout }: { readonly result: CliEvent | undefined; readonly stdout: string }): CliEvent['error'] {
  return result ? result.error : (JSON.parse(stdout) as { readonly error?: CliEvent['error'] }).error;
}

/** A Compose file of these services. */
export function compose(services: Readonly<Record<string, string>>, tail = ''): { 'compose.yaml': string } {
  const text = Object.entries(services).map(([name, body]) => `  ${name}:\n${body}`);
  return { 'compose.yaml': `name: NAME\nservices:\n${text.join('')}${tail}` };
}

/** A service that runs a line of bash and ends at once when asked to. */
export function bash(command: string, extra = ''): string {
  return `    image: debian:bookworm-slim\n    stop_grace_period: 0s\n    command: ["bash", "-c", ${JSON.stringify(command)}]\n${extra}`;
}

/** A small generator of numbers between 0 and 1: the same seed, the same numbers. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
