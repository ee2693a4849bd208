import type { Api } from '#contract/index.ts';
import type { Implementation } from '#core/dispatcher.ts';
import type { LoadPorts } from '#features/project/load-project.ts';
import { addAlias, addAllowed, createLoadDraft } from './edit-names.ts';
import { createHostNames, type HostNamesPorts } from './host-names.ts';
import { listNames, type ListPorts } from './list-names.ts';
import { readMisses, watchMisses } from './read-misses.ts';
import { why } from './why.ts';

type Names = Implementation<Pick<Api, 'names'>>['names'];

export type NamesPorts = ListPorts & HostNamesPorts & { readonly projectPorts: LoadPorts };

/** The `names` noun of the contract. */
export function createNames(ports: NamesPorts): Names {
  const editing = { ...ports, loadDraft: createLoadDraft(ports.projectPorts), files: ports.projectPorts.files };
  return {
    list: (input, signal) => listNames(input, ports, signal),
    why: (input, signal) => why(input, ports, signal),
    misses: (input, signal) => readMisses(input, ports, signal),
    watchMisses: (input, signal) => watchMisses(input, ports, signal),
    alias: (input, signal) => addAlias(input, editing, signal),
    allow: (input, signal) => addAllowed(input, editing, signal),
    ...createHostNames(ports),
  };
}
