import { createDataPrograms } from '#adapters/fixtures/data-programs.ts';
import { openArchive } from '#adapters/mongodb/reader.ts';
import { createMongoServers } from '#adapters/mongodb/servers.ts';
import { createMysqlServers } from '#adapters/mysql/servers.ts';
import { createPostgresServers } from '#adapters/postgres/servers.ts';
import { fetchData } from '#adapters/redis/fetch-data.ts';
import { createRedisServers } from '#adapters/redis/servers.ts';
import { createImageRegistry } from '#adapters/registry/image-registry.ts';
import { sqlData } from '#features/fixtures/capture/sql-data.ts';
import { createFixtures, type FixturePorts } from '#features/fixtures/fixture-methods.ts';
import { cleanFixtures } from '#features/fixtures/leftovers.ts';
import { findFixture } from '#features/fixtures/list-fixtures.ts';
import { createPrepareData } from '#features/fixtures/load/prepare-empty.ts';
import { mongodbEngine } from '#features/fixtures/mongodb/mongodb-engine.ts';
import { mysqlEngine } from '#features/fixtures/mysql/mysql-engine.ts';
import { postgresEngine } from '#features/fixtures/postgres/postgres-engine.ts';
import { readFixtures } from '#features/fixtures/read-fixtures.ts';
import { personNames } from '#features/fixtures/redis/person-names.ts';
import { redisEngine } from '#features/fixtures/redis/redis-engine.ts';
import { readSigning } from '#features/fixtures/signing.ts';
import type { Work } from '#core/work.ts';

type Surroundings = { readonly environment: Readonly<Record<string, string | undefined>>; readonly home: string };
type Made = 'programs' | 'engines' | 'keys' | 'registry' | 'trustOf';
type Given = Omit<FixturePorts, Made> & Surroundings;

/** What knows of data: a part of the core of one process that most verbs do without. */
export function createDataPart(given: Given) {
  const { environment, home, engine, fixtures, store, files, secrets } = given;
  const programs = createDataPrograms({ environment, commandLine: () => engine.commandLine() });
  const trustOf = async (directory: string) => (await readSigning(await readFixtures(directory, { files, environment }), { files, secrets })).trust;
  const engines = {
    postgres: sqlData(postgresEngine(createPostgresServers())),
    mysql: sqlData(mysqlEngine('mysql', createMysqlServers())),
    mariadb: sqlData(mysqlEngine('mariadb', createMysqlServers())),
    redis: sqlData(redisEngine(createRedisServers({ names: personNames }), fetchData)),
    mongodb: sqlData(mongodbEngine(createMongoServers(), openArchive)),
  };
  const ports = { ...given, trustOf, engines };
  const keys: FixturePorts['keys'] = (project) => ({ ...secrets, project: () => fixtures.projectKey(project), findProject: () => fixtures.findProjectKey(project) });
  return {
    methods: createFixtures({ ...ports, programs, keys, registry: createImageRegistry({ environment, home }) }),
    prepareData: createPrepareData(ports),
    digest: async (project: string, name: string) => (await findFixture(project, name, fixtures)).fixture.digest,
    clean: (input: { readonly dryRun: boolean }, work: Work) => cleanFixtures(input, { engine, store: fixtures, state: store, programs }, work),
  };
}
