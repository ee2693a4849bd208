import { BacklotError } from '#contract/errors.ts';
import type { Api } from '#contract/index.ts';
import type { Implementation } from '#core/dispatcher.ts';
import { createHostNames, type HostNamesPorts } from './host-names.ts';
import { listNames, type ListPorts } from './list-names.ts';
import { readMisses, watchMisses } from './read-misses.ts';

type Names = Implementation<Pick<Api, 'names'>>['names'];

export type NamesPorts = ListPorts & HostNamesPorts;

/** The `names` noun of the contract. */
export function createNames(ports: NamesPorts): Names {
  const notBuilt = () => Promise.reject(new BacklotError('resolver-failed', 'not built yet'));
  return {
    list: (input, signal) => listNames(input, ports, signal),
    why: notBuilt,
    misses: (input, signal) => readMisses(input, ports, signal),
    watchMisses: (input, signal) => watchMisses(input, ports, signal),
    alias: notBuilt,
    allow: notBuilt,
    ...createHostNames(ports),
  };
}
