import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createProjectFiles } from '#adapters/files/project-files.ts';
import { BacklotError } from '#contract/errors.ts';
import { initProject } from '#features/project/init-project.ts';
import { ProjectFolder, realCompose } from './project-folder.ts';

type Contents = Readonly<Record<string, string>>;

async function init(folder: ProjectFolder, force = false) {
  const told: string[] = [];
  const work = { id: 'op-1', signal: AbortSignal.timeout(30_000), tell: (news: { type: string; text?: string }) => told.push(news.text ?? '') };
  const result = await initProject({ directory: folder.directory, force }, { compose: realCompose(), files: createProjectFiles(), environment: {} }, work);
  return { ...result, told, text: readFileSync(result.file, 'utf8') };
}

async function initOf(contents: Contents) {
  using folder = new ProjectFolder(contents);
  const result = await init(folder);
  const project = await folder.load();
  return { ...result, project };
}

const SHOP = `
name: web_shop
services:
  storefront: {build: ./storefront, depends_on: [api, broker]}
  api: {build: ./api, depends_on: {db: {condition: service_healthy}, migrate: {condition: service_completed_successfully}, mail: {condition: service_started}}}
  migrate: {build: ./api, command: migrate, depends_on: [db]}
  db: {image: "postgres:15"}
  cache: {image: "redis:7"}
  broker: {image: "rabbitmq:3"}
  mail: {image: mailhog/mailhog}
  proxy: {image: nginx, depends_on: [storefront]}
  pgadmin: {image: dpage/pgadmin4, profiles: [tools]}
`;

describe('init', () => {
  test('writes a file in which databases, caches and brokers, and what the applications need beside them, are minimal', async () => {
    const { sets, text, project } = await initOf({ 'compose.yaml': SHOP });
    expect(sets).toEqual({
      'minimal': expect.arrayContaining(['db', 'cache', 'broker', 'mail', 'migrate']) as unknown,
      'production-like': expect.arrayContaining(['storefront', 'api', 'proxy', 'db']) as unknown,
    });
    expect(sets['minimal']).toHaveLength(5);
    expect(sets['production-like']).toHaveLength(8);
    expect(text).toMatch(/^# yaml-language-server: \$schema=https:\/\/\S+\/backlot.schema.json\nversion: 1\nname: web-shop\ncompose: \[compose.yaml\]\n/);
    expect(text).toContain('Left out: api, proxy, storefront.');
    expect(project).toMatchObject({ name: 'web-shop', defaultSet: 'minimal', model: { name: 'web_shop' }, warnings: [] });
    expect(project.sets['production-like']?.addresses).toBe('own');
  });

  test('has everything in minimal where there are only applications', async () => {
    const { sets, text } = await initOf({ 'compose.yaml': 'services: {app: {build: .}, worker: {build: .}}\n' });
    expect(sets['minimal']).toEqual(['app', 'worker']);
    expect(text).not.toContain('Left out');
  });

  test('lets one node of a cluster stand in for the others', async () => {
    const mongo = [1, 2, 3].map((node) => `  mongo-${node}: {image: "mongo:7"}\n`).join('');
    const { sets, text, project } = await initOf({ 'compose.yaml': `services:\n  api: {build: ., depends_on: [mongo-2]}\n${mongo}` });
    expect(sets['minimal']).toEqual(['mongo-1']);
    expect(text).toContain('      mongo-1: [mongo-2, mongo-3]\n');
    expect(project.sets['minimal']?.standIns).toEqual({ 'mongo-1': ['mongo-2', 'mongo-3'] });
  });

  test('has every service in its sets where all of them have profiles', async () => {
    const { sets } = await initOf({ 'compose.yaml': 'services: {db: {image: postgres, profiles: [a]}, api: {build: ., profiles: [b]}}\n' });
    expect(sets).toEqual({ 'minimal': ['db'], 'production-like': ['api', 'db'] });
  });

  test('tells the services of its sets as they will be, also those of profiles that .env asks for', async () => {
    const { sets, project } = await initOf({ 'compose.yaml': 'services: {api: {build: .}, debug: {image: busybox, profiles: [tools]}}\n', '.env': 'COMPOSE_PROFILES=tools\n' });
    expect(sets['production-like']).toEqual(['api', 'debug']);
    expect(project.sets['production-like']?.services).toEqual(sets['production-like']);
  });

  test('keeps two databases that are not one cluster', async () => {
    const { sets } = await initOf({ 'compose.yaml': 'services: {orders-db: {image: postgres}, users-db: {image: postgres}, api: {build: .}}\n' });
    expect(sets['minimal']).toEqual(['orders-db', 'users-db']);
  });

  test('quotes service names that YAML takes for something else', async () => {
    const { sets, project } = await initOf({ 'compose.yaml': 'services: {"on": {image: redis}, "1.0": {image: postgres}, "null": {image: mysql}, api: {build: .}}\n' });
    expect([...(sets['minimal'] ?? [])].sort()).toEqual(['1.0', 'null', 'on']);
    expect(Object.keys(project.services)).toHaveLength(4);
  });

  test('takes the override file along', async () => {
    const { text } = await initOf({ 'docker-compose.yml': 'services: {db: {image: postgres}}\n', 'docker-compose.override.yml': 'services: {db: {ports: ["5433:5432"]}}\n' });
    expect(text).toContain('compose: [docker-compose.yml, docker-compose.override.yml]');
  });

  test('refuses where there is one, unless told to', async () => {
    using folder = new ProjectFolder({ 'compose.yaml': SHOP, 'backlot.yaml': 'version: 1 # mine\n' });
    await expect(init(folder)).rejects.toMatchObject({ code: 'config-exists', where: { file: folder.path('backlot.yaml') } });
    expect(readFileSync(folder.path('backlot.yaml'), 'utf8')).toBe('version: 1 # mine\n');
    await init(folder, true);
    expect(readFileSync(folder.path('backlot.yaml'), 'utf8')).toContain('production-like');
  });

  test('says what is missing where there is no Compose file, or a wrong one', async () => {
    using folder = new ProjectFolder({});
    await expect(init(folder)).rejects.toMatchObject({ code: 'compose-invalid', message: `There is no Compose file in ${folder.directory}` });
    writeFileSync(folder.path('compose.yaml'), 'services: {a: {imgae: b}}\n');
    await expect(init(folder)).rejects.toBeInstanceOf(BacklotError);
    expect(await createProjectFiles().exists(folder.path('backlot.yaml'))).toBe(false);
  });
});
