import { randomBytes } from 'node:crypto';
import type { EnvironmentVariables } from '#contract/stack.ts';
import type { ContainerEngine } from '#ports/container-engine.ts';
import type { TerminalCommand } from '#ports/terminal-host.ts';
import { BEST_SHELL, dockerExec, runningContainer } from './exec-command.ts';
import type { StatusPorts } from './status.ts';

export type TerminalRequest = {
  readonly directory: string;
  readonly set?: string | undefined;
  readonly service?: string | undefined;
  readonly columns: number;
  readonly rows: number;
};

type TerminalPorts = StatusPorts & {
  /** This user's own shell. */
  readonly hostShell: string;
  /** The variables that a process on the host reaches the environment by. */
  readonly variables: (input: { readonly directory: string; readonly set?: string | undefined }, signal: AbortSignal) => Promise<EnvironmentVariables>;
};

export type DescribedCommand = TerminalCommand & {
  readonly title: string;
  /** Ends what goes on in the container when the terminal is ended before its shell. */
  readonly cleanUp?: () => Promise<void>;
};

/** Milliseconds that ending a shell in a container may take. */
const CLEANUP_LIMIT = 5_000;

/** What a terminal runs: the best shell in a service's container, or this user's shell with the environment's variables. */
export async function terminalCommand(input: TerminalRequest, ports: TerminalPorts, signal: AbortSignal): Promise<DescribedCommand> {
  const size = { columns: input.columns, rows: input.rows };
  if (input.service !== undefined) {
    const container = await runningContainer({ ...input, service: input.service }, ports, signal);
    return shellIn(container.id, { ...size, directory: input.directory, title: input.service }, ports.engine);
  }
  const { set, variables } = await ports.variables(input, signal);
  const environment = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
  return { file: ports.hostShell, arguments: [], environment, ...size, directory: input.directory, title: `host · ${set}` };
}

/** The best shell of a container. The engine lets it live on when its `docker exec` is gone, so it and its children are marked to be found again. */
export function shellIn(container: string, look: Pick<DescribedCommand, 'columns' | 'rows' | 'directory' | 'title'>, engine: ContainerEngine): DescribedCommand {
  const mark = `BACKLOT_TERMINAL=${randomBytes(8).toString('hex')}`;
  const command = ['/bin/sh', '-c', `export ${mark}; ${BEST_SHELL}`];
  return { ...dockerExec(container, { command, terminal: true, input: true }, engine), ...look, cleanUp: () => endMarked(container, mark, engine) };
}

/** Hangs up every process in the container that carries the mark, as closing a terminal's window does. */
async function endMarked(container: string, mark: string, engine: ContainerEngine): Promise<void> {
  const signal = AbortSignal.timeout(CLEANUP_LIMIT);
  const details = await engine.inspectContainer(container, signal);
  if (details?.state !== 'running') return;
  const hangUp = `for process in /proc/[0-9]*; do grep -q '${mark}' "$process/environ" 2>/dev/null && kill -HUP "\${process#/proc/}"; done; true`;
  await engine.exec(container, ['/bin/sh', '-c', hangUp], { timeout: CLEANUP_LIMIT }, signal);
}
