import { BacklotError } from '#contract/errors.ts';
import type { EngineState } from '#contract/engine.ts';
import type { OperationEvent, OperationSummary, ServicePhase } from '#contract/operations.ts';
import type { ProjectView } from '#contract/project.ts';
import type { Plan, ServiceStatus, SetState, StackStatus } from '#contract/stack.ts';
import { never, type Answers } from './double.ts';
import { FIXTURE_ANSWERS, FIXTURE_EVENTS, FIXTURE_SCENARIOS } from './fixtures.ts';
import { explain, hostNames, MISSES, nameList } from './names.ts';
import { DIRECTORY, manyServices, PROJECT } from './project.ts';
import { RELEASE_ANSWERS, RELEASE_EVENTS, RELEASE_SCENARIOS } from './releases.ts';
import { RUN_ANSWERS, RUN_EVENTS, RUN_SCENARIOS } from './runs.ts';
import { TOPOLOGY } from './topology.ts';

const at = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1000).toISOString();

const ENGINE: EngineState = {
  state: 'up',
  since: at(2400),
  endpoint: 'unix:///var/run/docker.sock',
  rule: 'the default socket',
  context: 'default',
  engine: { version: '27.3.1', apiVersion: '1.47', os: 'linux', architecture: 'x86_64', cpus: 8, memory: 33_500_000_000, name: 'workbench', fileSystem: 'extfs' },
  latency: 3,
};

type State = { readonly phase: ServicePhase; readonly swappedTo?: string[]; readonly standsFor?: string[]; readonly why?: string; readonly restarts?: number; readonly exitCode?: number };
type States = Readonly<Record<string, State>>;

const alive: readonly ServicePhase[] = ['ready', 'swapped', 'starting', 'unhealthy', 'paused', 'restarting'];

function statuses(project: ProjectView, set: string, states: States, otherwise: ServicePhase): ServiceStatus[] {
  const members = project.sets.find(({ name }) => name === set)?.members ?? [];
  return members.map(({ service }, index) => {
    const view = project.services.find(({ name }) => name === service);
    const { phase, why, restarts = 0, exitCode, swappedTo, standsFor } = states[service] ?? { phase: otherwise };
    const exists = phase !== 'absent';
    return {
      name: service,
      state: phase,
      image: view?.image ?? '',
      names: view?.names ?? [],
      addresses: alive.includes(phase) ? { container: `172.28.0.${index + 2}` } : {},
      ports: alive.includes(phase) ? (view?.ports ?? []) : [],
      restarts,
      ...(why !== undefined && { why }),
      ...(swappedTo && { swappedTo }),
      ...(standsFor && { standsFor }),
      ...(exitCode !== undefined && { exitCode }),
      ...(exists && { container: `shop-${service}-1`, containerId: `${(index * 7919 + 104_729).toString(16)}c0ffee5eed${service.length}a4b1d2e9` }),
      ...(exists && { started: at(740 + index * 3) }),
    };
  });
}

const stack = (project: ProjectView, minimal: readonly [SetState, ServiceStatus[]], other: readonly [SetState, ServiceStatus[]] = ['down', statuses(project, 'production-like', {}, 'absent')]): StackStatus => ({
  schema: 1,
  project: project.name,
  sets: [
    { name: 'minimal', state: minimal[0], services: minimal[1] },
    { name: 'production-like', state: other[0], services: other[1] },
  ],
});

const UP = stack(PROJECT, ['up', statuses(PROJECT, 'minimal', { migrate: { phase: 'done', exitCode: 0 } }, 'ready')]);

const FAILED_STATES: States = {
  migrate: { phase: 'done', exitCode: 0 },
  catalogue: {
    phase: 'failed',
    exitCode: 1,
    restarts: 3,
    why: 'ended with exit code 1, 2 s after its start\nError: connect ECONNREFUSED 172.28.0.3:6379\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1595:16)\nThe cache is configured as redis://cache:6380 but nothing listens there.',
  },
  orders: { phase: 'unhealthy', why: 'its check fails since 40 s\ncurl: (22) The requested URL returned error: 503' },
  storefront: { phase: 'waiting', why: 'waits for catalogue to be ready' },
  edge: { phase: 'waiting', why: 'waits for storefront to be started' },
};

