import type { Dependency, ProjectView, ServiceKind, ServiceView } from '#contract/project.ts';
import { PROJECT } from './project.ts';

const needs = (condition: Dependency['condition'], ...services: readonly string[]): Dependency[] => services.map((service) => ({ service, condition, required: true }));
const nodes = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}-node-${index + 1}`);

const service = (name: string, kind: ServiceKind, image: string, dependsOn: readonly Dependency[] = []): ServiceView => ({
  name,
  kind,
  image,
  build: image.startsWith('registry.'),
  dependsOn: [...dependsOn],
  ports: [],
  names: [name],
  healthcheck: true,
  ...(name.startsWith('pricing') && { component: 'pricing' }),
});

const app = (name: string, dependsOn: readonly Dependency[]) => service(name, 'http', `registry.example:5000/shop/${name}:9f3c1ab`, dependsOn);

const MONGO = nodes('mongodb-cluster-a', 3);
const KAFKA = nodes('kafka', 3);
const SEARCH = nodes('search', 3);
const REDIS = nodes('redis-shard', 6);
const DOMAINS = ['catalogue', 'orders', 'payments', 'shipping', 'customers', 'reviews', 'pricing', 'stock', 'mail', 'search-api'];

/** A system as large as a real one: 66 services in five layers, with clusters, load balancers, one-shots and strangers. */
const SERVICES: readonly ServiceView[] = [
  ...MONGO.map((name) => service(name, 'mongodb', 'mongo:7')),
  ...nodes('pg-main', 2).map((name) => service(name, 'postgres', 'postgres:15')),
  ...KAFKA.map((name) => service(name, 'kafka', 'bitnami/kafka:3.6')),
  ...SEARCH.map((name) => service(name, 'elasticsearch', 'elasticsearch:8.11.1')),
  ...REDIS.map((name) => service(name, 'redis', 'redis:7')),
  service('mongo-init', 'other', 'mongo:7', needs('healthy', ...MONGO)),
  service('pg-balancer', 'haproxy', 'haproxy:2.8', needs('healthy', 'pg-main-node-1', 'pg-main-node-2')),
  service('redis-init', 'other', 'redis:7', needs('started', ...REDIS)),
  service('topics', 'other', 'bitnami/kafka:3.6', needs('healthy', ...KAFKA)),
  ...DOMAINS.map((name, index) =>
    app(name, [...needs('completed', index % 2 ? 'mongo-init' : 'topics'), ...needs('healthy', index % 3 ? 'pg-balancer' : KAFKA[0] ?? '', ...(index % 4 === 0 ? SEARCH : [])), ...needs('completed', ...(index % 3 === 1 ? ['redis-init'] : []))]),
  ),
  ...DOMAINS.map((name, index) => service(`${name}-worker`, 'other', `registry.example:5000/shop/${name}:9f3c1ab`, [...needs('started', name), ...needs('completed', ...(index % 2 ? ['topics'] : []))])),
  ...['storefront', 'admin', 'partner-api', 'mobile-api'].map((name, index) => app(name, needs('healthy', ...DOMAINS.filter((_, other) => (other + index) % 3 === 0)))),
  service('edge', 'haproxy', 'haproxy:2.8', needs('healthy', 'storefront', 'admin', 'partner-api', 'mobile-api')),
  ...['mailpit', 'jaeger', 'grafana', 'prometheus', 'minio', 'vault', 'wiremock', 'adminer', 'clamav', 'statsd', 'ldap', 'sftp'].map((name) => service(name, 'other', `${name}:latest`)),
];

export const TOPOLOGY: ProjectView = {
  ...PROJECT,
  components: [{ name: 'pricing', directory: '/home/mira/work/pricing', services: ['pricing', 'pricing-worker'] }],
  services: [...SERVICES],
  sets: [{ name: 'minimal', addresses: 'own', composeProject: 'shop', standIns: {}, environment: [], members: SERVICES.map(({ name }) => ({ service: name, because: 'chosen by the set' })) }],
};
