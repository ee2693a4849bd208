import type { EnvironmentVariables, ServiceStatus } from '#contract/stack.ts';
import { connectionUrl, variablesOf } from '#features/project/connections.ts';
import type { Environment } from './environment.ts';

type Variable = EnvironmentVariables['variables'][number];

/** The variables by which a process on the host reaches an environment's services: host, port, and for known kinds a URL. Pure. */
export function connectionVariables({ project, set }: Environment, services: readonly ServiceStatus[]): EnvironmentVariables {
  const variables: Variable[] = [
    { name: 'BACKLOT_PROJECT', value: project.name },
    { name: 'BACKLOT_SET', value: set.name },
  ];
  for (const name of set.services) {
    const service = project.services[name];
    const status = services.find((candidate) => candidate.name === name);
    const reached = status && reachedAt(status);
    if (!service || !reached) continue;
    const prefix = name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
    const url = connectionUrl(service.kind, reached, variablesOf(service.resolved, set.environment));
    variables.push({ name: `${prefix}_HOST`, value: reached.host, service: name }, { name: `${prefix}_PORT`, value: String(reached.port), service: name });
    if (url !== undefined) variables.push({ name: `${prefix}_URL`, value: url, service: name });
  }
  return { schema: 1, set: set.name, variables };
}

type Reached = { readonly host: string; readonly port: number };

/** Where the host reaches a service: its first published port, else its own address at its first port. */
function reachedAt(status: ServiceStatus): Reached | undefined {
  const published = status.ports.find((port) => port.host !== undefined && port.protocol === 'tcp');
  if (published?.host !== undefined) {
    const any = published.address === undefined || published.address === '0.0.0.0' || published.address === '::';
    return { host: any ? '127.0.0.1' : (published.address ?? '127.0.0.1'), port: published.host };
  }
  const [first] = status.ports;
  return first && status.addresses.container !== undefined ? { host: status.addresses.container, port: first.container } : undefined;
}
