import type { ServiceKind } from '#contract/project.ts';
import { plainValue, type ResolvedService } from '#ports/compose.ts';

/** Ports that the usual servers listen on, where nobody says otherwise. */
export const KIND_PORTS: Partial<Record<ServiceKind, number>> = {
  postgres: 5432,
  mysql: 3306,
  mariadb: 3306,
  redis: 6379,
  mongodb: 27017,
  rabbitmq: 5672,
  kafka: 9092,
  elasticsearch: 9200,
  memcached: 11211,
  nginx: 80,
};

/** TCP ports that a service listens on as far as anybody says: Compose, the image, its kind. The main one comes first. */
export function ownPorts(resolved: ResolvedService, kind: ServiceKind, exposed: readonly string[]): number[] {
  const declared = [...(resolved.ports ?? []).filter((port) => (port.protocol ?? 'tcp') === 'tcp').map((port) => port.target), ...parsePorts(resolved.expose ?? [])];
  const kindPort = KIND_PORTS[kind];
  const all = declared.length > 0 ? declared : kindPort !== undefined ? [kindPort] : parsePorts(exposed);
  return [...new Set(all)];
}

function parsePorts(specs: readonly string[]): number[] {
  return specs.flatMap((spec) => {
    const [range = '', protocol = 'tcp'] = spec.split('/');
    const port = Number(range);
    return protocol === 'tcp' && Number.isInteger(port) && port > 0 ? [port] : [];
  });
}

type Variables = Readonly<Record<string, string>>;

/** The variables that a service's container gets. */
export function variablesOf({ environment }: ResolvedService, ofSet: Variables = {}): Variables {
  return { ...Object.fromEntries(Object.entries(environment ?? {}).map(([name, value]) => [name, plainValue(value ?? '')])), ...ofSet };
}

/** Who a server lets in, and to what, as its image's own variables say; nothing where they say nothing. */
export type Access = { readonly user?: string; readonly password?: string; readonly database?: string };

/** What a service's variables say of who may log in. */
export function accessOf(kind: ServiceKind, own: Variables): Access {
  switch (kind) {
    case 'postgres': {
      const user = own['POSTGRES_USER'] ?? 'postgres';
      return present({ user, password: own['POSTGRES_PASSWORD'], database: own['POSTGRES_DB'] ?? user });
    }
    case 'mysql':
    case 'mariadb': {
      const prefix = own['MARIADB_DATABASE'] === undefined && own['MARIADB_USER'] === undefined && own['MARIADB_ROOT_PASSWORD'] === undefined ? 'MYSQL' : 'MARIADB';
      const user = own[`${prefix}_USER`];
      return present({ user: user ?? 'root', password: user === undefined ? own[`${prefix}_ROOT_PASSWORD`] : own[`${prefix}_PASSWORD`], database: own[`${prefix}_DATABASE`] });
    }
    case 'mongodb':
      return own['MONGO_INITDB_ROOT_USERNAME'] === undefined
        ? present({ database: own['MONGO_INITDB_DATABASE'] })
        : present({ user: own['MONGO_INITDB_ROOT_USERNAME'], password: own['MONGO_INITDB_ROOT_PASSWORD'], database: own['MONGO_INITDB_DATABASE'] });
    case 'rabbitmq':
      return { user: own['RABBITMQ_DEFAULT_USER'] ?? 'guest', password: own['RABBITMQ_DEFAULT_PASS'] ?? 'guest' };
    case 'redis':
    case 'elasticsearch':
    case 'nginx':
    case 'haproxy':
    case 'http':
    case 'other':
    case 'kafka':
    case 'memcached':
      return {};
    default:
      return kind satisfies never;
  }
}

/** The URL that clients of a kind of server take; nothing for kinds that have none. */
export function connectionUrl(kind: ServiceKind, at: { readonly host: string; readonly port: number }, own: Variables): string | undefined {
  const address = `${at.host}:${at.port}`;
  const access = accessOf(kind, own);
  switch (kind) {
    case 'postgres':
      return `postgres://${credentials(access)}${address}/${access.database ?? ''}`;
    case 'mysql':
    case 'mariadb':
      return `mysql://${credentials(access)}${address}/${access.database ?? ''}`;
    case 'redis':
      return `redis://${address}`;
    case 'mongodb':
      return `mongodb://${credentials(access)}${address}`;
    case 'rabbitmq':
      return `amqp://${credentials(access)}${address}`;
    case 'elasticsearch':
    case 'nginx':
    case 'haproxy':
    case 'http':
    case 'other':
      return `http://${address}`;
    case 'kafka':
    case 'memcached':
      return undefined;
    default:
      return kind satisfies never;
  }
}

function credentials({ user, password }: Access): string {
  if (user === undefined) return '';
  return `${encodeURIComponent(user)}${password === undefined ? '' : `:${encodeURIComponent(password)}`}@`;
}

function present(access: { readonly [Key in keyof Access]: string | undefined }): Access {
  return Object.fromEntries(Object.entries(access).filter(([, value]) => value !== undefined)) as Access;
}
