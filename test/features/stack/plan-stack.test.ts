import { describe, expect, test } from 'vitest';
import { decidePorts } from '#features/stack/decide-ports.ts';
import { environmentOf } from '#features/stack/environment.ts';
import { generateModel, specsOf } from '#features/stack/generate-model.ts';
import { planStack, type Desired, type Observed } from '#features/stack/plan-stack.ts';
import type { Project } from '#features/project/project.ts';
import { LABELS, type ContainerSummary } from '#ports/container-engine.ts';
import type { EnvironmentRecord } from '#ports/state-store.ts';
import { projectOf } from './project-fixture.ts';

const shop = () =>
  projectOf({
    db: { image: 'postgres:15', kind: 'postgres' },
    migrate: { image: 'shop/api', depends_on: { db: { condition: 'service_healthy' } } },
    api: { image: 'shop/api', environment: { LEVEL: 'info' }, depends_on: { migrate: { condition: 'service_completed_successfully' }, db: { condition: 'service_healthy' } } },
  });

describe('the plan of a set', () => {
  test('creates everything where nothing is', () => {
    expect(text(shop(), nothing)).toEqual(['create db (has no container)', 'create migrate (has no container)', 'create api (has no container)']);
  });

  test('keeps what is as it should be', () => {
    expect(text(shop(), asMade(shop()))).toEqual(['keep db (unchanged)', 'keep migrate (unchanged)', 'keep api (unchanged)']);
  });

  test('recreates only the service that changed, and names the variable but not its value', () => {
    const changed = projectOf({ ...definitions(shop()), api: { ...definitions(shop())['api'], environment: { LEVEL: 'debug-secret' } } });
    const steps = text(changed, asMade(shop()));
    expect(steps).toEqual(['keep db (unchanged)', 'keep migrate (unchanged)', 'recreate api (environment LEVEL changed)']);
  });

  test('recreates every service of an image that was built anew', () => {
    const observed = asMade(shop());
    expect(text(shop(), { ...observed, images: { ...observed.images, 'shop/api': 'sha256:new' } })).toEqual([
      'keep db (unchanged)',
      'recreate migrate (the image shop/api changed)',
      'recreate api (the image shop/api changed)',
    ]);
  });

  test('starts what has stopped', () => {
    const observed = asMade(shop(), { db: { state: 'exited', status: 'Exited (137)' } });
    expect(text(shop(), observed)[0]).toBe('start db (is exited: Exited (137))');
  });

  test('leaves a one-shot that was seen to end well, and runs it again when what it needs is new', () => {
    const ended = asMade(shop(), { migrate: { state: 'exited', status: 'Exited (0)' } });
    const record = { ...ended.record, ready: { 'id-migrate@then': 'done' } } as EnvironmentRecord;
    expect(text(shop(), { ...ended, record })).toContain('keep migrate (done)');
    const withoutDb = { ...ended, record, containers: ended.containers.filter((container) => container.id !== 'id-db') };
    expect(text(shop(), withoutDb)).toContain('start migrate (runs again, because db is new)');
  });

  test('removes what the set no longer has, but not when only some services were asked for', () => {
    const observed = asMade(shop());
    const old: ContainerSummary = { ...(observed.containers[0] as ContainerSummary), id: 'old', labels: { [LABELS.service]: 'legacy' } };
    const more = { ...observed, containers: [...observed.containers, old] };
    expect(text(shop(), more)).toContain('remove legacy (no longer in the set minimal)');
    expect(text(shop(), more, ['db'])).toEqual(['keep db (unchanged)']);
  });

  test('takes what a chosen service needs along, and nothing else', () => {
    expect(text(shop(), nothing, ['migrate'])).toEqual(['create db (has no container)', 'create migrate (has no container)']);
  });

  test('has nothing to make of a service without replicas', () => {
    expect(text(projectOf({ db: { image: 'postgres:15' }, admin: { image: 'adminer', deploy: { replicas: 0 } } }), nothing)).toEqual(['create db (has no container)', 'keep admin (has no replicas)']);
  });

  test('builds an image that is missing, and pulls one that nobody builds', () => {
    const project = projectOf({ web: { build: { context: '.' } }, db: { image: 'postgres:15' } });
    expect(planStack(desiredOf(project), nothing).images).toEqual([
      { image: 'shop-web', action: 'build', services: ['web'] },
      { image: 'postgres:15', action: 'pull', services: ['db'] },
    ]);
  });
});

describe('the generated model', () => {
  test('keeps which services start again with which, for those who restart them with Compose', () => {
    const environment = environmentOf(projectOf({ db: { image: 'postgres:15' }, api: { image: 'shop/api', depends_on: { db: { condition: 'service_started', restart: true } } } }), undefined);
    expect(JSON.parse(specsOf(environment)['api']?.text ?? '').depends_on).toEqual({ db: { condition: 'service_started', required: true, restart: true } });
  });

  test('carries our labels on services and networks, and none on volumes, which hold data', () => {
    const model = JSON.parse(generateModel(environmentOf(shop(), undefined), { ...bare, specs: specsOf(environmentOf(shop(), undefined)) }));
    expect(model.services.db.labels).toMatchObject({ [LABELS.service]: 'db', [LABELS.set]: 'minimal', [LABELS.directory]: '/shop' });
    expect(model.networks.default.labels).toMatchObject({ [LABELS.project]: 'shop' });
    expect(model.volumes.data).toEqual({ name: 'shop_data' });
  });

  test('gives another set its own networks and volumes', () => {
    const environment = environmentOf(projectOf({ db: { image: 'postgres:15' } }, { name: 'minimal', composeProject: 'shop-full' }), 'minimal');
    const model = JSON.parse(generateModel(environment, { ...bare, specs: specsOf(environment) }));
    expect([model.name, model.networks.default.name, model.volumes.data.name]).toEqual(['shop-full', 'shop-full_default', 'shop-full_data']);
  });

  test('answers to every name with every suffix', () => {
    const environment = environmentOf(projectOf({ db: { image: 'postgres:15' } }, { standIns: { db: ['db-node-2'] } }), undefined);
    const model = JSON.parse(generateModel(environment, { ...bare, specs: specsOf(environment) }));
    expect(model.services.db.networks.default.aliases).toEqual(['db-node-2', 'db.east.shop.example', 'db-node-2.east.shop.example']);
  });
});

