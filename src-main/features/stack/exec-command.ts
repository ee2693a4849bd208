import { BacklotError } from '#contract/errors.ts';
import { LABELS, type ContainerSummary } from '#ports/container-engine.ts';
import { assertServices, environmentLabels } from './environment.ts';
import { setOf } from './outline.ts';
import { servicesOf } from './services-of.ts';
import type { StatusPorts } from './status.ts';
import { findSwaps, isOfService, swapped } from './swaps.ts';

export type ExecInput = {
  readonly directory: string;
  readonly set?: string | undefined;
  readonly service: string;
  readonly command?: readonly string[] | undefined;
  readonly terminal: boolean;
  readonly input: boolean;
};

export type ExecCommand = { readonly file: string; readonly arguments: string[]; readonly environment: Record<string, string> };

/** A script that becomes the best shell that an image has. */
export const BEST_SHELL = 'if command -v bash >/dev/null 2>&1; then exec bash; else exec sh; fi';

/** The docker command line that runs a command, or the best shell, in a service's running container. */
export async function execCommand(input: ExecInput, ports: StatusPorts, signal: AbortSignal): Promise<ExecCommand> {
  const container = await runningContainer(input, ports, signal);
  return dockerExec(container.id, input, ports.engine);
}

/** The docker command line that runs a command, or the best shell, in this container. */
export function dockerExec(container: string, input: Pick<ExecInput, 'command' | 'terminal' | 'input'>, engine: StatusPorts['engine']): ExecCommand {
  const { arguments: engineArguments, environment } = engine.commandLine();
  const flags = [...(input.input || input.terminal ? ['--interactive'] : []), ...(input.terminal ? ['--tty', '--detach-keys', 'ctrl-@,ctrl-@'] : [])];
  return {
    file: 'docker',
    arguments: [...engineArguments, 'exec', ...flags, container, ...(input.command ?? ['/bin/sh', '-c', BEST_SHELL])],
    environment: { ...environment },
  };
}

/** The container that a service runs in. */
export async function runningContainer(input: Pick<ExecInput, 'directory' | 'set' | 'service'>, ports: StatusPorts, signal: AbortSignal): Promise<ContainerSummary> {
  const [outline] = await Promise.all([ports.loadOutline(input.directory, signal), ports.engine.connect(signal)]);
  const everyContainer = await ports.engine.listContainers(environmentLabels(outline.directory), signal);
  const setsUp = new Set(everyContainer.map((container) => container.labels[LABELS.set] ?? ''));
  const set = setOf(outline, input.set, [...setsUp]);
  const containers = everyContainer.filter((container) => container.labels[LABELS.set] === set);
  if (containers.length === 0) throw new BacklotError('not-running', `The set ${set} is not up`, { fix: `Bring it up first: backlot up ${set}${[...setsUp].filter(Boolean).map((other) => `, or name the one that is up: --set ${other}`).join('')}` });
  assertServices([input.service], await servicesOf(outline.directory, set, containers, ports), `the set ${set}`);
  const own = containers.filter((container) => container.labels[LABELS.service] === input.service && isOfService(container));
  const running = own.find((container) => container.state === 'running');
  if (running) return running;
  const swap = findSwaps(containers).swaps.get(input.service);
  if (swap) throw swapped(swap, set);
  throw new BacklotError('not-running', `${input.service} does not run: ${own[0]?.status ?? 'it has no container'}`, { fix: `Start it: backlot up ${set} ${input.service}` });
}
