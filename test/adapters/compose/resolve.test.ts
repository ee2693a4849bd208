import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createCompose } from '#adapters/compose/compose.ts';
import { createProcessRunner } from '#adapters/process/process-runner.ts';
import { BacklotError } from '#contract/errors.ts';
import { plainValue } from '#ports/compose.ts';
import { faultLines, ProjectFolder, realCompose } from '../../features/project/project-folder.ts';

type Contents = Readonly<Record<string, string | Uint8Array>>;
const soon = () => AbortSignal.timeout(60_000);

async function resolve(contents: Contents, environment: Record<string, string> = {}, files = ['compose.yaml']) {
  using folder = new ProjectFolder(contents);
  const warnings: string[] = [];
  const paths = files.map((file) => folder.path(file));
  const model = await realCompose(environment).resolve(paths, folder.directory, soon(), { onWarning: (text) => warnings.push(text.replace(`${folder.directory}/`, '')) });
  return { model, warnings };
}

/** How resolving fails: code, place, message and fix in one line. */
async function fault(contents: string | Contents, files?: string[]): Promise<string> {
  using folder = new ProjectFolder(typeof contents === 'string' ? { 'compose.yaml': contents } : contents);
  const paths = (files ?? ['compose.yaml']).map((file) => folder.path(file));
  const error = await realCompose().resolve(paths, folder.directory, soon()).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof BacklotError)) throw error ?? new Error('It was resolved');
  return faultLines(error, folder.directory).join('\n');
}

const service = (lines: string) => `services:\n  api:\n    image: node\n${lines}`;

