import { readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createProjectFiles } from '#adapters/files/project-files.ts';
import { createLoadProject } from '#features/project/load-project.ts';
import { viewProject } from '#features/project/view-project.ts';
import { faultsOf, loadProject, ProjectFolder, realCompose } from './project-folder.ts';

const SHOP = `
name: shop
services:
  web: {image: nginx, depends_on: [api], ports: ["8080:80"]}
  api:
    build: .
    depends_on:
      db: {condition: service_healthy}
      migrate: {condition: service_completed_successfully}
      metrics: {condition: service_started, required: false}
    healthcheck: {test: curl localhost, interval: 5s}
    expose: ["3000"]
  migrate: {image: flyway, depends_on: [db]}
  db: {image: "postgres:15"}
  metrics: {image: prometheus, profiles: [observe]}
`;

describe('a project', () => {
  test('has its services with kinds, dependencies and names', async () => {
    const project = await loadProject('version: 1\nname: my-shop\nnames: {suffixes: [eu.shop.example], aliases: {db: ["pg-{1..2}"]}}\n', SHOP);
    expect(project).toMatchObject({ name: 'my-shop', suffixes: ['eu.shop.example'], defaultSet: 'minimal', warnings: [] });
    expect(project.services['db']).toMatchObject({ kind: 'postgres', image: 'postgres:15', build: false, names: ['db', 'pg-1', 'pg-2'] });
    expect(project.services['api']).toMatchObject({
      build: true,
      image: 'shop-api',
      kind: 'http',
      dependsOn: [
        { service: 'db', condition: 'healthy', required: true },
        { service: 'metrics', condition: 'started', required: false },
        { service: 'migrate', condition: 'completed', required: true },
      ],
    });
  });

  test('without sets is one set of all services that Compose would start', async () => {
    const { sets } = await loadProject('version: 1\n', SHOP);
    expect(Object.keys(sets)).toEqual(['minimal']);
    expect(sets['minimal']).toMatchObject({ composeProject: 'shop', addresses: 'localhost', services: ['db', 'migrate', 'api', 'web'] });
  });

  test('closes its sets, and gives every one but the default its own Compose project', async () => {
    const { sets, defaultSet } = await loadProject('version: 1\nsets:\n  small: {services: [migrate]}\n  whole: {services: all, addresses: own}\n  seen: {services: [db], profiles: ["*"]}\n', SHOP);
    expect(defaultSet).toBe('small');
    expect(Object.values(sets).map(({ name, composeProject, services }) => [name, composeProject, services.join(' ')])).toEqual([
      ['small', 'shop', 'db migrate'],
      ['whole', 'shop-whole', 'db migrate api web'],
      ['seen', 'shop-seen', 'db metrics'],
    ]);
    expect(sets['small']?.because).toEqual({ migrate: 'chosen by the set', db: 'needed by migrate' });
  });

  test('takes minimal as default wherever it stands', async () => {
    const { defaultSet, sets } = await loadProject('version: 1\nsets: {other: {}, minimal: {services: [db]}}\n', SHOP);
    expect([defaultSet, sets['minimal']?.composeProject, sets['other']?.composeProject]).toEqual(['minimal', 'shop', 'shop-other']);
  });

  test('is frozen to the bottom', async () => {
    const project = await loadProject('version: 1\n', SHOP);
    expect(Object.isFrozen(project.services['api']?.resolved.depends_on)).toBe(true);
  });

  test('reads the .env beside it as Compose does, with the environment over it', async () => {
    using folder = new ProjectFolder({ 'backlot.yaml': 'version: 1\nname: ${NAME}\nregistry: ${REGISTRY}\n', 'compose.yaml': 'services: {db: {image: "postgres:${PG}"}}\n', '.env': 'NAME=from-file\nREGISTRY=r\nPG=14\n' });
    const project = await folder.load({ NAME: 'from-shell', PG: '15' });
    expect([project.name, project.services['db']?.image]).toEqual(['from-shell', 'postgres:15']);
  });

  test('takes the profiles that Compose would take, of the environment before the .env, where a set names none', async () => {
    using folder = new ProjectFolder({
      'backlot.yaml': 'version: 1\nsets: {whole: {services: all}, own: {services: all, profiles: [b]}, few: {services: [db]}}\n',
      'compose.yaml': 'services: {db: {image: x}, a: {image: x, profiles: [a]}, b: {image: x, profiles: [b]}, c: {image: x, profiles: [c]}}\n',
      '.env': 'COMPOSE_PROFILES=a, c\n',
    });
    const members = async (environment?: Record<string, string | undefined>) => Object.values((await folder.load(environment)).sets).map(({ services }) => services.join(' '));
    expect(await members()).toEqual(['a c db', 'b db', 'db']);
    expect(await members({ PATH: process.env['PATH'], COMPOSE_PROFILES: 'c' })).toEqual(['c db', 'b db', 'db']);
  });

  test('takes the Compose files that Compose would take, override included', async () => {
    using folder = new ProjectFolder({
      'backlot.yaml': 'version: 1\n', 'docker-compose.yml': 'services: {db: {image: "postgres:14"}}\n', 'docker-compose.override.yml': 'services: {db: {image: "postgres:15"}}\n',
    });
    const project = await folder.load();
    expect(project.services['db']?.image).toBe('postgres:15');
    expect(project.composeFiles.map((file) => path.basename(file))).toEqual(['docker-compose.yml', 'docker-compose.override.yml']);
  });

  test('is the same through a link to its folder', async () => {
    using folder = new ProjectFolder({ 'shop/backlot.yaml': 'version: 1\n', 'shop/compose.yaml': SHOP });
    symlinkSync(folder.path('shop'), folder.path('link'));
    const load = createLoadProject({ compose: realCompose(), files: createProjectFiles(), environment: {} });
    expect((await load(folder.path('link'), AbortSignal.timeout(30_000))).directory).toBe(folder.path('shop'));
  });

  test('B49: works in a folder with spaces, quotes, dollars and a line break in its name', async () => {
    using folder = new ProjectFolder({ [`a "b" $HOME 'c'\nü/backlot.yaml`]: 'version: 1\n', [`a "b" $HOME 'c'\nü/compose.yaml`]: SHOP });
    const load = createLoadProject({ compose: realCompose(), files: createProjectFiles(), environment: {} });
    const project = await load(folder.path(`a "b" $HOME 'c'\nü`), AbortSignal.timeout(30_000));
    expect(Object.keys(project.services)).toHaveLength(5);
  });

  test('the documented example loads, every key of it', async () => {
    const services = ['api', 'web', 'app', 'mongodb-cluster-a-node-1', 'mongodb-cluster-a-node-2', 'mongodb-cluster-a-node-3'];
    const compose = `name: shop\nservices:\n${services.map((name) => `  ${name}: {image: node, depends_on: [db]}\n`).join('')}  db: {image: postgres}\n  cache: {image: redis}\n  prometheus: {image: prometheus, profiles: [metrics]}\n`;
    const project = await loadProject(readFileSync('resources/backlot.example.yaml', 'utf8'), compose);
    expect(viewProject(project)).toMatchObject({ name: 'shop', stages: ['lint', 'unit', 'integration', 'browser', 'live', 'sanity', 'smoke'], fixtures: ['catalogue'], targets: ['staging', 'production', 'edge'], registry: 'registry.example:5000' });
    expect(project.services['db']?.names).toEqual(['db', 'pg-main-node-1', 'pg-main-node-2', 'pg-reader', 'pg-writer']);
    expect(project.sets['production-like']).toMatchObject({ addresses: 'own', replicas: { cache: 3 } });
    expect(project.sets['minimal']).toMatchObject({ ports: { db: { 5432: 15432 } }, environment: { LOG_LEVEL: 'info', DATABASE_URL: 'postgres://postgres@db:5432/postgres' } });
    expect(project.groups).toEqual({ 'mongodb-cluster-a': ['mongodb-cluster-a-node-1', 'mongodb-cluster-a-node-2'] });
  });

  test('shows what shells need, and no value of a variable', async () => {
    const project = await loadProject('version: 1\nsets: {minimal: {services: [web], environment: {TOKEN: hunter2}}}\n', SHOP);
    const view = viewProject(project);
    expect(JSON.stringify(view)).not.toContain('hunter2');
    expect(view.sets[0]).toMatchObject({ environment: ['TOKEN'], members: [{ service: 'db', because: 'needed by api, migrate' }, {}, {}, { service: 'web', because: 'chosen by the set' }] });
    expect(view.services.find(({ name }) => name === 'web')?.ports).toEqual([{ container: 80, host: 8080, protocol: 'tcp' }]);
    expect(view.services.find(({ name }) => name === 'api')).toMatchObject({ healthcheck: true, ports: [{ container: 3000, protocol: 'tcp' }] });
  });
});

