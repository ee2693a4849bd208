import type { ServiceStatus, UpResult } from '#contract/stack.ts';
import type { About } from '../command.ts';
import { count, formatSeconds } from '../quantity.ts';
import type { Screen } from '../screen.ts';

/** How `up` ended, and where the services are reached. */
export async function show(result: UpResult, { paint, symbols, clean }: Screen, { session, target }: About): Promise<string> {
  const { set, ready, done, seconds, changed, guarded = [] } = result;
  const parts = [`${ready.length} ready`, ...(done.length > 0 ? [`${done.length} done`] : []), changed.length === 0 ? 'nothing changed' : `${count(changed.length, 'service')} changed`];
  const reached = await addressesOf(set, { session, target });
  const width = Math.max(0, ...reached.map((service) => service.name.length));
  return [
    `${paint.green(symbols.good)} ${paint.bold(set)} is up in ${formatSeconds(seconds)}: ${parts.join(', ')}`,
    ...reached.map((service) => `  ${service.name.padEnd(width)}  ${paint.cyan(clean(service.addresses.host ?? ''))}`),
    ...(guarded.length > 0 ? [paint.dim(`  guard on: names under ${clean(guarded.join(', '))} stay here`)] : []),
    '',
  ].join('\n');
}

/** A convenience: where it cannot be had, the set is up all the same. */
async function addressesOf(set: string, { session, target }: Pick<About, 'session' | 'target'>): Promise<ServiceStatus[]> {
  try {
    const { sets } = await session.backlot.stack.status({ directory: target.directory, set });
    return sets.flatMap((status) => status.services).filter((service) => service.addresses.host !== undefined);
  } catch {
    return [];
  }
}
