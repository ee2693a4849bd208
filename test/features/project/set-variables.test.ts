import { describe, expect, test } from 'vitest';
import { createProjectFiles } from '#adapters/files/project-files.ts';
import { createLoadProject } from '#features/project/load-project.ts';
import { environmentOf } from '#features/stack/environment.ts';
import type { Compose } from '#ports/compose.ts';
import { faultsOf, loadProject, ProjectFolder, realCompose } from './project-folder.ts';

const COMPOSE = `
name: shop
services:
  api: {image: node, expose: ["3000"]}
  db: {image: "postgres:15", environment: {POSTGRES_USER: me, POSTGRES_PASSWORD: "p$$w/d", POSTGRES_DB: shop}}
  maria: {image: mariadb, environment: {MARIADB_ROOT_PASSWORD: r, MARIADB_DATABASE: books}}
  cache: {image: redis}
  worker: {image: node}
  mongo-node-1: {image: mongo}
  mongo-node-2: {image: mongo}
`;

describe('a set’s variables', () => {
  test('say where its services are reached from inside, and how', async () => {
    const { sets } = await loadProject(
      `version: 1
sets:
  minimal:
    services: all
    environment:
      PLACE: "\${db.host}:\${db.port} \${api.address}"
      URL: \${db.url}
      WHO: \${db.user}/\${db.password}/\${db.database}
      BOOKS: \${maria.url}
      CACHE: \${cache.url}/0
      NODE: \${mongo-node-1.address}
      KEPT: "$\${db.host} \${HOME_OF:-nobody} \${OTHER-db.host} \${GIVEN}"
`,
      COMPOSE,
      { GIVEN: '${db.port}' },
    );
    expect(sets['minimal']?.environment).toEqual({
      PLACE: 'db:5432 api:3000',
      URL: 'postgres://me:p%24w%2Fd@db:5432/shop',
      WHO: 'me/p$w/d/shop',
      BOOKS: 'mysql://root:r@maria:3306/books',
      CACHE: 'redis://cache:6379/0',
      NODE: 'mongo-node-1:27017',
      KEPT: '${db.host} nobody db.host ${db.port}',
    });
  });

  test('may be kept below a key of one’s own and shared by anchors', async () => {
    const { sets } = await loadProject('version: 1\nx-common: &common {DB: "${db.host}"}\nsets:\n  minimal: {services: all, environment: {<<: *common, A: b}}\n', COMPOSE);
    expect(sets['minimal']?.environment).toEqual({ DB: 'db', A: 'b' });
  });

  test('count for the services that they speak of', async () => {
    const { sets } = await loadProject('version: 1\nsets: {minimal: {services: all, environment: {POSTGRES_DB: other, DB: "${db.database}"}}}\n', COMPOSE);
    expect(sets['minimal']?.environment['DB']).toBe('other');
  });

  test('speak of a service that another stands in for by the name that it is asked by', async () => {
    const { sets } = await loadProject('version: 1\nsets: {minimal: {services: [mongo-node-1], standIns: {mongo-node-1: [mongo-node-2]}, environment: {M: "${mongo-node-2.url}"}}}\n', COMPOSE);
    expect(sets['minimal']?.environment['M']).toBe('mongodb://mongo-node-2:27017');
  });

  test('that stand for nothing are told with their place and the nearest', async () => {
    const backlot = `version: 1
name: \${db.host}
sets:
  minimal: {services: [api, db, cache]}
`;
    expect(await faultsOf({ 'backlot.yaml': backlot, 'compose.yaml': COMPOSE })).toEqual([
      'config-invalid: backlot.yaml:2:7: ${db.host} has no meaning here · Properties of services are for the environment of a set; write $$ for a dollar sign.',
    ]);
    const set = `version: 1
sets:
  minimal:
    services: [api, db, cache, worker]
    environment:
      A: \${dv.host}
      B: \${db.prot}
      C: \${maria.url}
      D: \${cache.user}
      E: \${worker.port}
`;
    expect(await faultsOf({ 'backlot.yaml': set, 'compose.yaml': COMPOSE })).toEqual([
      'config-invalid: backlot.yaml:6:10: sets.minimal.environment.A: there is no service "dv" · Did you mean db? The set has: api, cache, db, worker.',
      'backlot.yaml:7:10: sets.minimal.environment.B: services have no "prot" · Did you mean ${db.port}? They have: host, port, address, url, user, password, database.',
      expect.stringContaining('backlot.yaml:8:10: sets.minimal.environment.C: the set minimal does not have the service maria · Add it'),
      expect.stringContaining('backlot.yaml:9:10: sets.minimal.environment.D: the user of cache is not known'),
      'backlot.yaml:10:10: sets.minimal.environment.E: the port of worker is not known · Name its port in its Compose file: expose: ["8080"].',
    ]);
  });
});

