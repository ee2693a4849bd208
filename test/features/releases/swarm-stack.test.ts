import { expect, test } from 'vitest';
import { haproxyConfig, parseCounters, parseServers, placesFor, weightsOf } from '#features/releases/pair/haproxy-config.ts';
import { judgeReplicas } from '#features/releases/pair/judge-replicas.ts';
import { swarmStack } from '#features/releases/pair/swarm-stack.ts';
import type { ResolvedModel, ResolvedService } from '#ports/compose.ts';
import type { SwarmReplica } from '#ports/swarm.ts';

const order = { release: 'rel-1', project: 'shop', directory: '/shop', files: '/shop', target: 'staging', revision: 'abc', image: 'r/shop@sha256:1', who: 'ann', mode: 'deploy' } as const;
const settings = { service: 'app', port: 8080, public: 80, swarm: true };
const stackOf = (app: ResolvedService, more: Partial<ResolvedModel> = {}) => {
  const model = { name: 'shop', services: { app, db: { networks: { inner: null } } }, ...more };
  return swarmStack({ model }, { name: 'app', resolved: app }, { settings, order, networks: [{ name: 'shop_edge', labels: {}, isAttachable: true }, { name: 'shop_closed', labels: {}, isAttachable: false }] });
};

test('a service of Compose becomes one of a Swarm: what that cannot have is named, what it has other words for is said in them', () => {
  const app = {
    ...{ image: 'shop', command: null, container_name: 'app', restart: 'always', privileged: true, ports: [{ target: 8080 }], depends_on: { db: {} }, mem_limit: '1048576', cpus: 0.5, labels: { own: 'yes' } },
    ...{ environment: { A: 'b$$c', UNSET: null }, healthcheck: { test: ['CMD', 'true'], start_interval: '1s' }, volumes: [{ type: 'bind', source: '/a', target: '/b', bind: { create_host_path: true } }] },
    ...{ networks: { edge: null, closed: null, inner: null, own: null }, deploy: { replicas: 3, update_config: { delay: '1h' }, labels: { tier: 'web' } }, configs: [{ source: 'settings', target: '/s' }] },
  };
  const stack = stackOf(app, { networks: { edge: { name: 'shop_edge' }, closed: { name: 'shop_closed' }, inner: { name: 'shop_inner' }, own: { name: 'shop_own', driver: 'overlay' } }, configs: { settings: { name: 'shop_settings', file: '/shop/s.txt' } } });
  expect(stack).toMatchObject({ replicas: 3, networks: ['shop_edge', 'shop_own'], without: ['privileged', 'the network shop_inner, which is not one of the Swarm'] });
  const labels = { 'dev.backlot.project': 'shop', 'dev.backlot.role': 'pair', 'dev.backlot.target': 'staging', 'dev.backlot.slot': 'green' };
  expect(stack.models.green).toEqual({
    version: '3.8',
    services: {
      green: {
        ...{ image: 'r/shop@sha256:1', environment: { A: 'b$$c' }, labels: { own: 'yes' }, healthcheck: { test: ['CMD', 'true'] }, volumes: [{ type: 'bind', source: '/a', target: '/b' }], configs: [{ source: 'settings', target: '/s' }] },
        networks: { edge: null, closed: null, own: null, 'backlot-pair': { aliases: ['backlot-green'] } },
        deploy: {
          ...{ endpoint_mode: 'dnsrr', replicas: 3, resources: { limits: { cpus: '0.5', memory: '1048576' }, reservations: {} } },
          labels: { tier: 'web', ...labels, 'dev.backlot.service': 'app', 'dev.backlot.release': 'rel-1', 'dev.backlot.revision': 'abc', 'dev.backlot.released-image': 'r/shop@sha256:1', 'dev.backlot.spec': stack.spec, 'dev.backlot.replicas': '3' },
        },
      },
    },
    networks: {
      ...{ edge: { name: 'shop_edge', external: true }, closed: { name: 'shop_closed', external: true }, own: { name: 'shop_own', driver: 'overlay', attachable: true } },
      'backlot-pair': { name: 'shop-staging-pair', driver: 'overlay', attachable: true, labels: { 'dev.backlot.project': 'shop', 'dev.backlot.role': 'pair', 'dev.backlot.target': 'staging' } },
    },
    // A Swarm never changes a configuration: each server has its own.
    configs: { settings: { name: 'shop-staging-pair-green-settings', file: '/shop/s.txt', labels } },
  });
  expect(() => stackOf({ deploy: { mode: 'global' } as never })).toThrow('deploy.mode: global');
  expect(() => stackOf({ secrets: [{ source: 'key' }] }, { secrets: { key: { environment: 'KEY' } } })).toThrow('come from files or are there already');
});