const PLAN: Plan = {
  schema: 1,
  set: 'minimal',
  create: ['db', 'cache', 'migrate', 'catalogue', 'storefront'].map((service) => ({ service, why: 'it has no container' })),
  recreate: [],
  start: [],
  remove: [],
  unchanged: [],
  ports: [
    { service: 'db', container: 5432, host: 5432, protocol: 'tcp', takenBy: 'postgres (pid 811)' },
    { service: 'cache', container: 6379, host: 6379, protocol: 'tcp' },
    { service: 'catalogue', container: 8081, host: 8081, protocol: 'tcp' },
    { service: 'storefront', container: 8080, host: 8080, protocol: 'tcp' },
  ],
  images: [
    { image: 'postgres:15', action: 'present', services: ['db'] },
    { image: 'redis:7', action: 'pull', services: ['cache'] },
    { image: 'registry.example:5000/shop/catalogue:9f3c1ab', action: 'build', services: ['migrate', 'catalogue'] },
    { image: 'registry.example:5000/shop/storefront:9f3c1ab', action: 'build', services: ['storefront'] },
  ],
  warnings: [],
  memory: { expected: 1_240_000_000, available: 21_400_000_000 },
};

const SWITCH_PLAN: Plan = {
  ...PLAN,
  set: 'production-like',
  create: PROJECT.sets[1]?.members.slice(0, 7).map(({ service }) => ({ service, why: 'it has no container' })) ?? [],
  recreate: [{ service: 'orders', why: 'its image is newer' }],
  start: [{ service: 'search-indexer', why: 'its container has stopped' }],
  remove: [{ service: 'old-gateway', why: 'the set no longer contains it' }],
  unchanged: ['storefront', 'edge'],
  ports: [],
  images: [...PLAN.images, { image: 'elasticsearch:8.11.1', action: 'pull', services: ['search'] }, { image: 'mongo:7', action: 'pull', services: ['mongodb-cluster-a-node-1'] }],
  warnings: ['The suffix shop.internal.example is also answered by the VPN on tun0'],
  memory: { expected: 7_900_000_000, available: 6_200_000_000 },
};

const PAST: readonly OperationSummary[] = [
  { id: 'op-7', method: 'stack.restart', directory: DIRECTORY, set: 'minimal', state: 'done', started: at(1900), ended: at(1894), owner: 'backlot up (pid 4121)' },
  { id: 'op-6', method: 'stack.up', directory: DIRECTORY, set: 'production-like', state: 'cancelled', started: at(5400), ended: at(5360), owner: 'this app' },
  { id: 'op-5', method: 'stack.up', directory: DIRECTORY, set: 'minimal', state: 'done', started: at(9000), ended: at(8991), owner: 'backlot up (pid 3877)' },
  { id: 'op-4', method: 'system.clean', state: 'done', started: at(90_000), ended: at(89_998), owner: 'backlot clean (pid 1200)' },
];

const FAILED: OperationSummary = {
  id: 'op-8',
  method: 'stack.up',
  directory: DIRECTORY,
  set: 'production-like',
  state: 'failed',
  started: at(95),
  ended: at(52),
  owner: 'this app',
  error: { code: 'not-ready', message: 'catalogue failed: it ended with exit code 1', cause: 'Error: connect ECONNREFUSED 172.28.0.3:6379', fix: 'Read its log: backlot logs production-like catalogue --tail 50' },
};

const RUNNING: OperationSummary = { id: 'op-9', method: 'stack.up', directory: DIRECTORY, set: 'production-like', state: 'running', started: at(14), owner: 'backlot up (pid 5120)' };

type ServiceNews = Extract<OperationEvent, { type: 'service' }>;

const news = (...[sequence, secondsAgo, service, state, more]: [number, number, string, ServicePhase, Partial<ServiceNews>?]): ServiceNews => ({
  type: 'service',
  time: at(secondsAgo),
  sequence,
  service,
  state,
  ...more,
});

