import { setMaxListeners } from 'node:events';
import { homedir, hostname, userInfo } from 'node:os';
import path from 'node:path';
import { createImageBuilder } from '#adapters/builder/image-builder.ts';
import { createCompose } from '#adapters/compose/compose.ts';
import { createGitDeployer } from '#adapters/deploy/git-deployer.ts';
import { createKubernetesDeployer } from '#adapters/deploy/kubernetes-deployer.ts';
import { createScriptDeployer } from '#adapters/deploy/script-deployer.ts';
import { createSwarmDeployer } from '#adapters/deploy/swarm-deployer.ts';
import { createTargetStages } from '#adapters/deploy/target-stages.ts';
import { createWebhookDeployer } from '#adapters/deploy/webhook-deployer.ts';
import { configDirectory } from '#adapters/docker/contexts.ts';
import { createDockerEngine } from '#adapters/docker/docker-engine.ts';
import { listContexts } from '#adapters/docker/resolve-endpoint.ts';
import { findImages } from '#adapters/files/find-images.ts';
import { createProjectFiles } from '#adapters/files/project-files.ts';
import { createDataPrograms } from '#adapters/fixtures/data-programs.ts';
import { createFixtureStore } from '#adapters/fixtures/fixture-store.ts';
import { createGit } from '#adapters/git/git.ts';
import { createKpiSources } from '#adapters/kpi/kpi-sources.ts';
import { createMachine } from '#adapters/machine/machine.ts';
import { createProber } from '#adapters/network/prober.ts';
import { openArchive } from '#adapters/mongodb/reader.ts';
import { createMongoServers } from '#adapters/mongodb/servers.ts';
import { createMysqlServers } from '#adapters/mysql/servers.ts';
import { notify } from '#adapters/notify/notify.ts';
import { notifyOfRun } from '#adapters/notify/notify-of-run.ts';
import { createPostgresServers } from '#adapters/postgres/servers.ts';
import { fetchData } from '#adapters/redis/fetch-data.ts';
import { createRedisServers } from '#adapters/redis/servers.ts';
import { createProcessRunner } from '#adapters/process/process-runner.ts';
import { createSecretReader } from '#adapters/process/secret-reader.ts';
import { createImageRegistry } from '#adapters/registry/image-registry.ts';
import { createTerminalHost } from '#adapters/process/terminal-host.ts';
import { createOperationLog } from '#adapters/state/operation-log.ts';
import { createHostNaming } from '#adapters/resolver/host-naming.ts';
import { createRunStore } from '#adapters/runs/run-store.ts';
import { findPaths } from '#adapters/state/paths.ts';
import { createStateStore } from '#adapters/state/state-store.ts';
import { api } from '#contract/index.ts';
import { createDispatcher, type Dispatcher } from '#core/dispatcher.ts';
import { createOperations } from '#core/operations.ts';
import { createRedactor } from '#core/redact.ts';
import { implementOperations } from '#core/operations-noun.ts';
import { sqlData } from '#features/fixtures/capture/sql-data.ts';
import { createFixtures } from '#features/fixtures/fixture-methods.ts';
import { cleanFixtures } from '#features/fixtures/leftovers.ts';
import { createPrepareData } from '#features/fixtures/load/prepare-empty.ts';
import { mongodbEngine } from '#features/fixtures/mongodb/mongodb-engine.ts';
import { mysqlEngine } from '#features/fixtures/mysql/mysql-engine.ts';
import { postgresEngine } from '#features/fixtures/postgres/postgres-engine.ts';
import { redisEngine } from '#features/fixtures/redis/redis-engine.ts';
import { addressRanges, RANGE_VARIABLE } from '#features/names/choose-subnet.ts';
import { createNames } from '#features/names/names-methods.ts';
import { findFixture } from '#features/fixtures/list-fixtures.ts';
import { readFixtures } from '#features/fixtures/read-fixtures.ts';
import { readSigning } from '#features/fixtures/signing.ts';
import { createFindProject } from '#features/project/find-project.ts';
import { createLoadOutline } from '#features/project/load-outline.ts';
import { createLoadWithoutServices } from '#features/project/load-without-services.ts';
import { createLoadProject } from '#features/project/load-project.ts';
import { createProject } from '#features/project/project-methods.ts';
import { createPairDeployer } from '#features/releases/pair/pair-deployer.ts';
import { createReleases } from '#features/releases/releases-methods.ts';
import { removeAbandoned, removeLost } from '#features/runs/abandoned.ts';
import { linkOfCi } from '#features/runs/run-notices.ts';
import { heldTerminal } from '#features/runs/held-shell.ts';
import { createRuns } from '#features/runs/runs-methods.ts';
import { clean } from '#features/stack/clean.ts';
import { createStack } from '#features/stack/stack-methods.ts';
import { terminalCommand } from '#features/stack/terminal-command.ts';
import { createSystem } from '#features/system/system-methods.ts';
import { createTerminals } from '#features/terminals/sessions.ts';
import type { EngineChoice } from '#ports/container-engine.ts';
import packageFile from '../package.json' with { type: 'json' };

