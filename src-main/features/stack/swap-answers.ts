import type { StackStatus } from '#contract/stack.ts';
import type { Machine } from '#ports/machine.ts';
import type { Prober } from '#ports/prober.ts';
import { isHere, readTarget, targetText, type SwapTarget } from './swap-targets.ts';

export type AnsweringPorts = { readonly machine: Machine; readonly prober: Prober };

/** Milliseconds that a process elsewhere may take to let itself be connected to. */
const TIMEOUT = 500;

/** Whether anything listens where a swap leads to. A process on this machine notices nothing of it. */
export async function listens(target: Pick<SwapTarget, 'host' | 'port'>, { machine, prober }: AnsweringPorts, signal: AbortSignal): Promise<boolean> {
  const { host, port } = target;
  if (!isHere(target)) return (await prober.probe('other', { address: host, port, timeout: TIMEOUT }, signal)).ok;
  const addresses = host.toLowerCase() === 'localhost' ? ['127.0.0.1', '::1'] : [host];
  for (const address of addresses) if (await machine.portOwner(port, address)) return true;
  return false;
}

/** Adds to swapped services that nothing listens where they lead to; that is no failure. */
export async function tellWhoAnswers(status: StackStatus, ports: AnsweringPorts, signal: AbortSignal): Promise<StackStatus> {
  const sets = status.sets.map(async (set) => ({
    ...set,
    services: await Promise.all(
      set.services.map(async (service) => {
        if (service.state !== 'swapped') return service;
        const targets = (service.swappedTo ?? []).map(readTarget);
        const silent = (await Promise.all(targets.map(async (target) => ((await listens(target, ports, signal)) ? [] : [targetText(target)])))).flat();
        return silent.length === 0 ? service : { ...service, why: `${silent.join(', ')} ${silent.length === 1 ? 'does' : 'do'} not answer` };
      }),
    ),
  }));
  return { ...status, sets: await Promise.all(sets) };
}