const EVENTS: readonly OperationEvent[] = [
  { type: 'started', time: at(14), sequence: 1, operation: 'op-9', method: 'stack.up' },
  { type: 'message', time: at(13.8), sequence: 2, level: 'info', text: '11 services to create, 1 image to pull' },
  news(3, 13, 'search', 'pulling', { phase: 'pulling elasticsearch:8.11.1', progress: { done: 402_000_000, total: 689_000_000, unit: 'bytes' } }),
  news(4, 12, 'db', 'ready'),
  news(5, 12, 'cache', 'ready'),
  news(6, 11, 'broker', 'starting', { why: 'asked rabbitmq-diagnostics ping: exit code 69' }),
  news(7, 11, 'mongodb-cluster-a-node-1', 'ready'),
  news(8, 10, 'migrate', 'done'),
  news(9, 9, 'catalogue', 'starting', { phase: 'GET /health answered 503' }),
  news(10, 9, 'orders', 'waiting', { why: 'waits for broker' }),
  news(11, 9, 'search-indexer', 'waiting', { why: 'waits for search, broker' }),
  news(12, 9, 'storefront', 'waiting', { why: 'waits for catalogue, orders' }),
  news(13, 9, 'edge', 'waiting', { why: 'waits for storefront' }),
];

const FAILED_EVENTS: readonly OperationEvent[] = [
  { type: 'started', time: at(95), sequence: 1, operation: 'op-8', method: 'stack.up' },
  news(2, 94, 'db', 'starting'),
  news(3, 92, 'db', 'ready'),
  news(4, 92, 'migrate', 'starting'),
  news(5, 90, 'migrate', 'done'),
  { type: 'message', time: at(90), sequence: 6, level: 'warning', text: 'The healthcheck of cache has no timeout', fix: 'Add healthcheck.timeout in compose.yaml' },
  news(7, 89, 'catalogue', 'starting'),
  news(8, 53, 'catalogue', 'failed', { why: 'ended with exit code 1, 2 s after its start\nError: connect ECONNREFUSED 172.28.0.3:6379' }),
  { type: 'result', time: at(52), sequence: 9, ok: false, ...(FAILED.error && { error: FAILED.error }) },
];

const SWAP_EVENTS: readonly OperationEvent[] = [
  { type: 'started', time: at(1), sequence: 1, operation: 'op-10', method: 'stack.swap' },
  { type: 'result', time: at(0), sequence: 2, ok: true, value: {} },
];

async function* stays<Item>(item: Item, signal: AbortSignal): AsyncGenerator<Item> {
  yield item;
  await never(signal).catch(() => {});
}

/** Samples as if two minutes had been watched: waves that differ by service and never move the layout. */
async function* samples(project: ProjectView, set: string, signal: AbortSignal) {
  const members = project.sets.find(({ name }) => name === set)?.members.filter(({ service }) => service !== 'migrate') ?? [];
  for (let tick = 0; tick < 60; tick += 1) {
    yield {
      schema: 1,
      time: at(120 - tick * 2),
      set,
      services: members.map(({ service }, index) => {
        const noise = Math.abs(Math.sin(tick * 12.9898 + index * 78.233) * 43_758.5453) % 1;
        return {
          service,
          cpu: index % 3 === 0 ? 0.004 + noise * 0.012 : 0.05 + 0.3 * Math.abs(Math.sin(tick / 9 + index)) * (0.6 + noise * 0.4),
          memory: (38 + index * 61 + Math.sin(tick / 14 + index) * (6 + index)) * 1_048_576,
          memoryLimit: 2_147_483_648,
          networkReceived: 48_210_331 + tick * 9000,
          networkSent: 12_882_113 + tick * 4000,
          blockRead: 88_000_000,
          blockWritten: 19_400_000 + tick * 512,
        };
      }),
    };
  }
  await never(signal).catch(() => {});
}

const REFERENCES = { projects: [{ directory: DIRECTORY, name: 'shop' }, { directory: '/home/mira/work/payments', name: 'payments' }] };

