import type { Dependency, PortMapping, ProjectView, ServiceKind, ServiceView } from '#contract/project.ts';
import { SUFFIXES } from './names.ts';

/** A made-up system, large enough to show how the page copes: names of every length, every kind, two levels of waiting. */
export const DIRECTORY = '/home/mira/work/shop';

const needs = (...names: readonly string[]): Dependency[] =>
  names.map((name) => {
    const [service = '', condition = 'healthy'] = name.split(':');
    return { service, condition: condition as Dependency['condition'], required: true };
  });

const tcp = (container: number, host: number | undefined): PortMapping => ({ container, protocol: 'tcp', ...(host !== undefined && { host, address: '127.0.0.1' }) });

type Sketch = readonly [name: string, kind: ServiceKind, image: string, port: number | undefined, dependsOn: readonly Dependency[], names: readonly string[]];

const SKETCHES: readonly Sketch[] = [
  ['db', 'postgres', 'postgres:15', 5432, [], ['db', 'pg-main-node-1', 'pg-main-node-2']],
  ['cache', 'redis', 'redis:7', 6379, [], ['cache']],
  ['broker', 'rabbitmq', 'rabbitmq:3.12-management', 5672, [], ['broker', 'events.rabbit']],
  ['search', 'elasticsearch', 'elasticsearch:8.11.1', 9200, [], ['search']],
  ['mongodb-cluster-a-node-1', 'mongodb', 'mongo:7', 27017, [], ['mongodb-cluster-a-node-1', 'mongodb-cluster-a-node-2', 'mongodb-cluster-a-node-3']],
  ['migrate', 'other', 'registry.example:5000/shop/catalogue:9f3c1ab', undefined, needs('db'), ['migrate']],
  ['catalogue', 'http', 'registry.example:5000/shop/catalogue:9f3c1ab', 8081, needs('db', 'cache', 'migrate:completed'), ['catalogue', 'catalogue-api']],
  ['orders', 'http', 'registry.example:5000/shop/orders:9f3c1ab', 8082, needs('db', 'broker', 'mongodb-cluster-a-node-1'), ['orders']],
  ['search-indexer', 'other', 'registry.example:5000/shop/search-indexer:9f3c1ab', undefined, needs('search', 'broker'), ['search-indexer']],
  ['storefront', 'http', 'registry.example:5000/shop/storefront:9f3c1ab', 8080, needs('catalogue', 'orders'), ['storefront', 'www']],
  ['edge', 'haproxy', 'haproxy:2.8', 80, needs('storefront:started'), ['edge']],
];

const views: readonly ServiceView[] = SKETCHES.map(([name, kind, image, port, dependsOn, names]) => ({
  name,
  kind,
  image,
  build: image.startsWith('registry.'),
  dependsOn: [...dependsOn],
  ports: port === undefined ? [] : [tcp(port, port), ...(kind === 'rabbitmq' ? [tcp(15672, 15672)] : [])],
  names: [...names],
  healthcheck: port !== undefined,
  ...(name === 'orders' && { component: 'payments' }),
}));

const MINIMAL = ['db', 'cache', 'migrate', 'catalogue', 'storefront'];
const PAYMENTS = '/home/mira/work/payments';

const members = (names: readonly string[]) => names.map((service) => ({ service, because: service === 'storefront' || service === 'edge' ? 'chosen by the set' : `needed by ${views.filter(({ dependsOn }) => dependsOn.some((other) => other.service === service)).map(({ name }) => name).join(', ')}` }));

export const PROJECT: ProjectView = {
  schema: 1,
  name: 'shop',
  directory: DIRECTORY,
  file: `${DIRECTORY}/backlot.yaml`,
  compose: [`${DIRECTORY}/compose.yaml`],
  components: [{ name: 'payments', directory: PAYMENTS, services: ['orders'] }],
  suffixes: [...SUFFIXES],
  defaultSet: 'minimal',
  sets: [
    { name: 'minimal', addresses: 'localhost', composeProject: 'shop', members: members(MINIMAL), standIns: { db: ['pg-main-node-1', 'pg-main-node-2'] }, environment: ['NODE_ENV'] },
    { name: 'production-like', addresses: 'own', composeProject: 'shop-production-like', members: members(views.map(({ name }) => name)), standIns: {}, environment: [] },
  ],
  services: [...views],
  stages: ['unit', 'integration', 'browser'],
  stageViews: [],
  fixtures: ['catalogue'],
  targets: ['staging'],
  registry: 'registry.example:5000',
  warnings: [],
};

/** A project of many services, for the list's limits. */
export function manyServices(count: number): ProjectView {
  const services = Array.from({ length: count }, (_, index) => ({ ...(views[index % views.length] as ServiceView), name: `service-${String(index + 1).padStart(3, '0')}`, dependsOn: [] }));
  return { ...PROJECT, services, sets: [{ name: 'minimal', addresses: 'localhost', composeProject: 'shop', standIns: {}, environment: [], members: services.map(({ name }) => ({ service: name, because: 'chosen by the set' })) }] };
}