test('shares hold whatever replicas each version has', () => {
  const having = (count: number) => ({ addresses: Array.from({ length: count }, (_, at) => `10.0.0.${at}`) });
  expect(weightsOf({ blue: 90, green: 10 }, { blue: having(3), green: having(3) })).toEqual({ blue: 90, green: 10 });
  expect(weightsOf({ blue: 90, green: 10 }, { blue: having(2), green: having(5) })).toEqual({ blue: 90, green: 4 });
  expect(weightsOf({ blue: 0, green: 100 }, { blue: having(2), green: having(1) })).toEqual({ blue: 0, green: 100 });
  expect(weightsOf({ blue: 99, green: 1 }, { blue: having(1), green: having(9) })).toEqual({ blue: 99, green: 1 });
  expect([1, 16, 17, 40].map(placesFor)).toEqual([16, 16, 32, 64]);
  expect(haproxyConfig({ service: 'app', port: 8080, shares: { blue: 90, green: 10 }, places: 16 })).toContain('server-template green 1-16 backlot-green:8080 weight 10 check');
});

test('what HAProxy says of the places of a version is taken together, and empty ones count for nothing', () => {
  const state = '1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight\n3 app 1 blue1 10.0.1.3 2 0 90\n3 app 2 blue2 10.0.1.4 0 0 90\n3 app 3 blue3 - 0 32 90\n3 app 4 green1 10.0.1.9 2 0 10\n';
  expect(parseServers(state)).toEqual({ blue: { places: ['blue1', 'blue2', 'blue3'], addresses: ['10.0.1.3'], weight: 90 }, green: { places: ['green1'], addresses: ['10.0.1.9'], weight: 10 } });
  const stat = '# pxname,svname,scur,status,econ,eresp,hrsp_2xx,hrsp_5xx\napp,blue1,1,UP,0,0,10,1\napp,blue2,2,DOWN,1,0,5,0\napp,blue3,0,MAINT (resolution),0,0,0,0\napp,BACKEND,3,UP,1,0,15,1\n';
  expect(parseCounters(stat)).toEqual({ blue: { requests: 16, errors: 2, sessions: 3, status: 'UP' } });
});

test('replicas that wait say for what, and three tries of one that end are the end', () => {
  const replica = (slot: number, state: string, why = '', isWanted = true): SwarmReplica => ({ id: `${slot}${state}${why}`, service: 's', slot, isWanted, state, why, addresses: {} });
  expect(judgeReplicas([replica(1, 'running'), replica(2, 'pending', 'no suitable node')], 2)).toEqual({ isReady: false, why: '1 of 2 replicas run; pending: no suitable node' });
  expect(judgeReplicas([replica(1, 'running'), replica(2, 'running')], 2)).toMatchObject({ isReady: true });
  const ended = (slot: number) => replica(slot, 'failed', 'task: non-zero exit (3)', false);
  expect(judgeReplicas([ended(1), ended(1), ended(2), replica(1, 'ready')], 2).failed).toBeUndefined();
  expect(judgeReplicas([ended(1), ended(1), ended(1)], 1).failed).toBe('task: non-zero exit (3)');
});