const BASE: Answers = {
  'engine.watch': (_, signal) => stays(ENGINE, signal),
  'engine.contexts': () => ({
    contexts: [
      { name: 'default', endpoint: 'unix:///var/run/docker.sock', current: true },
      { name: 'bigbox', endpoint: 'ssh://mira@bigbox.internal', description: '64 cores under the stairs', current: false },
    ],
  }),
  ...FIXTURE_ANSWERS,
  ...RUN_ANSWERS,
  ...RELEASE_ANSWERS,
  'engine.reconnect': () => ({}),
  'project.list': () => REFERENCES,
  'project.load': () => PROJECT,
  'project.watch': (_, signal) => stays({ state: 'as it is' }, signal),
  'project.open': () => REFERENCES.projects[0],
  'stack.watch': (_, signal) => stays(UP, signal),
  'stack.stats': (input, signal) => samples(PROJECT, String(input['set']), signal),
  'stack.plan': (input) => (input['set'] === 'production-like' ? SWITCH_PLAN : PLAN),
  'names.list': (input) => nameList(PROJECT, String(input['set']), input['set'] === 'minimal'),
  'names.watchMisses': (_, signal) => stays({ schema: 1, guard: 'block', misses: [] }, signal),
  'names.why': (input) => explain(String(input['name']), input['from'] as string | undefined),
  'names.alias': () => ({ file: `${DIRECTORY}/backlot.yaml`, line: 14 }),
  'names.allow': () => ({ file: `${DIRECTORY}/backlot.yaml`, line: 17 }),
  'names.host': () => hostNames('absent'),
  'names.install': () => ({ id: 'op-9' }),
  'names.uninstall': () => ({ id: 'op-9' }),
  'stack.env': () => ({
    schema: 1,
    set: 'minimal',
    variables: [
      { name: 'DATABASE_URL', value: 'postgres://shop:shop@127.0.0.1:5432/shop', service: 'db' },
      { name: 'PGHOST', value: '127.0.0.1', service: 'db' },
      { name: 'PGPORT', value: '5432', service: 'db' },
      { name: 'REDIS_URL', value: 'redis://127.0.0.1:6379', service: 'cache' },
      { name: 'CATALOGUE_URL', value: 'http://127.0.0.1:8081', service: 'catalogue' },
      { name: 'NODE_ENV', value: 'development' },
    ],
    connections: [
      { service: 'db', port: 5432, inside: 'postgres://shop:shop@db.us-east-1.shop.example:5432/shop', host: 'postgres://shop:shop@127.0.0.1:5432/shop' },
      { service: 'cache', port: 6379, inside: 'redis://cache:6379', host: 'redis://127.0.0.1:6379' },
      { service: 'catalogue', port: 8081, inside: 'http://catalogue:8081', host: 'http://127.0.0.1:8081' },
    ],
  }),
  'stack.up': () => ({ id: 'op-9' }),
  'stack.down': () => ({ id: 'op-9' }),
  'stack.swap': () => ({ id: 'op-10' }),
  'stack.logs': (_, signal) => logs(signal),
  'operations.list': () => ({ operations: PAST }),
  'operations.watch': (input, signal) => stays2(FIXTURE_EVENTS[String(input['id'])] ?? RUN_EVENTS[String(input['id'])] ?? RELEASE_EVENTS[String(input['id'])] ?? (input['id'] === 'op-9' ? EVENTS : input['id'] === 'op-10' ? SWAP_EVENTS : FAILED_EVENTS), signal),
  'operations.answer': () => ({ answered: true }),
  'operations.cancel': () => ({ cancelled: true }),
  'terminals.list': () => ({ terminals: [] }),
  'system.version': () => ({ schema: 1, backlot: '0.1.0', engine: '27.3.1', apiVersion: '1.47', compose: '2.29.7', runtime: 'node 20.20.2' }),
  'system.doctor': () => ({
    schema: 1,
    checks: [
      { id: 'engine', status: 'ok', message: 'Docker 27.3.1 answers at unix:///var/run/docker.sock in 3 ms' },
      { id: 'compose', status: 'ok', message: 'Compose 2.29.7' },
      { id: 'git', status: 'ok', message: 'git 2.39.5; the work tree is clean' },
      { id: 'disk', status: 'warn', message: '8.1 GB are free where the engine keeps its images', fix: 'Free some: docker image prune --filter "until=240h"' },
      { id: 'ports', status: 'fail', message: 'Port 5432 of db is taken by postgres (pid 811)', fix: 'Stop it (systemctl stop postgresql), or give the set another port for db in backlot.yaml' },
      { id: 'project', status: 'ok', message: 'backlot.yaml and 1 Compose file are valid' },
    ],
  }),
};

async function* stays2(events: readonly OperationEvent[], signal: AbortSignal) {
  yield* events;
  if (events.at(-1)?.type !== 'result') await never(signal).catch(() => {});
}

