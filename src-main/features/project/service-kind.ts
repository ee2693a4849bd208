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

/** What has no kind of its own here, and yet keeps or carries data for others. */
const OTHER_BACKENDS = new Set([
  'nats', 'nats-server', 'mosquitto', 'emqx', 'pulsar', 'activemq-classic', 'activemq-artemis', 'zookeeper', 'etcd', 'consul', 'vault', 'minio', 'localstack',
  'mailhog', 'mailpit', 'clickhouse', 'clickhouse-server', 'influxdb', 'neo4j', 'cassandra', 'scylla', 'couchdb', 'couchbase', 'cockroach', 'sqlserver', 'server-mssql',
  'mssql-server', 'meilisearch', 'typesense', 'qdrant', 'weaviate', 'questdb', 'surrealdb', 'arangodb', 'dynamodb-local', 'azurite', 'temporal', 'auto-setup', 'keycloak',
]);

/** Ports that only speakers of HTTP listen on by custom; they decide where the image says nothing. */
const HTTP_PORTS = new Set([80, 3000, 4200, 5000, 5173, 8000, 8080, 8081, 8888, 9000]);

/** What Backlot takes a service for, from its image; for one that is built here also from its name; else from its ports. */
export function serviceKind(image: string, options: { readonly builtAs?: string | undefined; readonly ports?: readonly number[] } = {}): ServiceKind {
  const known = kindOf(image) ?? (options.builtAs === undefined ? undefined : kindOf(options.builtAs));
  if (known) return known;
  return options.ports?.some((port) => HTTP_PORTS.has(port)) ? 'http' : 'other';
}

/** Whether a service keeps or carries data for others: what an application needs rather than what it is. */
export function isBackend({ kind, image }: { readonly kind: ServiceKind; readonly image: string }): boolean {
  return !['nginx', 'haproxy', 'http', 'other'].includes(kind) || OTHER_BACKENDS.has(baseName(image));
}

function kindOf(image: string): ServiceKind | undefined {
  const name = baseName(image);
  return Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
}

function baseName(image: string): string {
  const [withoutDigest = ''] = image.split('@');
  const last = withoutDigest.slice(withoutDigest.lastIndexOf('/') + 1);
  const [name = ''] = last.split(':');
  return name.toLowerCase();
}
