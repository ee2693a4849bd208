import type { ServiceKind } from '#contract/project.ts';

/** The last part of an image's name, without tag and digest, and the kind that it stands for. */
const KINDS: Readonly<Record<string, ServiceKind>> = {
  'postgres': 'postgres', 'postgresql': 'postgres', 'postgis': 'postgres', 'pgvector': 'postgres', 'timescaledb': 'postgres', 'timescaledb-ha': 'postgres',
  'spilo': 'postgres', 'pgautoupgrade': 'postgres', 'alloydbomni': 'postgres', 'postgresql-repmgr': 'postgres',
  'mysql': 'mysql', 'mysql-server': 'mysql', 'percona': 'mysql', 'percona-server': 'mysql',
  'mariadb': 'mariadb', 'mariadb-galera': 'mariadb',
  'redis': 'redis', 'valkey': 'redis', 'keydb': 'redis', 'dragonfly': 'redis', 'redis-stack': 'redis', 'redis-stack-server': 'redis', 'redis-cluster': 'redis',
  'redis-sentinel': 'redis', 'valkey-cluster': 'redis', 'garnet': 'redis',
  'mongo': 'mongodb', 'mongodb': 'mongodb', 'mongodb-community-server': 'mongodb', 'mongodb-enterprise-server': 'mongodb', 'mongodb-sharded': 'mongodb',
  'percona-server-mongodb': 'mongodb', 'ferretdb': 'mongodb',
  'rabbitmq': 'rabbitmq', 'rabbitmq-server': 'rabbitmq',
  'kafka': 'kafka', 'cp-kafka': 'kafka', 'cp-server': 'kafka', 'redpanda': 'kafka', 'kafka-native': 'kafka',
  'elasticsearch': 'elasticsearch', 'opensearch': 'elasticsearch', 'elasticsearch-oss': 'elasticsearch',
  'memcached': 'memcached',
  'nginx': 'nginx', 'openresty': 'nginx', 'nginx-unprivileged': 'nginx', 'freenginx': 'nginx',
  'haproxy': 'haproxy', 'haproxy-alpine': 'haproxy', 'haproxy-ingress': 'haproxy',
  'httpd': 'http', 'caddy': 'http', 'traefik': 'http', 'envoy': 'http', 'apache': 'http', 'tomcat': 'http', 'jetty': 'http', 'httpbin': 'http', 'whoami': 'http',
};

/** Ports that only speakers of HTTP listen on by custom; they decide where the image says nothing. */
const HTTP_PORTS = new Set([80, 3000, 4200, 5000, 5173, 8000, 8080, 8081, 8888, 9000]);

/** What Backlot takes a service for, from its image; for one that is built here also from its name; else from its ports. */
export function serviceKind(image: string, options: { readonly builtAs?: string | undefined; readonly ports?: readonly number[] } = {}): ServiceKind {
  const known = KINDS[baseName(image)] ?? (options.builtAs === undefined ? undefined : KINDS[baseName(options.builtAs)]);
  if (known) return known;
  return options.ports?.some((port) => HTTP_PORTS.has(port)) ? 'http' : 'other';
}

/** Kinds that keep or carry data for others: what an application needs rather than what it is. */
export function isBackend(kind: ServiceKind): boolean {
  return !['nginx', 'haproxy', 'http', 'other'].includes(kind);
}

function baseName(image: string): string {
  const [withoutDigest = ''] = image.split('@');
  const last = withoutDigest.slice(withoutDigest.lastIndexOf('/') + 1);
  const [name = ''] = last.split(':');
  const lower = name.toLowerCase();
  return Object.hasOwn(KINDS, lower) ? lower : '';
}