describe('stand-ins', () => {
  const CLUSTER = 'services:\n  api: {image: node, depends_on: [n1, n2, n3]}\n  n1: {image: mongo}\n  n2: {image: mongo}\n  n3: {image: mongo}\n';

  test('answer for the services that the set leaves out', async () => {
    const { sets } = await loadProject('version: 1\nsets: {minimal: {services: all, standIns: {n1: [n2, n3]}}}\n', CLUSTER);
    expect(sets['minimal']).toMatchObject({ services: ['n1', 'api'], standIns: { n1: ['n2', 'n3'] } });
    expect(sets['minimal']?.because['n1']).toBe('chosen by the set; stands in for n2, n3; needed by api');
  });

  test('cannot stand in for themselves, for what the set has, or two for one', async () => {
    const backlot = 'version: 1\nsets:\n  minimal:\n    services: [api, n3]\n    standIns:\n      n1: [n1, n3, x]\n      n2: [x]\n';
    expect(await faultsOf({ 'backlot.yaml': backlot, 'compose.yaml': CLUSTER })).toEqual([
      expect.stringContaining('backlot.yaml:6:12: n1 cannot stand in for itself'),
      expect.stringContaining('backlot.yaml:6:16: The set minimal has n3 itself, and n1 stands in for it'),
      expect.stringContaining('backlot.yaml:7:12: Both n1 and n2 stand in for x'),
    ]);
  });
});

