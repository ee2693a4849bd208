import type { EnvironmentVariables } from '#contract/stack.ts';
import type { ServiceRow } from './rows.ts';

/** How to connect to one port of a service: from a container of the set, and from this machine. */
export type Connection = { readonly port: number | undefined; readonly inside: string | undefined; readonly host: string | undefined };

/** The connection strings of a service, its main port first. Before the core tells them, what its variables say of this machine. */
export function connectionsOf({ name, ports }: Pick<ServiceRow, 'name' | 'ports'>, environment: EnvironmentVariables | undefined): readonly Connection[] {
  const told = environment?.connections?.filter(({ service }) => service === name) ?? [];
  if (told.length > 0) return told.map(({ port, inside, host }) => ({ port, inside, host }));
  const host = environment?.variables.find(({ service, value }) => service === name && /^[a-z][a-z\d+.-]*:\/\//i.test(value))?.value;
  if (host === undefined) return [];
  const published = /^[a-z][a-z\d+.-]*:\/\/(?:[^@/]*@)?(?:\[[^\]]*\]|[^:/?#]*):(\d+)/i.exec(host)?.[1];
  return [{ port: ports.find((mapping) => String(mapping.host) === published)?.container, inside: undefined, host }];
}