async function* logs(signal: AbortSignal) {
  const services = ['db', 'cache', 'catalogue', 'storefront'];
  const lines = Array.from({ length: 160 }, (_, index) => ({
    service: services[(index * 7) % services.length] ?? 'db',
    stream: index % 23 === 0 ? 'stderr' : 'stdout',
    time: at(160 - index).replace('Z', '123456Z'),
    line: index % 23 === 0 ? 'WARN slow query took 812 ms: SELECT id, name FROM products WHERE tags && $1 ORDER BY sold DESC LIMIT 24' : `GET /products/${1000 + index * 37} 200 ${(index * 13) % 41} ms`,
  }));
  yield { lines };
  await never(signal).catch(() => {});
}

const PRODUCTION_FAILED = stack(PROJECT, ['up', statuses(PROJECT, 'minimal', { migrate: { phase: 'done' } }, 'ready')], ['failed', statuses(PROJECT, 'production-like', FAILED_STATES, 'ready')]);
const MANY = manyServices(500);
const misses = { 'names.watchMisses': (_: unknown, signal: AbortSignal) => stays({ schema: 1, guard: 'block', misses: MISSES }, signal) };

const SWAPPED = stack(PROJECT, [
  'up',
  statuses(PROJECT, 'minimal', { migrate: { phase: 'done', exitCode: 0 }, catalogue: { phase: 'swapped', swappedTo: ['localhost:8081'] }, db: { phase: 'ready', standsFor: ['pg-main-node-1', 'pg-main-node-2'] }, storefront: { phase: 'swapped', swappedTo: ['localhost:8080'], why: 'localhost:8080 does not answer' } }, 'ready'),
]);

const TOPOLOGY_STATES: States = {
  'mongo-init': { phase: 'done', exitCode: 0 },
  'redis-init': { phase: 'done', exitCode: 0 },
  topics: { phase: 'done', exitCode: 0 },
  'mongodb-cluster-a-node-2': { phase: 'unhealthy', why: 'its check fails since 40 s' },
  'pg-balancer': { phase: 'ready', standsFor: ['pg-main', 'pg-replica'] },
  shipping: { phase: 'swapped', swappedTo: ['localhost:8085'] },
  reviews: { phase: 'failed', exitCode: 1, why: 'ended with exit code 1' },
  'reviews-worker': { phase: 'waiting', why: 'waits for reviews' },
  edge: { phase: 'starting' },
};
const down = stack(PROJECT, ['down', statuses(PROJECT, 'minimal', {}, 'absent')]);
const engineIn = (state: EngineState['state'], more: Partial<EngineState>): Answers => ({ 'engine.watch': (_, signal) => stays({ ...ENGINE, state, since: at(23), ...more }, signal) });

let loads = 0;
let loaded = () => {};
const untilLoaded = new Promise<void>((resolve) => (loaded = resolve));

