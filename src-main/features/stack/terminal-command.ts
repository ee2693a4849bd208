import type { TerminalCommand } from '#ports/terminal-host.ts';
import type { EnvironmentVariables } from '#contract/stack.ts';
import { execCommand } from './exec-command.ts';
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

/** What a terminal runs: the best shell in a service's container, or this user's shell with the environment's variables. */
export async function terminalCommand(input: TerminalRequest, ports: TerminalPorts, signal: AbortSignal): Promise<TerminalCommand & { readonly title: string }> {
  const size = { columns: input.columns, rows: input.rows };
  if (input.service !== undefined) {
    const command = await execCommand({ ...input, service: input.service, terminal: true, input: true }, ports, signal);
    return { ...command, ...size, directory: input.directory, title: input.service };
  }
  const { set, variables } = await ports.variables(input, signal);
  const environment = Object.fromEntries(variables.map(({ name, value }) => [name, value]));
  return { file: ports.hostShell, arguments: [], environment, ...size, directory: input.directory, title: `host · ${set}` };
}
