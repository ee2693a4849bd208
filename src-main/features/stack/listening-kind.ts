import type { ServiceKind } from '#contract/project.ts';
import { KIND_PORTS } from '#features/project/connections.ts';
import type { Service } from '#features/project/project.ts';

/** The kind whose usual port a service may be taken to listen on. What is built here is of a kind by its name alone, so its image has to say that port too. */
export function listeningKind({ kind, build }: Pick<Service, 'kind' | 'build'>, exposed: readonly string[]): ServiceKind {
  const port = KIND_PORTS[kind];
  return build && port !== undefined && !exposed.includes(`${port}/tcp`) ? 'other' : kind;
}