/** Every state worth looking at, by name. Each says only what differs from a set that is up. */
const SCENARIOS: Readonly<Record<string, Answers>> = {
  up: {},
  down: { 'stack.watch': (_, signal) => stays(down, signal) },
  failed: { 'stack.watch': (_, signal) => stays(PRODUCTION_FAILED, signal), 'operations.list': () => ({ operations: [FAILED, ...PAST] }) },
  running: {
    'stack.watch': (_, signal) => stays(stack(PROJECT, ['up', statuses(PROJECT, 'minimal', { migrate: { phase: 'done' } }, 'ready')], ['starting', statuses(PROJECT, 'production-like', {}, 'absent')]), signal),
    'operations.list': () => ({ operations: [RUNNING, ...PAST] }),
  },
  misses: { ...misses },
  swapped: { 'stack.watch': (_, signal) => stays(SWAPPED, signal) },
  topology: {
    'project.load': () => TOPOLOGY,
    'stack.watch': (_, signal) => stays(stack(TOPOLOGY, ['partial', statuses(TOPOLOGY, 'minimal', TOPOLOGY_STATES, 'ready')]), signal),
    'stack.stats': (_, signal) => samples(TOPOLOGY, 'minimal', signal),
    'names.list': () => nameList(TOPOLOGY, 'minimal', true),
  },
  namesdown: { 'names.list': () => { throw new BacklotError('engine-unreachable', 'connect ENOENT /var/run/docker.sock', { fix: 'Start Docker, then it connects by itself: sudo systemctl start docker' }); }, 'names.host': () => hostNames('partial') },
  namesloading: { 'names.list': (_, signal) => never(signal), 'names.host': (_, signal) => never(signal) },
  nonames: { 'names.list': () => ({ ...nameList(PROJECT, 'minimal', false, 'off'), names: [], suffixes: [] }), 'names.host': () => hostNames('installed') },
  loading: { 'project.load': (_, signal) => never(signal) },
  asking: { 'stack.watch': async function* (_, signal) { await never(signal).catch(() => {}); yield undefined; } },
  watched: {
    'project.watch': async function* (_, signal) {
      const page = window as { watches?: number };
      page.watches = (page.watches ?? 0) + 1;
      yield { state: 'as it was' };
      await never(signal).catch(() => {});
      page.watches -= 1;
    },
  },
  empty: { 'project.list': () => ({ projects: [] }) },
  connecting: { ...engineIn('connecting', {}), 'stack.watch': async function* (_, signal) { await never(signal).catch(() => {}); yield undefined; } },
  slow: engineIn('slow', { latency: 8100, error: { code: 'engine-slow', message: 'The last call took 8 s' } }),
  enginedown: engineIn('down', { error: { code: 'engine-unreachable', message: 'connect ENOENT /var/run/docker.sock', fix: 'Start Docker, then it connects by itself: sudo systemctl start docker' }, context: 'default' }),
  enginedownfirst: { ...engineIn('down', { error: { code: 'engine-unreachable', message: 'connect ENOENT /var/run/docker.sock', fix: 'Start Docker, then it connects by itself: sudo systemctl start docker' } }), 'stack.watch': async function* (_, signal) { await never(signal).catch(() => {}); yield undefined; } },
  logsdown: {
    ...engineIn('down', {}),
    'stack.logs': () => { throw new BacklotError('engine-unreachable', 'The engine at unix:///var/run/docker.sock does not answer', { cause: Array.from({ length: 14 }, () => 'connect ENOENT /var/run/docker.sock').join('\n'), fix: 'Start Docker, then it connects by itself: sudo systemctl start docker' }); },
  },
  broken: {
    'project.load': () => {
      if ('mended' in window) return PROJECT;
      throw new BacklotError('config-invalid', 'sets.minimal: unknown key "servises"', {
        where: { file: `${DIRECTORY}/backlot.yaml`, line: 12, column: 5 },
        cause: '  11 |   minimal:\n> 12 |     servises: [storefront]\n     |     ^^^^^^^^\n  13 |     addresses: localhost',
        fix: 'Did you mean "services"?',
        also: [{ message: 'stages.unit.timeout: "5 minutes" is not a duration', where: { file: `${DIRECTORY}/backlot.yaml`, line: 31, column: 14 }, fix: 'Write 5m' }],
      });
    },
  },
  brokenlater: {
    'project.watch': async function* (_, signal) { yield { state: 'good' }; await untilLoaded; yield { state: 'broken' }; await never(signal).catch(() => {}); },
    'project.load': () => {
      loaded();
      if (loads++ === 0) return PROJECT;
      throw new BacklotError('compose-invalid', 'services.catalogue.ports must be a list', { where: { file: `${DIRECTORY}/compose.yaml`, line: 48, column: 12 }, fix: 'Write a list, such as ["8081:8081"].' });
    },
  },
  missing: {
    'project.load': () => {
      throw new BacklotError('component-missing', 'The component payments is not there: /home/mira/work/payments', { where: { file: `${DIRECTORY}/backlot.yaml`, line: 5, column: 3 }, fix: 'Clone it: git clone git@git.example:shop/payments.git ../payments' });
    },
    'project.missing': () => ({ components: [{ name: 'payments', path: '/home/mira/work/payments', git: 'git@git.example:shop/payments.git', ref: 'main' }, { name: 'ledger', path: '/home/mira/work/ledger' }] }),
    'project.clone': () => ({ id: 'op-9' }),
  },
  ...FIXTURE_SCENARIOS,
  ...RUN_SCENARIOS,
  ...RELEASE_SCENARIOS,
  many: {
    'project.load': () => MANY,
    'stack.watch': (_, signal) => stays(stack(MANY, ['partial', statuses(MANY, 'minimal', { 'service-007': { phase: 'failed', why: 'ended with exit code 137: it used more memory than its limit of 256 MB' } }, 'ready')]), signal),
    'stack.stats': (_, signal) => samples(MANY, 'minimal', signal),
  },
};

/** What the double answers in a scenario. */
export function answersOf(scenario: string): Answers {
  return { ...BASE, ...SCENARIOS[scenario] };
}