describe('Compose files that ask for a set’s variables', () => {
  const counting = () => {
    const real = realCompose();
    const asked: Readonly<Record<string, string>>[] = [];
    const compose: Compose = { ...real, resolve: (files, directory, signal, options) => (asked.push(options?.variables ?? {}), real.resolve(files, directory, signal, options)) };
    return { compose, asked };
  };
  const load = (folder: ProjectFolder, compose: Compose, environment = {}) => createLoadProject({ compose, files: createProjectFiles(), environment })(folder.directory, AbortSignal.timeout(60_000));

  test('are read for each set, with its name and its environment', async () => {
    using folder = new ProjectFolder({
      'backlot.yaml': 'version: 1\nsets:\n  minimal: {environment: {TAG: small, UNUSED: 1}}\n  whole: {services: all, environment: {TAG: large}}\n  same: {environment: {TAG: small}}\n',
      'compose.yaml': 'name: shop\ninclude: [more.yaml]\nservices: {web: {image: "nginx:${TAG:?}"}}\n',
      'more.yaml': 'services: {db: {image: postgres, command: "-c ${BACKLOT_SET}"}}\n',
    });
    const { compose, asked } = counting();
    const project = await load(folder, compose);
    const images = ['minimal', 'whole', 'same'].map((set) => {
      const environment = environmentOf(project, set);
      return [environment.project.services['web']?.image, environment.project.services['db']?.resolved.command, environment.set.composeProject];
    });
    expect(images).toEqual([['nginx:small', ['-c', 'minimal'], 'shop'], ['nginx:large', ['-c', 'whole'], 'shop-whole'], ['nginx:small', ['-c', 'same'], 'shop-same']]);
    expect(asked).toEqual([{ TAG: 'small', BACKLOT_SET: 'minimal' }, { TAG: 'large', BACKLOT_SET: 'whole' }, { TAG: 'small', BACKLOT_SET: 'same' }]);
    expect(project.warnings).toEqual([]);
  });

  test('and those that do not are read once, however many sets there are', async () => {
    using folder = new ProjectFolder({ 'backlot.yaml': 'version: 1\nsets:\n  minimal: {environment: {A: "${db.url}"}}\n  whole: {environment: {A: 2}}\n', 'compose.yaml': 'services: {db: {image: postgres, command: "$$A $${BACKLOT_SET} ${B:-b}"}}\n' });
    const { compose, asked } = counting();
    const project = await load(folder, compose);
    expect(asked).toEqual([{}]);
    expect(Object.values(project.sets).map(({ own }) => own)).toEqual([undefined, undefined]);
  });

  test('get what the set says of its services, too', async () => {
    using folder = new ProjectFolder({ 'backlot.yaml': 'version: 1\nsets: {minimal: {environment: {DB_PORT: "${db.port}", DB: "${db.host}"}}}\n', 'compose.yaml': 'services:\n  db: {image: postgres}\n  api: {image: node, command: "connect ${DB}:${DB_PORT:?}", ports: ["${DB_PORT}:80"]}\n' });
    const { compose, asked } = counting();
    const project = await load(folder, compose);
    expect(project.services['api']?.resolved).toMatchObject({ command: ['connect', 'db:5432'], ports: [{ published: '5432' }] });
    expect(asked).toEqual([{ DB: 'db', DB_PORT: '1' }, { DB: 'db', DB_PORT: '5432' }]);
  });

  test('win over the environment and over .env, and never steer the commands themselves', async () => {
    using folder = new ProjectFolder({ 'backlot.yaml': 'version: 1\nsets: {minimal: {environment: {TAG: set, PATH: /nowhere, DOCKER_HOST: "tcp://127.0.0.1:1"}}}\n', 'compose.yaml': 'services: {web: {image: "nginx:${TAG}", command: "${PATH} ${DOCKER_HOST}"}}\n', '.env': 'TAG=file\n' });
    const project = await load(folder, realCompose({ TAG: 'shell', PATH: process.env['PATH'] }), { TAG: 'shell' });
    expect(project.services['web']?.image).toBe('nginx:set');
    expect(project.services['web']?.resolved.command).not.toContain('/nowhere');
  });

  test('may have services that only one set has', async () => {
    using folder = new ProjectFolder({
      'backlot.yaml': 'version: 1\nsets: {minimal: {}, whole: {services: [extra]}}\n', 'compose.yaml': 'include: ["${BACKLOT_SET}.yaml"]\nservices: {web: {image: nginx}}\n',
      'minimal.yaml': 'services: {}\n', 'whole.yaml': 'services: {extra: {image: redis}}\n',
    });
    const project = await folder.load();
    expect(project.sets['whole']?.services).toEqual(['extra']);
    expect(environmentOf(project, 'whole').project.services['extra']?.kind).toBe('redis');
  });
});
