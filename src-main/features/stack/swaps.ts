import { BacklotError } from '#contract/errors.ts';
import { groupBy } from '#core/group-by.ts';
import { LABELS, type ContainerSummary } from '#ports/container-engine.ts';
import { readTarget, targetText, type SwapTarget } from './swap-targets.ts';

/** Roles of a swap's containers: the one that has the service's place in the set, and where it is needed the one beside it on the machine's own network. */
export const SWAP_ROLE = { inSet: 'swap', onMachine: 'swap-machine' } as const;

/** A service whose place a process on this machine has, or was about to have. */
export type Swap = {
  readonly service: string;
  readonly targets: readonly SwapTarget[];
  readonly containers: readonly ContainerSummary[];
  /** The one that has the service's names. */
  readonly forwarder: ContainerSummary;
};

/** Whether a container is one of a service, and not one that only helps the set. */
export function isOfService({ labels }: Pick<ContainerSummary, 'labels'>): boolean {
  return !(LABELS.role in labels);
}

/** The swaps that hold, by service, and containers of those that never came to be. Pure. */
export function findSwaps<Container extends ContainerSummary>(containers: readonly Container[]): { readonly swaps: ReadonlyMap<string, Swap>; readonly abandoned: readonly Container[] } {
  const swaps = new Map<string, Swap>();
  const abandoned: Container[] = [];
  for (const [service, own] of groupBy(containers.filter(isOfSwap), ({ labels }) => labels[LABELS.service] ?? '')) {
    const forwarder = own.find(({ labels, state }) => labels[LABELS.role] === SWAP_ROLE.inSet && state !== 'created' && state !== 'removing' && state !== 'dead');
    if (!forwarder) abandoned.push(...own);
    else swaps.set(service, { service, forwarder, containers: own, targets: readTargets(forwarder.labels[LABELS.swap] ?? '') });
  }
  return { swaps, abandoned };
}

/** The error of work on a service's container while a process has its place. */
export function swapped({ service, targets }: Pick<Swap, 'service' | 'targets'>, set: string): BacklotError {
  const places = targets.map(targetText).join(', ');
  return new BacklotError('not-running', `${service} is swapped: the process at ${places} has its place`, {
    fix: `Do it with that process, or give ${service} its place back: backlot swap ${service} --back --set ${set}`,
  });
}

/** What stands on a swap's containers, to be read again. */
export function writeTargets(targets: readonly SwapTarget[]): string {
  return targets.map((target) => `${target.container}=${targetText(target)}`).join(',');
}

function readTargets(text: string): SwapTarget[] {
  return text.split(',').flatMap((one) => {
    const [container = '', target = ''] = one.split('=');
    return target === '' ? [] : [{ container: Number(container), ...readTarget(target) }];
  });
}

function isOfSwap({ labels }: ContainerSummary): boolean {
  return Object.values<string | undefined>(SWAP_ROLE).includes(labels[LABELS.role]);
}
