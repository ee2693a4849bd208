import { describe, expect, test } from 'vitest';
import { isBackend, serviceKind } from '#features/project/service-kind.ts';

describe('the kind of a service', () => {
  test.each([
    ['postgres', 'postgres'],
    ['postgres:15-alpine', 'postgres'],
    ['postgis/postgis:15-3.4', 'postgres'],
    ['bitnami/postgresql:16', 'postgres'],
    ['docker.io/library/postgres@sha256:0000', 'postgres'],
    ['registry.example:5000/mirror/pgvector/pgvector:pg16', 'postgres'],
    ['timescale/timescaledb:latest-pg15', 'postgres'],
    ['mysql/mysql-server:8.0', 'mysql'],
    ['percona:8', 'mysql'],
    ['mariadb:10.11', 'mariadb'],
    ['bitnami/mariadb-galera', 'mariadb'],
    ['redis:7', 'redis'],
    ['valkey/valkey:8', 'redis'],
    ['redis/redis-stack-server', 'redis'],
    ['mongo:7', 'mongodb'],
    ['bitnami/mongodb:7.0', 'mongodb'],
    ['rabbitmq:3-management', 'rabbitmq'],
    ['confluentinc/cp-kafka:7.5', 'kafka'],
    ['redpandadata/redpanda', 'kafka'],
    ['docker.elastic.co/elasticsearch/elasticsearch:8.11.0', 'elasticsearch'],
    ['opensearchproject/opensearch', 'elasticsearch'],
    ['memcached:1.6-alpine', 'memcached'],
    ['nginx:1.25', 'nginx'],
    ['haproxy:2.6', 'haproxy'],
    ['traefik:v3', 'http'],
    ['my/postgres-exporter', 'other'],
    ['constructor', 'other'],
    ['', 'other'],
  ] as const)('%s is %s', (image, kind) => {
    expect(serviceKind(image)).toBe(kind);
  });

  test('of something built here comes from its name, else from its ports', () => {
    expect(serviceKind('shop-redis', { builtAs: 'redis' })).toBe('redis');
    expect(serviceKind('shop-api', { builtAs: 'api', ports: [3000] })).toBe('http');
    expect(serviceKind('shop-worker', { builtAs: 'worker', ports: [] })).toBe('other');
  });

  test('tells what keeps or carries data from what serves', () => {
    expect((['postgres', 'redis', 'rabbitmq', 'kafka'] as const).every((kind) => isBackend({ kind, image: '' }))).toBe(true);
    expect(isBackend({ kind: 'other', image: 'nats:2-alpine' })).toBe(true);
    expect((['nginx', 'haproxy', 'http', 'other'] as const).some((kind) => isBackend({ kind, image: 'shop/api' }))).toBe(false);
  });
});