describe('services that belong together', () => {
  const project = (level: string) =>
    projectOf({
      db: { image: 'redis:7', environment: { LEVEL: level } },
      side: { image: 'debian', network_mode: 'service:db', depends_on: { db: { condition: 'service_started', restart: true } } },
      follower: { image: 'debian', depends_on: { db: { condition: 'service_started', restart: true } } },
      other: { image: 'debian', depends_on: { db: { condition: 'service_started' } } },
    });

  test('are made anew where they share what a new container has, and start again where they ask to', () => {
    expect(text(project('2'), asMade(project('1')))).toEqual([
      'recreate db (environment LEVEL changed)',
      'recreate side (shares what db has, whose container is new)',
      'start follower (starts again together with db)',
      'keep other (unchanged)',
    ]);
  });

  test('are made anew where the container whose network they have is gone', () => {
    const observed = asMade(project('1'), { side: { networkOf: 'id-of-an-older-db' } });
    expect(text(project('1'), observed)[1]).toBe('recreate side (shares what db has, whose container is new)');
    expect(text(project('1'), asMade(project('1'), { side: { networkOf: 'id-db' } }))[1]).toBe('keep side (unchanged)');
  });
});

test('B28: a container that never started is made anew where files were to be written into it, which it may lack', () => {
  const given = projectOf({ db: { image: 'redis:7', secrets: [{ source: 'token' }] }, web: { image: 'redis:7', secrets: [{ source: 'key' }] } });
  const project = { ...given, model: { ...given.model, secrets: { token: { environment: 'TOKEN' }, key: { file: '/shop/key' } } } };
  const never = asMade(project, { db: { state: 'created' }, web: { state: 'created' } });
  expect(text(project, never)).toEqual(['create db (has no container)', 'start web (was created and never started)']);
  expect(planStack(desiredOf(project), never).leftovers.remove.map(({ id }) => id)).toEqual(['id-db']);
  expect(text(project, asMade(project, { db: { state: 'exited', status: 'Exited (1)' } }))).toEqual(['start db (is exited: Exited (1))', 'keep web (unchanged)']);
});

/** Without addresses and guard. */
const bare = { ports: [], networks: [], guard: [] };
const nothing: Observed = { containers: [], images: {}, record: undefined };

function text(project: Project, observed: Observed, services: string[] = []): string[] {
  return planStack({ ...desiredOf(project), services }, observed).steps.map((step) => `${step.action} ${step.service} (${step.why})`);
}

function desiredOf(project: Project): Desired {
  const environment = environmentOf(project, undefined);
  const { ports } = decidePorts(environment, { kept: {}, exposed: {}, holderOf: () => undefined });
  return { environment, specs: specsOf(environment), ports, warnings: [], services: [], build: false, networks: { networks: [], remake: [], warnings: [] }, guard: { parts: [], resolvers: {}, warnings: [] } };
}

function definitions(project: Project) {
  return project.model.services;
}

/** What is there after a project was brought up. */
function asMade(project: Project, changes: Readonly<Record<string, Partial<ContainerSummary>>> = {}): Observed & { record: EnvironmentRecord } {
  const specs = specsOf(environmentOf(project, undefined));
  const containers = Object.keys(project.services).map(
    (name): ContainerSummary => ({
      id: `id-${name}`,
      name: `shop-${name}-1`,
      image: project.services[name]?.image ?? '',
      imageId: `sha256:${project.services[name]?.image}`,
      state: 'running',
      health: 'none',
      status: 'Up',
      labels: { [LABELS.service]: name, [LABELS.spec]: specs[name]?.hash ?? '' },
      ports: [],
      networks: [],
      ...changes[name],
    }),
  );
  const images = Object.fromEntries(containers.map((container) => [container.image, `sha256:${container.image}`]));
  const record: EnvironmentRecord = {
    project: 'shop',
    directory: '/shop',
    set: 'minimal',
    composeProject: 'shop',
    services: Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, spec.text])),
    ports: {},
    ready: {},
  };
  return { containers, images, record };
}

test('who needs a service that the set leaves out needs its stand-in', () => {
  const services = {
    one: { image: 'redis:7' },
    two: { image: 'redis:7' },
    api: { image: 'api', depends_on: { one: { condition: 'service_healthy' }, two: { condition: 'service_healthy' } } },
  };
  const environment = environmentOf(projectOf(services, { services: ['one', 'api'], standIns: { one: ['two'] } }), undefined);
  expect(JSON.parse(specsOf(environment)['api']?.text ?? '').depends_on).toEqual({ one: { condition: 'service_healthy', required: true } });
});