export type AppOptions = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly choice: EngineChoice;
  /** The shell that asks, as other shells show it: `cli`, `serve`, `electron`. */
  readonly shell: string;
};

export type App = {
  readonly dispatcher: Dispatcher;
  /** Ids of operations that run in this process. */
  active(): string[];
  /** Cancels what runs, waits until it has cleaned up, ends terminals, and lets go of the engine. */
  close(): Promise<void>;
};

/** The core of one process: adapters wired into features, behind one dispatcher. */
export function createApp({ environment, choice, shell }: AppOptions): App {
  // One signal ends the work on every service of a set, so it has as many listeners as there are services.
  setMaxListeners(0);
  const home = environment['HOME'] ?? homedir();
  const paths = findPaths(environment);
  const surroundings = { environment, home };
  const engine = createDockerEngine({ choice, ...surroundings });
  const processes = createProcessRunner(environment);
  const compose = createCompose({ runner: processes, commandLine: () => engine.commandLine(), environment });
  const files = createProjectFiles();
  const store = createStateStore({ paths, shell });
  const machine = createMachine({ searchPath: environment['PATH'] ?? '' });
  const host = createTerminalHost(environment);
  const operations = createOperations({ owner: `${shell} ${process.pid}`, log: createOperationLog({ paths }) });

  const loadProject = createLoadProject({ compose, files, environment });
  const loadOutline = createLoadOutline({ files, environment });
  const hostNames = createHostNaming({ engine, processes, machine, paths, environment });
  const networking = { ranges: () => addressRanges(environment[RANGE_VARIABLE]), recipe: path.join(findImages(import.meta.dirname), 'names') };
  const fixtures = createFixtureStore({ paths });
  const programs = createDataPrograms({ environment, commandLine: () => engine.commandLine() });
  const secrets = createSecretReader({ environment, processes });
  const trustOf = async (directory: string) => (await readSigning(await readFixtures(directory, { files, environment }), { files, secrets })).trust;
  const dataPorts = { trustOf, engine, fixtures, engines: { postgres: sqlData(postgresEngine(createPostgresServers())), mysql: sqlData(mysqlEngine('mysql', createMysqlServers())), mariadb: sqlData(mysqlEngine('mariadb', createMysqlServers())), redis: sqlData(redisEngine(createRedisServers(), fetchData)), mongodb: sqlData(mongodbEngine(createMongoServers(), openArchive)) }, readText: (file: string) => machine.readText(file) };
  const stackPorts = { hostNames, networking, engine, store, compose, machine, prober: createProber(), loadProject, loadOutline, prepareData: createPrepareData(dataPorts) };
  const stack = createStack(stackPorts);
  const runs = createRunStore({ paths });
  const redactor = createRedactor(environment);
  const runPorts = {
    ...stackPorts,
    runs,
    files,
    git: createGit(processes),
    loadWithoutServices: createLoadWithoutServices({ files, environment }),
    builder: createImageBuilder({ runner: processes, commandLine: () => engine.commandLine() }),
    notifyOfRun,
    secrets,
    redactor,
    link: linkOfCi(environment),
    version: packageFile.version,
    fixtureDigest: async (project: string, name: string) => (await findFixture(project, name, fixtures)).fixture.digest,
    who: `${nameOfUser()}@${hostname()}`,
  };
  const terminals = createTerminals({
    host,
    commandFor: ({ run, ...input }, signal) => run !== undefined ? heldTerminal({ ...input, run }, runPorts, signal) : terminalCommand(input, { ...stackPorts, hostShell: host.shell, variables: stack.env }, signal),
  });
  const system = createSystem(
    {
      engine,
      compose,
      processes,
      machine,
      store,
      operations,
      loadProject,
      plan: (directory, signal) => stack.plan({ directory, services: [] }, signal),
      versions: { backlot: packageFile.version, node: process.versions.node, ...(process.versions['electron'] !== undefined && { electron: process.versions['electron'] }) },
      places: { state: paths.state, dockerConfiguration: path.join(configDirectory(environment, home), 'config.json') },
    },
    async (input, work) => {
      const { removed } = await clean(input, { engine, store, hostNames, exists: async (directory) => (await files.realDirectory(directory)) !== undefined }, work);
      const ofRuns = await removeAbandoned(input.dryRun, { engine, store, runs }, work);
      return { removed: [...removed, ...ofRuns, ...(await cleanFixtures(input, { engine, store: fixtures, state: store, programs }, work))] };
    },
  );

  const registry = createImageRegistry({ environment, home });
  /** A pair may be on another engine than the one that Backlot works with. */
  const openPlace = (context: string | undefined) => {
    if (context === undefined) return { engine, compose, close: () => {} };
    const other = createDockerEngine({ choice: { context }, ...surroundings });
    return { engine: other, compose: createCompose({ runner: processes, commandLine: () => other.commandLine(), environment }), close: () => other.close() };
  };
  const releasePorts = {
    engine,
    registry,
    git: runPorts.git,
    files,
    environment,
    secrets,
    loadProject,
    projectKey: (project: string) => fixtures.projectKey(project),
    localEvidence: (digest: string) => runs.readEvidence(digest),
    who: runPorts.who,
    store,
    machine: fixtures.home,
    redactor,
    kpi: createKpiSources({ processes }),
    notify,
    stages: createTargetStages({ processes, commandLine: () => engine.commandLine() }),
    deployers: { script: createScriptDeployer({ processes }), webhook: createWebhookDeployer(), git: createGitDeployer({ processes }), swarm: createSwarmDeployer({ processes, commandLine: () => engine.commandLine() }), kubernetes: createKubernetesDeployer({ processes }), pair: createPairDeployer({ open: openPlace, loadProject, store, prober: stackPorts.prober }) },
  };
  const dispatcher = createDispatcher(
    api,
    {
      engine: {
        watch: (_input, signal) => engine.watchState(signal),
        contexts: async () => ({ contexts: listContexts(choice, surroundings) }),
        reconnect: async () => (engine.reconnect(), {}),
      },
      fixtures: createFixtures({ ...stackPorts, ...dataPorts, programs, files, environment, secrets, keys: (project) => ({ ...secrets, project: () => fixtures.projectKey(project) }), registry }),
      names: createNames({ engine, store, hostNames, loadProject, projectPorts: { compose, files, environment } }),
      operations: implementOperations(operations),
      project: createProject({ loadProject, loadOutline, findProject: createFindProject(files), store, compose, files, processes, environment }),
      releases: createReleases(releasePorts),
      runs: createRuns(runPorts),
      stack: { ...stack, up: async (input, work) => (await removeLost(runPorts, work), stack.up(input, work)) },
      system,
      terminals: terminals.methods,
    },
    operations,
  );
  const tidying = new AbortController();
  // A shell that stays open begins with what runs left that were killed; `run` and `up` do so themselves.
  if (shell !== 'cli') removeLost(runPorts, { id: 'start', signal: tidying.signal, tell: () => {} }).catch(() => {});
  return {
    dispatcher,
    active: () => operations.active(),
    async close() {
      tidying.abort();
      await operations.close();
      await terminals.close();
      engine.close();
    },
  };
}

/** A container may run as a user that nobody has written down. */
function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}
