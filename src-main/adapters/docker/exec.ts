import { readFileSync } from 'node:fs';
import type { ExecResult } from '#ports/container-engine.ts';
import { callEngine, changing, fail, reading, streamFromEngine } from './calls.ts';
import type { Connection } from './connection.ts';
import { cancelled, pause } from './deadline.ts';
import { FrameSplitter } from './log-frames.ts';
import { BacklotError } from '#contract/errors.ts';
import { EngineRefusal } from './modem.ts';

export type ExecOptions = { readonly timeout: number; readonly user?: string; readonly most?: number };

const RUN = 'run a command in the container';
const KEPT_OUTPUT = 4096;
/** When to begin to doubt that the output's end tells of the command's end: a child left behind can hold it open. */
const FIRST_DOUBT = 500;
const GRACE = 500;
/** What shells say of a command that cannot be started. */
const NOT_STARTED = 126;
const TIMED_OUT = 124;

export type Place = { readonly connection: Connection; readonly container: string };
type Running = { readonly connection: Connection; readonly id: string; readonly output: OutputHead };

/** Runs a command in a container and waits for its end, or for the time-out. The engine cannot end a command; where it runs on this machine, we do. */
export async function execInContainer(place: Place, command: readonly string[], options: ExecOptions, signal: AbortSignal): Promise<ExecResult> {
  const id = await create(place, command, options.user, signal);
  const running = { connection: place.connection, id, output: new OutputHead(options.most ?? KEPT_OUTPUT) };
  const scope = new AbortController();
  const end = () => scope.abort();
  signal.addEventListener('abort', end, { once: true });
  const timer = setTimeout(end, options.timeout);
  try {
    await Promise.race([drain(running, scope.signal), doubt(running, scope.signal)]);
    if (!scope.signal.aborted) return { exitCode: await exitCode(running, scope.signal), output: running.output.text() };
    throw cancelled();
  } catch (error) {
    const refused = notStarted(error);
    if (refused) return refused;
    if (!scope.signal.aborted) throw fail(place.connection, error, RUN);
    kill(running).catch(() => {});
    if (signal.aborted) throw cancelled();
    return { exitCode: TIMED_OUT, output: running.output.text(), timedOut: true };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', end);
    end();
  }
}

async function create({ connection, container }: Place, command: readonly string[], user: string | undefined, signal: AbortSignal): Promise<string> {
  const { Container } = await import('./dockerode-parts.ts');
  const exec = await callEngine(connection, changing(RUN), signal, (modem, until) =>
    new Container(modem, encodeURIComponent(container)).exec({ Cmd: command, AttachStdout: true, AttachStderr: true, Tty: false, ...(user !== undefined && { User: user }), abortSignal: until }),
  );
  return exec.id;
}

/** Starts the command and reads its output to the end. */
async function drain({ connection, id, output }: Running, signal: AbortSignal): Promise<void> {
  const splitter = new FrameSplitter();
  const start = { method: 'POST', path: `/exec/${id}/start`, body: { Detach: false, Tty: false } };
  for await (const piece of streamFromEngine(connection, changing(RUN), signal, start)) {
    for (const frame of splitter.push(piece)) output.add(frame.payload);
  }
}

/** Ends soon after the command has, however long its output stays open. */
async function doubt(running: Running, signal: AbortSignal): Promise<void> {
  for (let wait = FIRST_DOUBT; !signal.aborted; wait = Math.min(wait * 1.5, 2000)) {
    await pause(wait, signal);
    if (signal.aborted || (await inspect(running, signal)).Running) continue;
    await pause(GRACE, signal);
    return;
  }
}

/** The exit code, which the engine notes a moment after the output has ended. */
async function exitCode(running: Running, signal: AbortSignal): Promise<number> {
  for (let wait = 2; ; wait = Math.min(wait * 2, 250)) {
    const exec = await inspect(running, signal);
    if (!exec.Running && typeof exec.ExitCode === 'number') return exec.ExitCode;
    await pause(wait, signal);
  }
}

type ApiExec = { readonly Running?: boolean; readonly ExitCode?: number | null; readonly Pid?: number; readonly ContainerID?: string };

async function inspect({ connection, id }: Running, signal: AbortSignal): Promise<ApiExec> {
  const reply = await callEngine(connection, reading('ask how the command ended'), signal, (modem, until) => modem.call({ method: 'GET', path: `/exec/${id}/json` }, until));
  return (reply ?? {}) as ApiExec;
}

/** Ends the command where its process is one of this machine, and really in that container. */
async function kill(running: Running): Promise<void> {
  if (process.platform !== 'linux' || running.connection.endpoint.address.kind !== 'unix') return;
  const exec = await inspect(running, new AbortController().signal);
  if (!exec.Running || !exec.Pid || !exec.ContainerID) return;
  if (readFileSync(`/proc/${exec.Pid}/cgroup`, 'latin1').includes(exec.ContainerID)) process.kill(exec.Pid, 'SIGKILL');
}

/** A command that is not there or may not be run is a result, as it is in a shell. */
function notStarted(error: unknown): ExecResult | undefined {
  if (!(error instanceof BacklotError) || !(error.cause instanceof EngineRefusal)) return undefined;
  const said = error.cause.message;
  return /OCI runtime exec failed|exec failed|unable to start container process/i.test(said) ? { exitCode: /not found|no such file/i.test(said) ? NOT_STARTED + 1 : NOT_STARTED, output: said } : undefined;
}

/** The first bytes of an output. */
class OutputHead {
  private readonly parts: Buffer[] = [];
  private length = 0;
  private readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  add(part: Buffer): void {
    if (this.length >= this.most) return;
    this.parts.push(part.subarray(0, this.most - this.length));
    this.length += part.length;
  }

  text(): string {
    return Buffer.concat(this.parts).toString('utf8');
  }
}
