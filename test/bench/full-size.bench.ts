import { measureUp, type Row } from './bench.ts';

const HEALTH = 'interval: 5s, timeout: 3s, retries: 20';
const redis = { image: 'redis:7', healthcheck: `{ ${HEALTH}, test: ["CMD", "redis-cli", "ping"] }` };
const database = { image: 'postgres:15', healthcheck: `{ ${HEALTH}, test: ["CMD-SHELL", "pg_isready -U postgres"] }`, more: '    environment: { POSTGRES_PASSWORD: bench }\n' };

type Kind = { readonly image: string; readonly healthcheck: string; readonly more?: string };

function service(name: string, kind: Kind, needs: readonly string[] = []): string {
  const depends = needs.length > 0 ? `    depends_on:\n${needs.map((need) => `      ${need}: { condition: service_healthy }\n`).join('')}` : '';
  return `  ${name}:\n    image: ${kind.image}\n    stop_grace_period: 1s\n    healthcheck: ${kind.healthcheck}\n${kind.more ?? ''}${depends}`;
}

/** Names such as `broker-1`, `broker-2`. */
const nodes = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);

/** A cluster whose nodes join the first one. */
const cluster = (name: string, count: number, kind: Kind, needs: readonly string[] = []) =>
  nodes(name, count).map((node, index) => service(node, kind, index === 0 ? needs : [`${name}-1`]));

/** Twenty containers as production has them: coordinators, brokers, a database with replicas, caches, a store cluster, applications, workers, balancers. */
const services = [
  ...cluster('coordinator', 3, redis),
  ...cluster('broker', 3, redis, ['coordinator-3']),
  ...cluster('database', 2, database),
  ...cluster('store', 3, redis),
  ...cluster('cache', 3, redis),
  ...nodes('api', 2).map((name) => service(name, redis, ['database-2', 'broker-1', 'cache-3', 'store-3'])),
  ...nodes('worker', 2).map((name) => service(name, redis, ['broker-3', 'api-1'])),
  ...nodes('balancer', 2).map((name) => service(name, redis, ['api-1', 'api-2'])),
];

/** The guard, the names and the own addresses are part of our time; the peer has none of them. */
const fullSize = {
  'compose.yaml': `name: backlot-bench-full\nservices:\n${services.join('')}`,
  'backlot.yaml': `version: 1
name: backlot-bench-full
compose: [compose.yaml]
names: { suffixes: [us-east-1.shop.example] }
sets:
  production-like: { services: all, addresses: own }
`,
};

const flat = {
  'compose.yaml': `name: backlot-bench-flat\nservices:\n${nodes('service', 20).map((name) => `  ${name}: { image: redis:7, stop_grace_period: 1s }\n`).join('')}`,
  'backlot.yaml': 'version: 1\nname: backlot-bench-flat\ncompose: [compose.yaml]\nsets: { minimal: { services: all, addresses: own } }\n',
};

export const fullSizeRows: readonly Row[] = [
  { name: 'up of a production-like set of twenty', goal: 0.25, measure: () => measureUp(fullSize, 3) },
  { name: 'up of twenty, no health checks', goal: 1, measure: () => measureUp(flat, 3) },
];