describe('a project that cannot be', () => {
  const fails = (backlot: string, compose = SHOP) => faultsOf({ 'backlot.yaml': backlot, 'compose.yaml': compose });

  test('says which stages cannot share services, and why', async () => {
    const backlot = `version: 1
stages:
  none: {run: x, sharedServices: true}
  localhost: {run: x, services: [db], network: shared, sharedServices: true}
  browser: {run: x, services: [db], browser: chromium, sharedServices: true}
  fine: {run: x, services: [db], sharedServices: true}
`;
    expect(await fails(backlot)).toEqual([
      'config-invalid: backlot.yaml:3:34: stages.none.sharedServices: the stage has no services · Leave it out, or name the services that it talks to: services: [db]',
      expect.stringContaining('backlot.yaml:4:72: stages.localhost.sharedServices: with network: shared its services answer on a localhost that only this stage has'),
      expect.stringContaining('backlot.yaml:5:72: stages.browser.sharedServices: a stage with a browser has services of its own'),
    ]);
  });

  test('names every service, profile, stage, fixture and target that there is not, with the nearest', async () => {
    const backlot = `version: 1
sets:
  minimal: {services: [apy], replicas: {dv: 1}, profiles: [obserf], fixture: f}
stages:
  unit: {run: x, needs: [unt], services: [zzzzz]}
targets:
  s: {requires: [unot, {stage: unit, on: t}], after: [u]}
`;
    expect(await fails(backlot)).toEqual([
      'config-invalid: backlot.yaml:3:24: sets.minimal.services: there is no service "apy" · Did you mean api? The services are: api, db, metrics, migrate, web.',
      expect.stringContaining('backlot.yaml:3:41: sets.minimal.replicas: there is no service "dv" · Did you mean db?'),
      expect.stringContaining('backlot.yaml:3:60: sets.minimal.profiles: there is no profile "obserf" · Did you mean observe?'),
      'backlot.yaml:3:78: sets.minimal.fixture: there is no fixture "f" · There are no fixtures.',
      expect.stringContaining('backlot.yaml:5:26: stages.unit.needs: there is no stage "unt" · Did you mean unit?'),
      expect.stringContaining('backlot.yaml:5:43: stages.unit.services: there is no service "zzzzz" · The services are:'),
      expect.stringContaining('backlot.yaml:7:18: targets.s.requires: there is no stage "unot" · Did you mean unit?'),
      expect.stringContaining('backlot.yaml:7:42: targets.s.requires: there is no target "t" · Did you mean s?'),
      expect.stringContaining('backlot.yaml:7:55: targets.s.after: there is no stage "u"'),
    ]);
  });

  test('gives one name to two services of one set', async () => {
    expect(await fails('version: 1\nnames: {aliases: {web: [front], api: ["{front,back}"]}}\n')).toEqual([
      expect.stringMatching(/^config-invalid: backlot.yaml:2:\d+: In the set minimal, both \w+ and \w+ have the name front: which of them answers would be left to chance · Give the name to one/),
    ]);
    const shared = 'services:\n  a: {image: a, networks: {n: {aliases: [x]}}}\n  b: {image: b, networks: {n: {aliases: [x]}}}\nnetworks: {n: }\n';
    expect(await fails('version: 1\nsets: {one: {services: [a, b]}}\n', shared)).toEqual([expect.stringContaining('2:8: In the set one, both a and b have the name x')]);
    await expect(loadProject('version: 1\nsets: {one: {services: [a]}, two: {services: [b]}}\n', shared)).resolves.toBeDefined();
  });

  test('B31: gives one container name to two services of the default set', async () => {
    const compose = 'services: {a: {image: x, container_name: same}, b: {image: x, container_name: same}}\n';
    expect(await fails('version: 1\nsets: {one: {services: all}}\n', compose)).toEqual([expect.stringContaining('2:8: Both a and b have the container_name same, which one container only can have')]);
    await expect(loadProject('version: 1\nsets: {one: {services: [a]}, two: {services: all}}\n', compose)).resolves.toBeDefined();
  });

  test('B31: gives the default set a container name that engines do not take, also one whose letters only look alike', async () => {
    for (const name of ['bad name', '-lead', 'a/b', 'x', '\u0430pi', 'a'.repeat(70) + '!']) {
      const compose = `services: {a: {image: x, container_name: "${name}"}}\n`;
      expect(await fails('version: 1\nsets: {one: {services: all}}\n', compose)).toEqual([expect.stringContaining(`2:8: a has the container_name ${JSON.stringify(name)}, which engines do not take`)]);
    }
    await expect(loadProject('version: 1\nsets: {one: {services: all}}\n', `services: {a: {image: x, container_name: ${'a'.repeat(100)}}}\n`)).resolves.toBeDefined();
  });

  test('has names that are no host names', async () => {
    expect(await fails('version: 1\nnames: {suffixes: [a..b], aliases: {db: ["x-{1..", "-y"]}}\n')).toEqual([
      expect.stringContaining('backlot.yaml:2:20: names.suffixes: a..b has an empty part'),
      expect.stringContaining('backlot.yaml:2:42: names.aliases.db: a "{" is never closed'),
      expect.stringContaining('backlot.yaml:2:52: names.aliases.db: "-y" is no host name'),
    ]);
  });

  test('names Compose files that are not there', async () => {
    expect(await fails('version: 1\ncompose:\n  - compose.yaml\n  - deploy/nope.yaml\n')).toEqual([expect.stringContaining('backlot.yaml:4:5: There is no Compose file deploy/nope.yaml')]);
  });

  test('has no Compose file at all', async () => {
    expect(await faultsOf({ 'backlot.yaml': 'version: 1\n' })).toEqual([expect.stringMatching(/^config-invalid: backlot.yaml:1:1: There is no Compose file in .* · Write compose.yaml, or name/)]);
  });

  test('has no backlot.yaml', async () => {
    expect(await faultsOf({ 'compose.yaml': SHOP })).toEqual([expect.stringMatching(/^project-missing: There is no backlot.yaml in .* · backlot init writes one/)]);
  });

  test('has no services', async () => {
    expect(await fails('version: 1\n', 'name: x\n')).toEqual([expect.stringContaining('compose-invalid: compose.yaml: The Compose files have no services')]);
  });

  test('B2: B3: has a file that is too large, a folder, or no text', async () => {
    expect(await fails(`version: 1\n# ${'x'.repeat(1024 * 1024)}\n`)).toEqual([expect.stringContaining('the most that is read is')]);
    expect(await faultsOf({ 'backlot.yaml/x': '' })).toEqual([expect.stringContaining('is not a file')]);
    expect(await faultsOf({ 'backlot.yaml': Buffer.from([0x61, 0xff]) })).toEqual([expect.stringContaining('backlot.yaml:1:2: The file is not valid UTF-8 (at byte 1)')]);
  });

  test('B19: is loaded with a warning of every service that could take over this machine', async () => {
    const risky = 'services:\n  a: {image: a, privileged: true, pid: host}\n  b: {image: b, volumes: ["/var/run/docker.sock:/var/run/docker.sock", "/:/host"]}\n';
    const { warnings } = await loadProject('version: 1\n', risky);
    expect(warnings.join('\n')).toMatch(/^a is privileged.*\na sees every process.*\nb has the engine’s socket.*\nb has the whole disk/);
  });

  test('is loaded with a warning of every stage that is reused although nothing tells when it has to run again', async () => {
    const stages = ['seen: {run: x, cache: true, browser: chromium}', 'made: {run: x, cache: true, engine: true}', 'there: {run: x, cache: true, against: target}', 'beside: {run: x, cache: true, services: [db], sharedServices: true}', 'fine: {run: x, cache: true}', 'new: {run: x, browser: chromium}'];
    const { warnings } = await loadProject(`version: 1\nstages:\n  ${stages.join('\n  ')}\n`, SHOP);
    expect(warnings.map((text) => /stages\.(\w+)\.cache/.exec(text)?.[1])).toEqual(['seen', 'made', 'there', 'beside']);
  });
});