describe('Compose files', () => {
  test('are resolved by Compose, all profiles included, dollar signs kept as a model file writes them', async () => {
    const { model } = await resolve({ 'compose.yaml': 'name: shop\nservices:\n  a: {image: x, command: echo $$HOME, environment: {P: "a$$b"}}\n  b: {image: y, profiles: [p]}\n' });
    expect(Object.keys(model.services)).toEqual(['a', 'b']);
    expect(model.services['a']?.command).toEqual(['echo', '$$HOME']);
    expect(plainValue(model.services['a']?.environment?.['P'] ?? '')).toBe('a$b');
  });

  test('keep the ssh keys of a build as the files write them, which some versions of Compose cannot print as JSON', async () => {
    const { model } = await resolve({ 'compose.yaml': 'services: {a: {build: {context: ., ssh: ["mine=/keys/mine", default]}, environment: {A: "1"}}}\n', Dockerfile: 'FROM x\n' });
    const { build, environment } = model.services['a'] ?? {};
    expect(environment).toEqual({ A: '1' });
    expect(JSON.stringify(build)).toMatch(/"mine=\/keys\/mine"|"mine":"\/keys\/mine"/);
    expect(JSON.stringify(build)).toContain('default');
  });

  test('merge in order', async () => {
    const { model } = await resolve({ 'one.yaml': 'services: {a: {image: x}}\n', 'two.yaml': 'services: {a: {image: y}, b: {image: z}}\n' }, {}, ['one.yaml', 'two.yaml']);
    expect([model.services['a']?.image, model.services['b']?.image]).toEqual(['y', 'z']);
  });

  test('are filled in from the environment and from the .env file beside them', async () => {
    const contents = { 'compose.yaml': 'services: {a: {image: "${A}-${B}"}}\n', '.env': 'A=file\nB=file\n' };
    expect((await resolve(contents, { B: 'shell' })).model.services['a']?.image).toBe('file-shell');
  });

  test('are not changed by COMPOSE_FILE, COMPOSE_PROFILES and COMPOSE_PROJECT_NAME of the environment', async () => {
    const environment = { COMPOSE_FILE: '/nowhere.yaml', COMPOSE_PROFILES: 'none', COMPOSE_PROJECT_NAME: 'other', COMPOSE_ENV_FILES: '/nowhere.env' };
    expect((await resolve({ 'compose.yaml': 'name: shop\nservices: {a: {image: x}}\n' }, environment)).model.name).toBe('shop');
  });

  test('are resolved without an engine', async () => {
    using folder = new ProjectFolder({ 'compose.yaml': 'services: {a: {image: x}}\n' });
    const compose = createCompose({ runner: createProcessRunner(process.env), commandLine: () => ({ arguments: [], environment: { DOCKER_HOST: 'tcp://127.0.0.1:1' } }), environment: {} });
    expect((await compose.resolve([folder.path('compose.yaml')], folder.directory, soon())).services).toHaveProperty('a');
  });

  test('B15: with unset variables are resolved, and each of those is told with its place', async () => {
    const { warnings } = await resolve({ 'compose.yaml': 'services:\n  a:\n    image: x${NO}\n    command: echo $$NO ${ALSO:-d}\n' });
    expect(warnings).toEqual(['compose.yaml:3:13: the variable NO is not set, so it is empty; set it in the environment or in .env, or write ${NO:-default}']);
  });

  test('end with cancelled when nobody wants them any more', async () => {
    using folder = new ProjectFolder({ 'compose.yaml': 'services: {a: {image: x}}\n' });
    await expect(realCompose().resolve([folder.path('compose.yaml')], folder.directory, AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('Compose files that cannot be used', () => {
  test.each([
    ['B1', '', 'compose-invalid: compose.yaml:1:1: The Compose file is empty'],
    ['B1', 'hello\n', 'compose-invalid: compose.yaml: The Compose file must be a map of keys'],
    ['B4', 'services:\n\tapi:\n    image: a\n', 'compose.yaml:2:1: A tab stands where spaces belong'],
    ['B5', 'services:\n  api: {image: a}\n  api: {image: b}\n', 'compose.yaml:3:3: The key "api" is here twice (first in line 2, column 3)'],
    ['B6', 'services:\n  api:\n    image: "a\n', 'compose.yaml:3:12: What opens here is never closed with "'],
    ['B9', 'services:\n  api: *x\n', 'compose.yaml:2:8: There is no anchor &x before this alias'],
    ['B9', 'services: &a\n  api: *a\n', 'compose.yaml:2:8: The alias *a stands inside the value that it repeats'],
    ['B11', 'services:\n  api:\n    imgae: a\n', 'compose.yaml:3:5: services.api: there is no key "imgae" · Did you mean image?'],
    ['B11', 'servces:\n  api: {image: a}\n', 'compose.yaml:1:1: There is no key "servces" · Did you mean services?'],
    ['B11', service('    healthcheck: {intervall: 5s}\n'), 'compose.yaml:4:19: services.api.healthcheck: there is no key "intervall" · Did you mean interval?'],
    ['B11', 'services:\n  "a b": {image: a}\n', 'compose.yaml:2:3: "a b" cannot be the name of a service'],
    ['B12', service('    ports: 80\n'), 'compose.yaml:4:12: services.api.ports must be a list · Write a list, such as ["5432:5432"].'],
    ['B12', 'services:\n  api: [a]\n', 'compose.yaml:2:8: services.api must be a mapping · Write a map, such as {image: node}.'],
    ['B12', 'services: [a]\n', 'compose.yaml:1:11: services must be a mapping'],
    ['B12', service('    environment: [1]\n'), 'compose.yaml:4:19: services.api.environment.0 unexpected type int'],
    ['B12', service('    healthcheck: {test: x, interval: 5 sec}\n'), 'compose.yaml:4:38: services.api.healthcheck.interval: time: unknown unit'],
    ['B12', service('    depends_on: {db: {condition: healthy}}\n  db: {image: b}\n'), 'compose.yaml:4:34: services.api.depends_on.db.condition must be one of'],
    ['B15', 'services:\n  api:\n    image: ${FOO:?set it}\n', 'compose.yaml:3:12: The variable FOO must be set: set it · Set it in the environment'],
    ['B15', 'services:\n  api:\n    image: ${FOO\n', 'compose.yaml:3:12: services.api.image: a variable is not written right'],
    ['B16', service('    depends_on: [db]\n  db: {image: b, depends_on: [api]}\n'), 'dependency-cycle: compose.yaml:4:17: The services depend on each other in a circle: api→db→api'],
    ['B16', 'services:\n  a: {extends: {service: b}}\n  b: {extends: {service: a}}\n', 'in a circle: '],
    ['B16', 'include: [compose.yaml]\nservices: {a: {image: a}}\n', 'dependency-cycle: compose.yaml:1:10: The files include each other in a circle: compose.yaml→compose.yaml'],
    ['B17', service('    depends_on: [dv]\n  db: {image: b}\n'), 'compose.yaml:4:18: api depends on dv, and there is no such service · Did you mean db? The services are: api, db.'],
    ['B17', service('    depends_on:\n      dv: {condition: service_started}\n  db: {image: b}\n'), 'compose.yaml:5:7: api depends on dv, and there is no such service'],
    ['B17', service('    depends_on: [api]\n'), 'dependency-cycle: compose.yaml:4:17: The services depend on each other in a circle: api→api'],
    ['B18', 'include: [https://github.com/a/b.git]\nservices: {a: {image: a}}\n', 'compose.yaml:1:11: The Compose file https://github.com/a/b.git is not on this machine'],
    ['B20', service('    ports: ["abc:80"]\n'), 'compose.yaml:4:14: "abc" is no port'],
    ['B20', service('    ports: ["70000:80"]\n'), 'compose.yaml:4:14: "70000" is no port'],
    ['B27', service('    env_file: nope.env\n'), 'compose.yaml:4:15: There is no env file nope.env'],
    ['', 'services:\n  api: {environment: {}}\n', 'compose.yaml:2:3: api has neither image nor build'],
    ['', service('    networks: [bck]\nnetworks: {back: }\n'), 'compose.yaml:4:16: api refers to the network bck, which is not declared · Did you mean back?'],
    ['', 'include: [nope.yaml]\nservices: {a: {image: a}}\n', 'compose.yaml:1:11: There is no file nope.yaml'],
    ['', 'services:\n  a: {extends: {service: b}}\n', 'a extends b, and there is no such service'],
  ])('%s: %j', async (_row, text, expectation) => {
    expect(await fault(text)).toContain(expectation);
  });

  test('are named: the fault is in the file that has it', async () => {
    expect(await fault({ 'one.yaml': 'services: {a: {image: x}}\n', 'two.yaml': 'services:\n  a:\n    depends_on: [c]\n' }, ['one.yaml', 'two.yaml'])).toContain('two.yaml:3:18: a depends on c');
    expect(await fault({ 'one.yaml': 'services: {a: {image: x}}\n' }, ['one.yaml', 'nope.yaml'])).toContain('nope.yaml: There is no such Compose file');
  });
});

describe('Compose files that would bring Compose down', () => {
  const bomb = ['x-a: &a [x,x,x,x,x,x,x,x,x]', ...[...'bcdefghi'].map((letter, index) => `x-${letter}: &${letter} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(',')}]`), 'services: {a: {image: a}}'].join('\n');

  test('B7: aliases that multiply never reach it', async () => {
    const began = performance.now();
    expect(await fault(bomb)).toContain('The aliases of the file repeat each other too often');
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  test('B7: nor do they through a file that is included or extended', async () => {
    expect(await fault({ 'compose.yaml': 'include:\n  - deep/inner.yaml\nservices: {b: {image: b}}\n', 'deep/inner.yaml': bomb })).toContain('deep/inner.yaml:2:');
    expect(await fault({ 'compose.yaml': 'services: {b: {extends: {file: inner.yaml, service: a}}}\n', 'inner.yaml': bomb })).toContain('inner.yaml:2:');
  });

  test.each([
    ['B8', `x: ${'['.repeat(2_000)}`, 'Nested deeper than 100 levels'],
    ['B8', `x:\n  ${'- '.repeat(2_000)}`, 'Nested deeper than 100 levels'],
    ['B2', `# ${'x'.repeat(1024 * 1024)}`, 'the most that is read is'],
    ['B3', Buffer.from('\ufeffservices: {}', 'utf16le'), 'The file is in UTF-16'],
    ['B3', Buffer.from('a: \0'), 'The file holds a zero byte (at byte 3)'],
  ])('%s: %#', async (_row, text, expectation) => {
    expect(await fault({ 'compose.yaml': text })).toContain(expectation);
  });

  test('a thousand services that share one anchor are fine', async () => {
    const services = Array.from({ length: 500 }, (_, index) => `  s${index}: {image: a, logging: *l}\n`).join('');
    const { model } = await resolve({ 'compose.yaml': `x-l: &l {driver: json-file}\nservices:\n${services}` });
    expect(Object.keys(model.services)).toHaveLength(500);
  });
});

describe('Docker Compose that is not there', () => {
  const compose = (path: string) => createCompose({ runner: createProcessRunner({ PATH: path, HOME: path }), commandLine: () => ({ arguments: [], environment: {} }), environment: {} });

  test('is told as a missing docker command', async () => {
    using folder = new ProjectFolder({ 'compose.yaml': 'services: {a: {image: x}}\n' });
    await expect(compose('/nowhere').resolve([folder.path('compose.yaml')], folder.directory, soon())).rejects.toMatchObject({
      code: 'compose-missing', message: 'The docker command is not installed', fix: expect.stringContaining('Install the docker command') as unknown,
    });
    const version = createCompose({ runner: createProcessRunner({}), commandLine: () => ({ arguments: [], environment: {} }), environment: { PATH: '/nowhere' } }).version(soon());
    await expect(version).rejects.toMatchObject({ message: 'The docker command is not installed' });
  });

  test.each([
    ["docker: 'compose' is not a docker command.\nSee 'docker --help'", 1],
    ["unknown shorthand flag: 'f' in -f\nSee 'docker --help'.", 125],
    ['unknown flag: --file\nSee \'docker --help\'.', 125],
  ])('is told as a missing plugin: %j', async (said, exitCode) => {
    using folder = new ProjectFolder({ 'compose.yaml': 'services: {a: {image: x}}\n' });
    mkdirSync(folder.path('bin'));
    writeFileSync(folder.path('bin/docker'), `#!/bin/sh\ncat >&2 <<'END'\n${said}\nEND\nexit ${exitCode}\n`);
    chmodSync(folder.path('bin/docker'), 0o755);
    await expect(compose(`${folder.path('bin')}:/bin:/usr/bin`).resolve([folder.path('compose.yaml')], folder.directory, soon())).rejects.toMatchObject({
      code: 'compose-missing', message: 'Docker Compose v2 is not installed',
    });
    const version = createCompose({ runner: createProcessRunner({}), commandLine: () => ({ arguments: [], environment: {} }), environment: { PATH: `${folder.path('bin')}:/bin:/usr/bin` } }).version(soon());
    await expect(version).rejects.toMatchObject({ message: 'Docker Compose v2 is not installed', cause: expect.objectContaining({ message: said }) as unknown });
  });
});
