import { BacklotError } from '#contract/errors.ts';
import type { Work } from '#core/work.ts';
import { environmentOf } from './environment.ts';
import type { StackPorts } from './up.ts';

export type SwapInput = {
  readonly directory: string;
  readonly set?: string | undefined;
  readonly service: string;
  readonly to: readonly string[];
  readonly back: boolean;
};

export type SwapResult = { readonly set: string; readonly service: string; readonly swappedTo: string[]; readonly seconds: number };

/** Lets a process on this machine take a service's place under its names and ports, or gives it back. */
export async function swap(input: SwapInput, ports: StackPorts, work: Work): Promise<SwapResult> {
  const project = await ports.loadProject(input.directory, work.signal);
  const { set } = environmentOf(project, input.set);
  throw new BacklotError('not-running', `${input.service} of the set ${set.name} cannot be swapped yet`);
}
