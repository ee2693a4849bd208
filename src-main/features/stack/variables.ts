import type { EnvironmentVariables, ServiceStatus } from '#contract/stack.ts';
import type { ServiceKind } from '#contract/project.ts';
import { plainValue } from '#ports/compose.ts';
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
    const own = Object.fromEntries(Object.entries(service.resolved.environment ?? {}).map(([key, value]) => [key, plainValue(value ?? '')]));
    const url = connectionUrl(service.kind, reached, own);
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

function connectionUrl(kind: ServiceKind, { host, port }: Reached, own: Readonly<Record<string, string>>): string | undefined {
  const at = `${host}:${port}`;
  switch (kind) {
    case 'postgres': {
      const user = own['POSTGRES_USER'] ?? 'postgres';
      return `postgres://${credentials(user, own['POSTGRES_PASSWORD'])}${at}/${own['POSTGRES_DB'] ?? user}`;
    }
    case 'mysql':
    case 'mariadb': {
      const prefix = own['MARIADB_DATABASE'] === undefined && own['MARIADB_USER'] === undefined && own['MARIADB_ROOT_PASSWORD'] === undefined ? 'MYSQL' : 'MARIADB';
      const user = own[`${prefix}_USER`];
      const password = user === undefined ? own[`${prefix}_ROOT_PASSWORD`] : own[`${prefix}_PASSWORD`];
      return `mysql://${credentials(user ?? 'root', password)}${at}/${own[`${prefix}_DATABASE`] ?? ''}`;
    }
    case 'redis':
      return `redis://${at}`;
    case 'mongodb':
      return `mongodb://${own['MONGO_INITDB_ROOT_USERNAME'] === undefined ? '' : credentials(own['MONGO_INITDB_ROOT_USERNAME'], own['MONGO_INITDB_ROOT_PASSWORD'])}${at}`;
    case 'rabbitmq':
      return `amqp://${credentials(own['RABBITMQ_DEFAULT_USER'] ?? 'guest', own['RABBITMQ_DEFAULT_PASS'] ?? 'guest')}${at}`;
    case 'elasticsearch':
    case 'nginx':
    case 'haproxy':
    case 'http':
    case 'other':
      return `http://${at}`;
    case 'kafka':
    case 'memcached':
      return undefined;
    default:
      return kind satisfies never;
  }
}

function credentials(user: string, password: string | undefined): string {
  return `${encodeURIComponent(user)}${password === undefined ? '' : `:${encodeURIComponent(password)}`}@`;
}
